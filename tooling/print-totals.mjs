// Prints the sum of jest's JSON reports as one plain line, and fails when anything failed or there was nothing to run.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
let skipped = 0;
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
  skipped += report.numPendingTests + report.numTodoTests;
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
// A machine without Go skips the suites that need a cluster; a run in which nothing even could run is no success.
process.exitCode = failed > 0 || passed + skipped === 0 ? 1 : 0;
