import type { World } from '../collect/world.ts';

/**
 * A curl command that works word for word, on one line: the first policy that answers without a key, `assistant` before
 * others. Undefined when every policy wants a key, or none has a name without `*`.
 */
export function firstCall(world: Pick<World, 'policies'>, port: number): string | undefined {
  const open = world.policies.filter((policy) => policy.spec.access?.anonymous === true);
  const names = open.flatMap((policy) => policy.spec.models).filter((name) => !name.includes('*'));
  const model = names.find((name) => name === 'assistant') ?? names.find((name) => !/embed/i.test(name));
  if (model === undefined) return undefined;
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello' }] });
  return `curl -s http://127.0.0.1:${port}/v1/chat/completions -H 'content-type: application/json' -d '${body}'`;
}
