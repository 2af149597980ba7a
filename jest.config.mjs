const project = (displayName, testMatch, extra = {}) => ({
  displayName,
  rootDir: import.meta.dirname,
  testMatch,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/tooling/strip-transform.mjs' },
  moduleNameMapper: {
    '^@headgate/(crds|operator|proxy|test)$': '<rootDir>/$1/src/index.ts',
    '^fast-check$': '<rootDir>/tooling/seeded-fast-check.mjs',
  },
  modulePathIgnorePatterns: ['<rootDir>/build/', '/dist/'],
  ...extra,
});

export default {
  watchman: false,
  // ESM module registries are not freed between files (jest#14605), so workers are recycled.
  workerIdleMemoryLimit: '1GB',
  projects: [
    project('unit', [
      '<rootDir>/{crds,operator,proxy}/src/**/*.test.ts',
      '<rootDir>/tooling/**/*.test.ts',
      '<rootDir>/test/src/{fakes,simulator,architecture,cluster}/**/*.test.ts',
    ]),
    project('paths', ['<rootDir>/test/src/paths/**/*.test.ts']),
    project('control-plane', ['<rootDir>/test/src/control-plane/**/*.test.ts']),
    project('pods', ['<rootDir>/test/src/pods/**/*.test.ts']),
  ],
};
