import type { DialectId } from '@headgate/crds';
import { ProxyUnderTest } from '../../fakes/proxy-under-test.ts';
import { CALLER_KEY, policyResource, providerResource, tableOf, targetOf } from '../../fakes/routing-tables.ts';
import { type Script, ScriptedUpstream, type SeenRequest } from '../../fakes/scripted-upstream.ts';
import { type ScriptedDialectId, UPSTREAMS } from '../clients/upstreams/upstreams.ts';
import { type SeenAnswer, seenAnswer } from './seen-answer.ts';

export interface OneCall {
  readonly caller: DialectId;
  readonly provider: ScriptedDialectId;
  readonly script: Script;
  /** Without model and stream. */
  readonly body: object;
  readonly stream?: boolean;
}

export interface OneAnswer {
  readonly status: number;
  readonly text: string;
  readonly losses: string;
  /** Undefined when the provider was not asked. */
  readonly sent: SeenRequest | undefined;
  /** Only for good answers. */
  readonly seen: SeenAnswer;
}

/** One call of one dialect to a provider of another, through a proxy of its own. */
export async function callOnce({ caller, provider, script, body, stream = false }: OneCall): Promise<OneAnswer> {
  const upstream = await ScriptedUpstream.start(script);
  const resilience = { attempts: 1, budgetPercent: 100, whenAllOpen: 'LeastBad' as const };
  const proxy = await ProxyUnderTest.start(
    tableOf(
      providerResource('only', [upstream.url], UPSTREAMS[provider].provider),
      policyResource('assistant', [targetOf('only')], { resilience }),
    ),
  );
  try {
    const response = await fetch(proxy.url + pathOf(caller, stream), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': CALLER_KEY },
      body: JSON.stringify(caller === 'gemini' ? body : { model: 'assistant', stream, ...body }),
    });
    const text = await response.text();
    return {
      status: response.status,
      text,
      losses: response.headers.get('x-headgate-loss') ?? '',
      sent: upstream.requests[0],
      seen: seenAnswer(caller, response.ok ? text : '{}', response.ok && stream),
    };
  } finally {
    await proxy.close();
    await upstream.close();
  }
}

function pathOf(caller: DialectId, stream: boolean): string {
  switch (caller) {
    case 'openai-chat':
      return '/v1/chat/completions';
    case 'openai-responses':
      return '/v1/responses';
    case 'anthropic-messages':
      return '/v1/messages';
    case 'gemini':
      return `/v1beta/models/assistant:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`;
  }
}

/** The plainest call of each dialect. */
export const PLAIN_CALLS: Readonly<Record<DialectId, object>> = {
  'openai-chat': { messages: [{ role: 'user', content: 'hi' }] },
  'openai-responses': { input: 'hi', store: false },
  'anthropic-messages': { max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
};
