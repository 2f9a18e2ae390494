import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { supervise, type Supervised } from './supervise.ts';

interface Watched {
  /** Each start writes one letter. */
  readonly starts: () => number;
  readonly supervised: Supervised;
}

/** A program that ends with code 1 at once, `failing` times, and then runs until somebody ends it. */
function watched(failing: number): Watched {
  const directory = mkdtempSync(join(tmpdir(), 'trueup-supervise-'));
  const seen = join(directory, 'starts');
  const program = `const fs = require('node:fs'); fs.appendFileSync(${JSON.stringify(seen)}, 'x'); if (fs.statSync(${JSON.stringify(seen)}).size <= ${failing}) process.exit(1); setInterval(() => {}, 1000);`;
  const supervised = supervise({ args: ['-e', program], env: {}, logFile: join(directory, 'log'), onRestart: () => undefined });
  onTestFinished(async () => {
    await supervised.stop();
    rmSync(directory, { recursive: true });
  });
  return {
    supervised,
    starts: () => (existsSync(seen) ? readFileSync(seen, 'utf8').length : 0),
  };
}

test('a process that cannot start for a while, because its port is taken say, is started until it can', async () => {
  const { starts, supervised } = watched(3);
  await expect.poll(() => supervised.failedStarts()).toBe(3);
  await expect.poll(starts).toBe(4);
});

test('one that is killed again and again right after its start has not failed to start', async () => {
  const { starts, supervised } = watched(0);
  for (const kills of [1, 2, 3, 4]) {
    await expect.poll(starts).toBe(kills);
    process.kill(supervised.pid(), 'SIGKILL');
  }
  await expect.poll(starts).toBe(5);
  expect(supervised.failedStarts()).toBe(0);
});
