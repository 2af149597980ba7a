import { expect, test } from '@jest/globals';
import { bundledPackages } from './bundle-app.ts';

test('packages are named once, nested and scoped ones too, the own ones not', () => {
  const inputs = Object.fromEntries(
    [
      'proxy/dist/main.js',
      'node_modules/@headgate/crds/dist/index.js',
      'node_modules/pino/pino.js',
      'node_modules/pino/lib/tools.js',
      'node_modules/@peculiar/x509/build/x509.es.js',
      'node_modules/express/node_modules/accepts/index.js',
    ].map((path) => [path, { bytes: 1, imports: [] }]),
  );
  expect(bundledPackages({ inputs })).toEqual([
    'node_modules/pino',
    'node_modules/@peculiar/x509',
    'node_modules/express/node_modules/accepts',
  ]);
});
