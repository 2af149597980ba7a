import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyDefaults } from './apply-defaults.ts';
import { KIND_NAMES } from './kind-name.ts';

describe('defaults', () => {
  test('a provider gets every default the manifest documents', () => {
    const spec = {
      type: 'OpenAI',
      credentials: [{ name: 'main', secretRef: { name: 's', key: 'k' } }],
      tls: { caSecretRef: { name: 'ca' } },
    };
    expect(applyDefaults('ModelProvider', { spec })).toEqual({
      spec: {
        type: 'OpenAI',
        credentials: [{ name: 'main', secretRef: { name: 's', key: 'k' }, weight: 1 }],
        tls: { caSecretRef: { name: 'ca', key: 'ca.crt' }, insecureSkipVerify: false },
        unpriced: 'Allow',
        circuitBreaker: { consecutiveFailures: 5, failurePercent: 50, minRequests: 20, window: '30s', openFor: '30s', maxOpenFor: '300s' },
        timeouts: { connect: '2s', firstToken: '30s', idle: '60s', total: '600s' },
        allowedNamespaces: { from: 'Same' },
      },
    });
  });

  test('what is given stays, its siblings are filled, and null counts as absent', () => {
    expect(applyDefaults('RoutePolicy', { spec: { resilience: { attempts: 1, whenAllOpen: null }, onLossy: null } })).toMatchObject({
      spec: { resilience: { attempts: 1, retryBudgetPercent: 20, whenAllOpen: 'LeastBad' }, onLossy: 'Warn' },
    });
  });

  test('the object given is not changed', () => {
    const object = Object.freeze({ spec: Object.freeze({ type: 'OpenAI' }) });
    applyDefaults('ModelProvider', object);
    expect(object).toEqual({ spec: { type: 'OpenAI' } });
  });

  test('defaults of two objects are not shared', () => {
    const first = applyDefaults('ModelProvider', { spec: {} }) as { spec: { timeouts: { connect: string } } };
    first.spec.timeouts.connect = 'changed';
    expect(applyDefaults('ModelProvider', { spec: {} })).toMatchObject({ spec: { timeouts: { connect: '2s' } } });
  });

  test('any JSON at all is survived, and defaulting twice changes nothing more', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KIND_NAMES), fc.jsonValue(), fc.jsonValue(), (kind, spec, rules) => {
        for (const object of [spec, { spec }, { spec: { rules, credentials: rules } }]) {
          const once = applyDefaults(kind, object);
          expect(applyDefaults(kind, once)).toEqual(once);
        }
      }),
    );
  });
});
