import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, connect as openSocket, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelProviderStatus, PolicyTarget, RoutePolicyStatus } from '@headgate/crds';
import { createDevWorkspace, DevOperator, type DevWorkspace, OperatorMetrics, silentLogger, systemClock } from '@headgate/operator';
import { type RunningProxy, startProxy } from '@headgate/proxy';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePorts } from '../cluster/free-ports.ts';
import { until } from '../cluster/until.ts';
import { answerJson, HttpUpstream } from '../fakes/http-upstream.ts';

/** An operator over a folder, two proxies that follow it, and a provider that lists its models. */
const WITHIN_MS = 20_000;
const KEY = 'sk-of-the-provider';
const LISTED = [
  { id: 'house-large', object: 'model', max_model_len: 32_768 },
  { id: 'house-small', object: 'model', max_model_len: 8192 },
];

let upstream: HttpUpstream;
let folder: string;
let workspace: DevWorkspace;
let operator: DevOperator;
let adminPort: number;
let controlPort: number;
/** Stays where it is while operators come and go, as a Service does. */
let relay: Server;
let proxies: RunningProxy[];
let listing: { status: number; models: readonly object[] };

/** The target is the model's name as a policy spells it. */
const policy = (name: string, model: string): string => `apiVersion: headgate.dev/v1alpha1
kind: RoutePolicy
metadata: { name: ${name} }
spec:
  models: [${name}]
  access: { from: Same, anonymous: true }
  rules: [{ name: all, targets: [{ provider: { name: house }, model: ${model} }] }]
`;

const provider = (more = ''): string => `apiVersion: v1
kind: Secret
metadata: { name: house }
stringData: { apiKey: ${KEY} }
---
apiVersion: headgate.dev/v1alpha1
kind: ModelProvider
metadata: { name: house }
spec:
  type: Custom
  dialect: OpenAIChat
  baseURL: ${upstream.url}/v1
  credentials: [{ name: main, secretRef: { name: house, key: apiKey } }]
  models: [{ name: 'house-*', discover: true, maxOutputTokens: 1000 }]
${more}`;

beforeAll(async () => {
  listing = { status: 200, models: LISTED };
  upstream = await HttpUpstream.start();
  upstream.answer = (call, response) => {
    if (call.method === 'GET')
      answerJson({ object: 'list', data: listing.models, error: { message: `not with ${KEY}` } }, listing.status)(call, response);
    else answerJson({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [choice()], usage: USAGE })(call, response);
  };
  folder = await mkdtemp(join(tmpdir(), 'headgate-discovered-'));
  await writeFile(join(folder, 'house.yaml'), provider());
  await writeFile(join(folder, 'policies.yaml'), [policy('right', 'house-large'), policy('wrong', 'house-lrage')].join('---\n'));
  workspace = await createDevWorkspace();
  adminPort = await freePorts(1);
  await startOperator();
  relay = createServer((socket) => {
    const onward = openSocket(controlPort, '127.0.0.1');
    for (const [one, other] of [[socket, onward] as const, [onward, socket] as const]) one.on('error', () => other.destroy()).pipe(other);
  });
  await new Promise<void>((resolve) => {
    relay.listen(0, '127.0.0.1', resolve);
  });
  const url = `https://127.0.0.1:${(relay.address() as AddressInfo).port}`;
  proxies = await Promise.all(
    ['proxy-1', 'proxy-2'].map((proxyId) =>
      startProxy({
        ...{ proxyId, bind: '127.0.0.1', minDrainMs: 0, drainMs: 0, reportIntervalMs: 100, logTo: { write: () => undefined } },
        control: { url, caFile: workspace.caFile, tokenFile: workspace.tokenFile },
      }),
    ),
  );
});

afterAll(async () => {
  await Promise.all((proxies ?? []).map((proxy) => proxy.close()));
  await operator?.stop();
  relay?.close();
  await upstream.close();
  await workspace?.remove();
  await rm(folder, { recursive: true, force: true });
});

async function startOperator(): Promise<void> {
  operator = new DevOperator({
    ...{ folder, adminPort, workspace, simulatorUrl: undefined, generated: [] },
    ...{ clock: systemClock, log: silentLogger, metrics: new OperatorMetrics() },
  });
  controlPort = await operator.start();
}

