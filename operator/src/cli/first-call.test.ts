import type { RoutePolicy } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { firstCall } from './first-call.ts';

const policy = (models: readonly string[], anonymous: boolean): RoutePolicy => ({
  apiVersion: 'headgate.dev/v1alpha1',
  kind: 'RoutePolicy',
  metadata: { name: 'p' },
  spec: { models, access: { from: 'Same', anonymous }, rules: [] },
});

describe('firstCall', () => {
  test('is one line for `assistant` when it answers without a key', () => {
    const call = firstCall({ policies: [policy(['embed'], true), policy(['assistant'], true)] }, 8080);
    expect(call).toBe(
      `curl -s http://127.0.0.1:8080/v1/chat/completions -H 'content-type: application/json' -d '{"model":"assistant","messages":[{"role":"user","content":"Say hello"}]}'`,
    );
  });

  test('takes another open name, but no pattern and no embeddings', () => {
    expect(firstCall({ policies: [policy(['embed', 'team/*', 'chat'], true)] }, 1)).toContain('"model":"chat"');
  });

  test('promises nothing when every policy wants a key', () => {
    expect(firstCall({ policies: [policy(['assistant'], false)] }, 1)).toBeUndefined();
  });
});
