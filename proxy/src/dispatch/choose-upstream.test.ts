import type { Capability, ProviderResource } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { openaiCompletions } from '../dialects/openai-completions/openai-completions.ts';
import { DIALECTS, UPSTREAM_DIALECTS } from '../dialects/registry.ts';
import { findOperation } from '../operations/registry.ts';
import { sampleProvider } from '../snapshot/sample-table.ts';
import type { OperationId } from '../wire/operation-id.ts';
import { chooseUpstream, type UpstreamChoice } from './choose-upstream.ts';

function choose(operation: OperationId, changes: Partial<ProviderResource> = {}, ...capabilities: readonly Capability[]): UpstreamChoice {
  const dialect = operation === 'completions' ? openaiCompletions : DIALECTS['openai-chat'];
  const model = { name: 'm', capabilities };
  const side = findOperation(operation);
  return chooseUpstream(
    { operation, dialect, ...(side !== undefined && { side }) },
    sampleProvider('p', changes),
    model,
    (id) => UPSTREAM_DIALECTS[id],
  );
}

const spoken = (choice: UpstreamChoice): string => (choice.type === 'chosen' ? choice.provider.id : choice.why);

describe('chooseUpstream', () => {
  test.each([
    ['completions', [], 'openai-completions'],
    ['completions', ['Completions', 'Chat'], 'openai-completions'],
    ['completions', ['Chat'], 'openai-chat'],
    ['chat', [], 'openai-chat'],
    ['chat', ['Completions', 'Chat'], 'openai-chat'],
    ['chat', ['Completions'], 'openai-completions'],
  ] as const)('%s to a model with %j is asked in %s', (operation, capabilities, dialect) => {
    expect(spoken(choose(operation, { dialect: 'openai-chat' }, ...capabilities))).toBe(dialect);
  });

  test('what a vendor refuses or renames in chats does not concern completions', () => {
    const quirks = { maxTokensField: 'max_completion_tokens', unsupportedFields: ['seed'], noStreamOptions: true } as const;
    expect(choose('completions', { dialect: 'openai-chat', quirks })).toMatchObject({ quirks: { noStreamOptions: true } });
    expect(choose('chat', { dialect: 'openai-chat', quirks })).toMatchObject({ quirks });
  });

  test('other families get completions as chats, and operations in their own spelling or not at all', () => {
    expect(spoken(choose('completions', { dialect: 'anthropic-messages' }))).toBe('anthropic-messages');
    expect(choose('embeddings', { dialect: 'ollama', vendor: 'Ollama' })).toMatchObject({ type: 'chosen', provider: { id: 'ollama' } });
    expect(spoken(choose('speech', { dialect: 'anthropic-messages' }))).toBe('the provider does not offer speech');
  });
});
