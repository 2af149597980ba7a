import {
  findModel,
  findVendor,
  type ListedModel,
  type PolicyResource,
  type PolicyTarget,
  type ProviderResource,
  type ResourceBody,
} from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import type { ModelListing, World } from '../collect/world.ts';
import type { Compilation } from './compilation.ts';
import { compile } from './compile.ts';

/** Providers that are asked for their models, from their object to the targets of policies. */
const EMPTY: World = {
  ...{ providers: [], policies: [], consumers: [], secrets: new Map(), services: new Map(), namespaces: new Map() },
  ...{ keySalt: 'ab'.repeat(32), allowedPrivateHosts: [] },
};
const KEY = 'provider/team/house';

interface Case {
  readonly spec: object;
  /** What the policy's targets name. */
  readonly targets?: readonly string[];
  readonly listed?: readonly ListedModel[];
  readonly lastGood?: ReadonlyMap<string, ResourceBody>;
  readonly generation?: number;
}

function compiled({ spec, targets = ['llama3'], listed, lastGood, generation = 1 }: Case): Compilation {
  const meta = { namespace: 'team', uid: 'uid-1', generation, creationTimestamp: '2026-01-01T00:00:00Z' };
  const provider = { metadata: { ...meta, name: 'house' }, spec };
  const policy = {
    metadata: { ...meta, name: 'p', generation: 1 },
    spec: { models: ['p'], rules: [{ name: 'all', targets: targets.map((model) => ({ provider: { name: 'house' }, model })) }] },
  };
  const options = { catalogue: { findVendor, findModel }, hashKey: (key: string) => key, ...(lastGood === undefined ? {} : { lastGood }) };
  const worldOf = (listings: ReadonlyMap<string, ModelListing>): World =>
    Object.assign({ ...EMPTY, listings }, { providers: [provider], policies: [policy] });
  const first = compile(worldOf(new Map()), options);
  const subject = bodyOf(first).listing?.subject ?? '';
  return listed === undefined
    ? first
    : compile(worldOf(new Map([[subject, new Map(listed.map((model) => [model.name, model]))]])), options);
}

function bodyOf({ resources }: Compilation): ProviderResource {
  return resources.get(KEY) as ProviderResource;
}

const targetsOf = ({ resources }: Compilation): readonly PolicyTarget[] =>
  (resources.get('policy/team/p') as PolicyResource).rules[0]?.targets ?? [];
const factsOf = (compilation: Compilation): unknown => targetsOf(compilation)[0]?.facts;
const verdict = ({ diagnostics }: Compilation, key: string): string => {
  const { accepted, resolvedRefs } = diagnostics.get(key) ?? {};
  return [accepted, resolvedRefs].map((one) => `${one?.status} ${one?.reason}: ${one?.message}`).join(' | ');
};

const VLLM = { type: 'VLLM', baseURL: 'https://llm.example.com/v1' };
const ALL = { name: '*', discover: true };

describe('where a provider is asked', () => {
  const ELSEWHERE = { type: 'Cohere', baseURL: 'https://x.example.com/gate' };
  const CUSTOM = { type: 'Custom', baseURL: 'https://x.example.com/gate/v1' };
  test.each<[object, string | undefined]>([
    [{ type: 'OpenAI' }, '/v1/models'],
    [{ type: 'OpenAI', baseURL: 'https://x.example.com/openai/v1' }, '/openai/v1/models'],
    [{ type: 'OpenAI', baseURL: 'https://x.example.com' }, '/models'],
    [{ type: 'Anthropic' }, '/v1/models?limit=1000'],
    [{ type: 'Gemini' }, '/v1beta/models?pageSize=1000'],
    [{ type: 'Gemini', dialect: 'OpenAIChat' }, '/v1beta/openai/models'],
    [{ type: 'Cohere' }, '/v1/models?page_size=1000'],
    [{ type: 'Cohere', baseURL: 'https://x.example.com/cohere/v2' }, '/cohere/v1/models?page_size=1000'],
    [{ type: 'DeepSeek' }, '/models'],
    [{ type: 'Ollama', baseURL: 'https://x.example.com/v1' }, '/v1/models'],
    [{ type: 'Ollama', dialect: 'Ollama', baseURL: 'https://x.example.com/api' }, '/api/tags'],
    [{ ...CUSTOM, dialect: 'OpenAIChat' }, '/gate/v1/models'],
    [{ ...CUSTOM, dialect: 'Ollama' }, '/gate/v1/tags'],
    [ELSEWHERE, undefined],
  ])('%j: %s', (spec, path) => expect(bodyOf(compiled({ spec: { ...spec, models: [ALL] } })).listing?.path).toBe(path));

  test('nowhere without an entry that says so', () => {
    expect(bodyOf(compiled({ spec: VLLM }))).not.toHaveProperty('listing');
    expect(bodyOf(compiled({ spec: { ...VLLM, models: [{ name: 'llama3', discover: false }] } }))).not.toHaveProperty('listing');
  });

  test('units of prices come with the path, where they are documented', () => {
    expect(bodyOf(compiled({ spec: { type: 'OpenRouter', models: [ALL] } })).listing).toMatchObject({ prices: 'PerToken' });
    expect(bodyOf(compiled({ spec: { type: 'Together', models: [ALL] } })).listing).toMatchObject({ prices: 'PerMillionTokens' });
    expect(bodyOf(compiled({ spec: { type: 'OpenAI', models: [ALL] } })).listing).not.toHaveProperty('prices');
  });

  test.each<[object, string]>([
    [{ type: 'Bedrock', region: 'us-east-1' }, '`discover` has no effect: `Bedrock` has no list that says which models can be asked for'],
    [{ type: 'AzureOpenAI', azure: { resource: 'my-resource' } }, '`AzureOpenAI` has no list'],
    [{ type: 'DeepSeek', dialect: 'AnthropicMessages' }, '`DeepSeek` in this `dialect` has no list'],
    [ELSEWHERE, 'where the list of models is cannot be told from `baseURL`'],
  ])('vendors without a list say so: %j', (spec, message) => {
    const compilation = compiled({ spec: { ...spec, models: [ALL] } });
    expect(bodyOf(compilation)).not.toHaveProperty('listing');
    expect(verdict(compilation, KEY)).toContain('True PartiallyValid');
    expect(verdict(compilation, KEY)).toContain(message);
    expect(compilation.offers.get(KEY)?.discovery).toBeUndefined();
  });

  test('what an older list said does not hold for another place, but for other pods of a Service', () => {
    const subjectOf = (spec: object): string => bodyOf(compiled({ spec: { ...spec, models: [ALL] } })).listing?.subject ?? '';
    expect(subjectOf(VLLM)).not.toBe(subjectOf({ ...VLLM, baseURL: 'https://other.example.com/v1' }));
    expect(subjectOf(VLLM)).toBe(subjectOf({ ...VLLM, concurrency: 7 }));
    expect(subjectOf({ type: 'VLLM', serviceRef: { name: 'vllm', port: 8000 } })).toMatch(/ vllm:8000\/v1\/models$/);
  });
});

