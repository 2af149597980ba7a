import { describe, expect, test } from '@jest/globals';
import { upstreamHeaders } from './upstream-headers.ts';

const OWN = ['content-type', 'application/json', 'anthropic-version', '2023-06-01', 'x-api-key', 'provider-key'];
const FORWARDED = ['anthropic-version', 'anthropic-beta'];

describe('upstreamHeaders', () => {
  test("is the connection's own array while the caller sends nothing that belongs to the dialect", () => {
    expect(upstreamHeaders(OWN, ['Host', 'a', 'X-Api-Key', 'caller-key', 'Anthropic-Version', '2023-06-01'], FORWARDED)).toBe(OWN);
  });

  test('replaces a default and adds what is new, and leaves the shared array alone', () => {
    const before = [...OWN];
    const headers = upstreamHeaders(OWN, ['anthropic-version', '2024-01-01', 'Anthropic-Beta', 'tools'], FORWARDED);
    expect(headers).toEqual([
      'content-type',
      'application/json',
      'anthropic-version',
      '2024-01-01',
      'x-api-key',
      'provider-key',
      'anthropic-beta',
      'tools',
    ]);
    expect(OWN).toEqual(before);
  });

  test("never forwards the caller's key, whatever its spelling", () => {
    expect(upstreamHeaders(OWN, ['X-API-KEY', 'caller-key', 'Authorization', 'Bearer caller-key'], FORWARDED)).toBe(OWN);
  });
});
