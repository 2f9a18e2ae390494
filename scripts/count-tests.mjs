// Prints what the contract suites reached (test/support/totals.ts), then the closing line of CI from vitest's JSON report:
// `N passed, N failed, N skipped`. A suite that has bounds and did not count is said to be missing, and fails, unless what it needs is not there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const hasRecordings = existsSync(join(process.env.TRUEUP_SHARED ?? '../shared', 'azure', 'recordings'));

/** What a suite counted, or null. */
function countsOf(suite) {
  const file = join('.trueup/totals', `${suite}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

let missing = 0;
for (const suite of Object.keys(JSON.parse(readFileSync('test/contract/totals.json', 'utf8')))) {
  const counts = countsOf(suite);
  if (counts !== null) console.log(`contract ${suite}: ${Object.entries(counts).map(([what, count]) => `${count} ${what}`).join(', ')}`);
  else if (!hasRecordings && suite.startsWith('azure-')) console.log(`contract ${suite}: not counted, the recordings and specifications beside the checkout are not there`);
  else {
    missing += 1;
    console.log(`contract ${suite}: MISSING, it has bounds and did not count`);
  }
}

const report = JSON.parse(readFileSync(process.argv[2] ?? '.trueup/test-results.json', 'utf8'));
const failedFiles = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
const failed = report.numFailedTests + failedFiles;
console.log(`${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests + report.numTodoTests} skipped`);
process.exit(failed > 0 || missing > 0 || report.numPassedTests === 0 ? 1 : 0);
