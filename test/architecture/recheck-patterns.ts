// A program: checks every pattern of src anew and writes those that are safe and slow to check to `slow-patterns.json`, so that the test
// need not check them in each run. It fails when one is not safe.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSync } from 'recheck';
import { patternKey, patternsInSource } from './patterns-in-source.ts';

const slowMs = 20;
const { patterns } = patternsInSource(join(import.meta.dirname, '../..'));
const slow: string[] = [];
for (const pattern of patterns) {
  const began = performance.now();
  const { status } = checkSync(pattern.source, pattern.flags, { timeout: null });
  if (status !== 'safe') {
    process.stderr.write(`${status}: ${patternKey(pattern)} at ${pattern.at.join(', ')}\n`);
    process.exitCode = 1;
  } else if (performance.now() - began >= slowMs) {
    slow.push(patternKey(pattern));
  }
}
writeFileSync(join(import.meta.dirname, 'slow-patterns.json'), `${JSON.stringify(slow.toSorted(), null, 2)}\n`);
