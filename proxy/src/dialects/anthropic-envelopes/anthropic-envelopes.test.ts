import { describe, expect, test } from '@jest/globals';
import { DIALECTS } from '../registry.ts';
import { anthropicBedrock } from './anthropic-bedrock.ts';
import { anthropicVertex } from './anthropic-vertex.ts';

const CALL = { model: 'm', max_tokens: 9, stream: true, thinking: { type: 'disabled' }, messages: [{ role: 'user', content: 'Hi' }] };
const { model: _model, stream: _stream, ...MESSAGE } = CALL;

function encode(dialect: typeof anthropicBedrock): object {
  const decoded = DIALECTS['anthropic-messages'].decodeCall(CALL);
  if (decoded.type === 'invalid') throw new Error(decoded.message);
  return dialect.encodeCall(decoded.value, { model: 'provider-model', quirks: {} });
}

describe('Bedrock', () => {
  test('model and streaming are in the path, the version in the body, the rest as the caller wrote it', () => {
    expect(encode(anthropicBedrock)).toEqual({ body: { anthropic_version: 'bedrock-2023-05-31', ...MESSAGE }, losses: [] });
    expect(anthropicBedrock.upstreamPath?.('anthropic.claude-sonnet-4-5-v1:0', false)).toBe(
      '/model/anthropic.claude-sonnet-4-5-v1%3A0/invoke',
    );
    expect(anthropicBedrock.upstreamPath?.('x', true)).toBe('/model/x/invoke-with-response-stream');
  });
});

describe('Vertex AI', () => {
  test('model is in the path, with its version as Google writes it; streaming in both', () => {
    expect(encode(anthropicVertex)).toEqual({ body: { anthropic_version: 'vertex-2023-10-16', ...MESSAGE, stream: true }, losses: [] });
    expect(anthropicVertex.upstreamPath?.('claude-sonnet-4@20250514', false)).toBe('/models/claude-sonnet-4@20250514:rawPredict');
    expect(anthropicVertex.upstreamPath?.('claude/../x', true)).toBe('/models/claude%2F..%2Fx:streamRawPredict');
  });
});