describe('what is known of a model', () => {
  const LISTED: readonly ListedModel[] = [
    { name: 'llama3', contextWindow: 8192, capabilities: ['Chat', 'Tools', 'Telepathy'], pricing: { inputNanoUsd: 1, outputNanoUsd: 2 } },
    { name: 'qwen3:latest', contextWindow: 4096 },
  ];

  test('is what the list says, where nobody else says anything; words of newer proxies are left out', () => {
    expect(factsOf(compiled({ spec: { ...VLLM, models: [ALL] }, listed: LISTED }))).toEqual({
      name: 'llama3',
      capabilities: ['Chat', 'Tools'],
      contextWindow: 8192,
      pricing: { inputNanoUsd: 1, outputNanoUsd: 2 },
    });
  });

  test('goes by the entry of the model, then the longest that begins like it, then the catalogue, then the list', () => {
    const spec = {
      type: 'OpenAI',
      models: [
        { name: '*', discover: true, contextWindow: 1, maxOutputTokens: 1 },
        { name: 'gpt-4o*', discover: true, contextWindow: 2000 },
        { name: 'gpt-4o-mini', pricing: { inputPerMTok: '1', outputPerMTok: '2' } },
      ],
    };
    const listed = [{ name: 'gpt-4o-mini', contextWindow: 7, maxOutputTokens: 7, pricing: { inputNanoUsd: 7, outputNanoUsd: 7 } }];
    const catalogued = findModel('OpenAI', 'gpt-4o-mini');
    expect(factsOf(compiled({ spec, listed, targets: ['gpt-4o-mini'] }))).toEqual({
      name: 'gpt-4o-mini',
      capabilities: catalogued?.capabilities,
      contextWindow: 2000,
      maxOutputTokens: catalogued?.maxOutputTokens,
      pricing: { inputNanoUsd: 1000, outputNanoUsd: 2000 },
    });
  });

  test('of a pattern holds for names that no list has, and before there is a list', () => {
    const spec = { ...VLLM, models: [{ name: 'llama*', discover: true, contextWindow: 5 }] };
    expect(factsOf(compiled({ spec }))).toEqual({ name: 'llama3', capabilities: [], contextWindow: 5 });
    expect(factsOf(compiled({ spec, listed: [] }))).toEqual({ name: 'llama3', capabilities: [], contextWindow: 5 });
    expect(factsOf(compiled({ spec, targets: ['mistral'] }))).toBeUndefined();
  });

  test('is known of `x` where `x:latest` is listed', () => {
    const compilation = compiled({ spec: { ...VLLM, models: [ALL] }, targets: ['qwen3'], listed: LISTED });
    expect(factsOf(compilation)).toEqual({ name: 'qwen3', capabilities: [], contextWindow: 4096 });
    expect(verdict(compilation, 'policy/team/p')).toContain('True ResolvedRefs');
  });

  test('does not change the resource of the provider: proxies would ask again because they have told', () => {
    const spec = { ...VLLM, models: [ALL, { name: 'llama3' }] };
    expect(bodyOf(compiled({ spec, listed: LISTED }))).toEqual(bodyOf(compiled({ spec })));
    expect(bodyOf(compiled({ spec })).models).toEqual([{ name: 'llama3', capabilities: [] }]);
  });
});

