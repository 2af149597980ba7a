import { expect, test } from '@jest/globals';
import { optionsFromEnvironment } from './proxy-options.ts';

test('the environment needs nothing: every variable has a default', () => {
  const parsed = optionsFromEnvironment({});
  expect(parsed).toMatchObject({
    type: 'ok',
    options: {
      dataPort: 8080,
      adminPort: 9090,
      reusePort: false,
      maxBodyBytes: 33_554_432,
      reportIntervalMs: 2000,
      minDrainMs: 2000,
      drainMs: 300_000,
    },
  });
  expect(parsed.type === 'ok' && 'control' in parsed.options).toBe(false);
});

test('every variable is read; an empty one counts as absent', () => {
  expect(
    optionsFromEnvironment({
      HEADGATE_DATA_PORT: '1',
      HEADGATE_ADMIN_PORT: '2',
      HEADGATE_BIND: '127.0.0.1',
      HEADGATE_REUSE_PORT: 'true',
      HEADGATE_PROXY_ID: 'p',
      HEADGATE_CONTROL_URL: 'https://operator:9443',
      HEADGATE_CONTROL_CA_FILE: '/ca',
      HEADGATE_CONTROL_TOKEN_FILE: '/token',
      HEADGATE_STATE_DIR: '/state',
      HEADGATE_SNAPSHOT_DIR: '/snapshot',
      HEADGATE_DRAIN_SECONDS: '5',
      HEADGATE_MIN_DRAIN_SECONDS: '0',
      HEADGATE_LOG_LEVEL: '',
    }),
  ).toEqual({
    type: 'ok',
    options: {
      dataPort: 1,
      adminPort: 2,
      bind: '127.0.0.1',
      reusePort: true,
      proxyId: 'p',
      control: { url: 'https://operator:9443', caFile: '/ca', tokenFile: '/token' },
      stateDir: '/state',
      snapshotDir: '/snapshot',
      drainMs: 5000,
      minDrainMs: 0,
      logLevel: 'info',
      maxBodyBytes: 33_554_432,
      reportIntervalMs: 2000,
    },
  });
});

test('everything that is wrong is named at once', () => {
  expect(optionsFromEnvironment({ HEADGATE_DATA_PORT: '80x', HEADGATE_DRAIN_SECONDS: '-1', HEADGATE_CONTROL_URL: 'operator' })).toEqual({
    type: 'invalid',
    message:
      'HEADGATE_CONTROL_URL=operator is not a URL; HEADGATE_DATA_PORT=80x is not a whole number; HEADGATE_DRAIN_SECONDS=-1 is not a whole number',
  });
});
