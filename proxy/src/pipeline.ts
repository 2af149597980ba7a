import { type AcceptContext, acceptCall, type Incoming, type OpenedExchange, openExchange } from './accept/accept-call.ts';
import { gatherFacts } from './accept/call-facts.ts';
import { admit } from './admit/admit.ts';
import { type AnswerCache, lookupAnswer } from './cache/answer-cache.ts';
import { decide } from './decide/decide.ts';
import type { Dispatcher } from './dispatch/dispatcher.ts';
import { type ResourceContext, serveResource } from './dispatch/relay/serve-resource.ts';
import { type ConcludeContext, conclude, concludeDefect } from './emit/conclude.ts';
import type { Conclusion } from './emit/conclusion.ts';
import { estimateTokens } from './emit/estimate-tokens.ts';
import { describeModels } from './emit/models-list.ts';
import { Responder, type ResponderContext } from './emit/responder.ts';
import { listModels } from './snapshot/list-models.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import type { JsonObject } from './wire/json.ts';

export interface PipelineContext extends AcceptContext, ResourceContext, ResponderContext, ConcludeContext {
  readonly snapshot: () => Snapshot | undefined;
  readonly cache: AnswerCache<JsonObject> | undefined;
  readonly dispatcher: Dispatcher;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** A request's whole life: accept -> admit -> cache -> decide -> dispatch -> emit. Never rejects. */
export async function serve(incoming: Incoming, context: PipelineContext): Promise<void> {
  const opened = openExchange(incoming, context);
  const responder = new Responder(opened.exchange, context);
  try {
    conclude(opened.exchange, await answer(opened, responder, context), responder, context);
  } catch (thrown) {
    concludeDefect(opened.exchange, thrown, responder, context);
  }
}

async function answer(opened: OpenedExchange, responder: Responder, context: PipelineContext): Promise<Conclusion> {
  const { requestId, startedAtMs, dialect, request, upgrade } = opened.exchange;
  const accepted = await acceptCall(opened, context.snapshot(), context);
  if (accepted.type === 'refused' || accepted.type === 'gone') return accepted;
  if (accepted.type === 'models') return describeModels(listModels(accepted.snapshot, accepted.caller), accepted.model, dialect);
  if (accepted.type === 'resource') return serveResource(accepted, opened.exchange, responder, context);
  const { snapshot, call, caller } = accepted;
  const admission = admit(snapshot, caller, call.facts.model);
  if (admission.type === 'refused') return admission;
  const { policy } = admission;
  responder.policyId = policy.id;
  const facts = gatherFacts(call, caller, request.rawHeaders);
  const stored = lookupAnswer(context.cache, facts, policy);
  if (stored.type === 'hit') return { type: 'document', document: stored.answer };
  const plan = decide(policy, facts, { nowMs: startedAtMs, random: context.random });
  if (plan.type === 'unroutable') return { type: 'unroutable', decision: plan };
  const job = { call, plan, sink: responder, requestId, startedAtMs, rawHeaders: request.rawHeaders, upgrade };
  return estimateTokens(call, { type: 'dispatched', plan, outcome: await context.dispatcher.dispatch(job) });
}