const USAGE = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const choice = (): object => ({ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' });

interface Reported<Status> {
  readonly name: string;
  readonly status: Status;
}

async function statusOf<Status>(name: string): Promise<Status> {
  const { objects } = (await (await fetch(`http://127.0.0.1:${adminPort}/status`)).json()) as { objects: readonly Reported<Status>[] };
  const found = objects.find((object) => object.name === name);
  if (found === undefined) throw new Error(`no status of ${name}`);
  return found.status;
}

const discovery = (holds: (status: ModelProviderStatus) => boolean): Promise<ModelProviderStatus> =>
  until('the status of the provider', WITHIN_MS, async () => {
    const status = await statusOf<ModelProviderStatus>('house');
    if (!holds(status)) throw new Error(JSON.stringify(status.discovery));
    return status;
  });

/** The target of a policy in the table of each proxy. */
const targetsOf = (name: string): readonly (PolicyTarget | undefined)[] =>
  proxies.map(({ store }) => store.current?.policies.get(`policy/default/${name}`)?.resource.rules[0]?.targets[0]);

function ask(model: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${proxies[0]?.dataPort}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] }),
  });
}

test(
  'every proxy asks with the key of the provider, and the status shows what there is',
  async () => {
    const status = await discovery(({ discovery: seen }) => seen?.models === 2);
    expect(status.discovery).toEqual({ models: 2, names: ['house-large', 'house-small'] });
    expect(status.conditions?.find(({ type }) => type === 'Accepted')).toMatchObject({ status: 'True', reason: 'Accepted' });
    const asked = upstream.calls.filter(({ method }) => method === 'GET');
    expect(asked.length).toBeGreaterThanOrEqual(2);
    for (const { path, headers } of asked) {
      expect(path).toBe('/v1/models');
      expect(headers).toMatchObject({ authorization: `Bearer ${KEY}` });
      expect(headers).not.toHaveProperty('content-type');
    }
  },
  WITHIN_MS,
);

test(
  'a target is routed with what the list and the entry say of it',
  async () => {
    const facts = { name: 'house-large', capabilities: [], contextWindow: 32_768, maxOutputTokens: 1000 };
    await until('the facts of the target', WITHIN_MS, async () =>
      targetsOf('right').every((target) => target?.facts?.contextWindow !== undefined),
    );
    for (const target of targetsOf('right')) expect(target?.facts).toEqual(facts);
    expect((await ask('right')).status).toBe(200);
  },
  WITHIN_MS,
);

test(
  'a target that is not in the list is said to be missing, and asked for all the same',
  async () => {
    const status = await until('the condition', WITHIN_MS, async () => {
      const { conditions } = await statusOf<RoutePolicyStatus>('wrong');
      return conditions?.find(({ type, status: value }) => type === 'ResolvedRefs' && value === 'False');
    });
    expect(status.reason).toBe('ModelNotFound');
    expect(status.message).toContain('lists 2 models and `house-lrage` is not one of them, did you mean `house-large`?');
    expect((await ask('wrong')).status).toBe(200);
    expect(upstream.last.json['model']).toBe('house-lrage');
  },
  WITHIN_MS,
);

test(
  'another operator is told at once, without a question to the provider',
  async () => {
    await operator.stop();
    const asked = upstream.calls.length;
    await startOperator();
    const status = await discovery(({ discovery: seen }) => seen?.models === 2);
    expect(status.discovery?.names).toEqual(['house-large', 'house-small']);
    await until('the facts of the target', WITHIN_MS, async () =>
      targetsOf('right').every((target) => target?.facts?.contextWindow === 32_768),
    );
    expect(upstream.calls.slice(asked).map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  },
  WITHIN_MS,
);

test(
  'a list that cannot be read any more is told, changes nothing else, and no key is told with it',
  async () => {
    const before = proxies.map(({ store }) => store.current?.policies.get('policy/default/right')?.resource);
    listing = { status: 401, models: [] };
    // Proxies ask again because the provider is another one.
    await writeFile(join(folder, 'house.yaml'), provider('  concurrency: 10\n'));
    const status = await discovery(({ discovery: seen }) => seen?.error !== undefined);
    expect(status.discovery).toEqual({
      models: 2,
      names: ['house-large', 'house-small'],
      error: `GET ${upstream.url}/v1/models answered 401`,
    });
    expect(status.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'True' });
    expect(status.credentials).toEqual([{ name: 'main', state: 'Active' }]);
    expect(proxies.map(({ store }) => store.current?.policies.get('policy/default/right')?.resource)).toEqual(before);
    expect((await ask('right')).status).toBe(200);
    expect(JSON.stringify(status)).not.toContain(KEY);
  },
  WITHIN_MS,
);

test(
  'a model that comes later is found without an edit of its policy',
  async () => {
    listing = { status: 200, models: [...LISTED, { id: 'house-lrage', object: 'model' }] };
    await writeFile(join(folder, 'house.yaml'), provider('  concurrency: 11\n'));
    await discovery(({ discovery: seen }) => seen?.models === 3 && seen.error === undefined);
    await until('the condition', WITHIN_MS, async () => {
      const { conditions } = await statusOf<RoutePolicyStatus>('wrong');
      return conditions?.some(({ type, status: value }) => type === 'ResolvedRefs' && value === 'True');
    });
  },
  WITHIN_MS,
);