describe('a target that the list does not have', () => {
  const spec = { ...VLLM, models: [{ name: 'llama*', discover: true }, { name: 'llama-own' }] };
  const listed = [{ name: 'llama3:8b' }, { name: 'mistral' }];

  test('is said to be missing, with the name that may have been meant, and routed all the same', () => {
    const compilation = compiled({ spec, listed, targets: ['llama3:8g'] });
    expect(verdict(compilation, 'policy/team/p')).toContain(
      'False ModelNotFound: rule `all`, target 0: ModelProvider `team/house` lists 2 models and `llama3:8g` is not one of them, did you mean `llama3:8b`?',
    );
    expect(targetsOf(compilation)).toEqual([{ provider: KEY, model: 'llama3:8g', weight: 1 }]);
  });

  test.each([
    ['it has an entry of its own', 'llama-own', listed],
    ['no list has come yet', 'llama9', undefined],
    ['no entry with `discover` is about it', 'gpt-4o', listed],
    ['it is listed, though no entry is about it', 'mistral', listed],
  ])('is not said to be missing when %s', (_when, model, list) => {
    const compilation = compiled({ spec, targets: [model], ...(list === undefined ? {} : { listed: list }) });
    expect(verdict(compilation, 'policy/team/p')).toContain('True ResolvedRefs');
    expect(targetsOf(compilation)).toHaveLength(1);
  });

  test('is not said to be missing when the catalogue has it: lists leave out aliases', () => {
    const compilation = compiled({ spec: { type: 'OpenAI', models: [ALL] }, listed: [{ name: 'gpt-5' }], targets: ['gpt-4o'] });
    expect(verdict(compilation, 'policy/team/p')).toContain('True ResolvedRefs');
  });
});

test('models that are listed without a price are refused where unpriced ones are, and offered once an entry has a price', () => {
  const listed = [{ name: 'llama3' }];
  const refusing = { ...VLLM, unpriced: 'Refuse' };
  const refused = compiled({ spec: { ...refusing, models: [ALL] }, listed });
  expect(targetsOf(refused)).toEqual([]);
  expect(verdict(refused, 'policy/team/p')).toContain('False ModelNotFound');
  const free = { ...ALL, pricing: { inputPerMTok: '0', outputPerMTok: '0' } };
  expect(targetsOf(compiled({ spec: { ...refusing, models: [free] }, listed }))).toHaveLength(1);
});

test('the offer names what is listed and meant', () => {
  const spec = { ...VLLM, models: [{ name: 'a*', discover: true }] };
  expect(
    compiled({ spec, listed: [{ name: 'a1' }, { name: 'a2' }, { name: 'b' }] })
      .offers.get(KEY)
      ?.discovery?.names(),
  ).toEqual(['a1', 'a2']);
  expect(compiled({ spec }).offers.get(KEY)?.discovery?.names()).toBeUndefined();
  expect(compiled({ spec: VLLM }).offers.get(KEY)?.discovery).toBeUndefined();
});

describe('before the proxies have told a new leader', () => {
  const spec = { ...VLLM, unpriced: 'Refuse', models: [ALL] };
  const before = compiled({ spec, listed: [{ name: 'llama3', contextWindow: 8192, pricing: { inputNanoUsd: 1, outputNanoUsd: 2 } }] });

  test('the table is the one of the leader before', () => {
    expect(compiled({ spec, lastGood: before.resources }).resources).toEqual(before.resources);
  });

  test('and stays so, compiled again and again', () => {
    const again = compiled({ spec, lastGood: before.resources });
    expect(compiled({ spec, lastGood: again.resources }).resources).toEqual(before.resources);
  });

  test('what an older form of the provider said does not come back', () => {
    expect(targetsOf(compiled({ spec, lastGood: before.resources, generation: 2 }))).toEqual([]);
  });

  test('and a list takes its place as soon as it comes', () => {
    const listed = [{ name: 'llama3', pricing: { inputNanoUsd: 9, outputNanoUsd: 9 } }];
    expect(factsOf(compiled({ spec, listed, lastGood: before.resources }))).toEqual({
      name: 'llama3',
      capabilities: [],
      pricing: { inputNanoUsd: 9, outputNanoUsd: 9 },
    });
  });
});

test.each<[object]>([
  [{ name: 'llama*' }],
  [{ name: 'a*b', discover: true }],
  [{ name: 'llama3', discover: true }],
  [{ name: '**', discover: true }],
])('a stored entry that the schema would refuse is left out: %j', (entry) => {
  const compilation = compiled({ spec: { ...VLLM, models: [entry] } });
  expect(verdict(compilation, KEY)).toContain('`models[0]` must have `*` at the end of its name with `discover`, and nowhere without');
  expect(bodyOf(compilation)).not.toHaveProperty('listing');
  expect(bodyOf(compilation).models).toEqual([]);
});
