import { describe, expect, test } from '@jest/globals';
import { readOperatorSettings } from './operator-settings.ts';

describe('readOperatorSettings', () => {
  test('has a default for everything', () => {
    expect(readOperatorSettings({})).toMatchObject({
      namespace: 'headgate',
      watchNamespaces: [],
      controlPort: 9443,
      adminPort: 9090,
      controlHosts: ['headgate-control.headgate.svc', 'headgate-control.headgate.svc.cluster.local'],
      leaderElect: true,
      workloadIdentityAllowed: false,
      shrinkHoldMs: 60_000,
    });
  });

  test('reads lists, flags and numbers', () => {
    const settings = readOperatorSettings({
      HEADGATE_WATCH_NAMESPACES: 'a, b,',
      HEADGATE_CONTROL_HOSTS: 'x.y',
      HEADGATE_LEADER_ELECT: 'false',
      HEADGATE_ALLOW_WORKLOAD_IDENTITY: 'true',
      HEADGATE_CONTROL_PORT: '1234',
      HEADGATE_SIMULATOR_URL: 'http://sim:80',
    });
    expect(settings).toMatchObject({
      watchNamespaces: ['a', 'b'],
      controlHosts: ['x.y'],
      leaderElect: false,
      workloadIdentityAllowed: true,
      controlPort: 1234,
      simulatorUrl: 'http://sim:80',
    });
  });

  test('names every wrong variable in one line', () => {
    const wrong = { HEADGATE_ADMIN_PORT: 'x', HEADGATE_LEADER_ELECT: 'yes', HEADGATE_SIMULATOR_URL: 'sim' };
    expect(() => readOperatorSettings(wrong)).toThrow(/HEADGATE_SIMULATOR_URL.*HEADGATE_ADMIN_PORT.*HEADGATE_LEADER_ELECT/);
  });
});
