import { applyDefaults } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { fieldsOf } from './fields.ts';
import { Findings } from './findings.ts';
import { DEFAULT_CIRCUIT_BREAKER, DEFAULT_TIMEOUTS, readCircuitBreaker, readHeaders, readTimeouts } from './provider-settings.ts';

test('the defaults are those of the CRD', () => {
  const spec = fieldsOf(fieldsOf(applyDefaults('ModelProvider', { metadata: { name: 'x' }, spec: { type: 'OpenAI' } }))['spec']);
  const findings = new Findings();
  expect(readTimeouts(spec['timeouts'], findings)).toEqual(DEFAULT_TIMEOUTS);
  expect(readCircuitBreaker(spec['circuitBreaker'], findings)).toEqual(DEFAULT_CIRCUIT_BREAKER);
  expect(readTimeouts(undefined, findings)).toEqual(DEFAULT_TIMEOUTS);
  expect(readCircuitBreaker(undefined, findings)).toEqual(DEFAULT_CIRCUIT_BREAKER);
  expect(findings.accepted().reason).toBe('Accepted');
});

test('what is given is used, the rest keeps its default', () => {
  expect(readTimeouts({ connect: '500ms', total: '2m' }, new Findings())).toEqual({
    ...DEFAULT_TIMEOUTS,
    connectMs: 500,
    totalMs: 120_000,
  });
  expect(readCircuitBreaker({ failurePercent: 25, openFor: '10m' }, new Findings())).toMatchObject({
    failurePercent: 25,
    openMs: 600_000,
    maxOpenMs: 600_000,
  });
});

test.each(['soon', '0s', '25h', 5, null, '-1s'])('a timeout of %j falls back to the default', (connect) => {
  expect(readTimeouts({ connect }, new Findings()).connectMs).toBe(2000);
});

describe('headers', () => {
  test.each([
    'Authorization',
    'x-api-key',
    'HOST',
    'Content-Length',
    'transfer-encoding',
    'Connection',
    'metadata-flavor',
    'X-aws-ec2-metadata-token',
    'a b',
    'a\r\nb',
    '',
  ])('%j is left out', (name) => expect(readHeaders([{ name, value: 'x' }], new Findings())).toEqual([]));

  test.each(['a\r\nx-evil: 1', 'ü', '\u0000', 7, null])('a value of %j is left out', (value) => {
    expect(readHeaders([{ name: 'x-ok', value }], new Findings())).toEqual([]);
  });

  test('names are in lower case and the first of each counts', () => {
    const headers = [
      { name: 'X-One', value: '1' },
      { name: 'x-one', value: '2' },
    ];
    expect(readHeaders(headers, new Findings())).toEqual([{ name: 'x-one', value: '1' }]);
  });
});
