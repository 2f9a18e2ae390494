import { spawn, type ChildProcess } from 'node:child_process';
import { describe, test, type TestContext } from 'vitest';

interface Started {
  readonly child: ChildProcess;
  readonly output: () => { readonly out: string; readonly err: string };
  readonly ended: Promise<NodeJS.Signals | number | null>;
}

/** A process with a watchdog of 1.5 s that then does `what`. */
function watched(what: string, { onTestFinished }: Pick<TestContext, 'onTestFinished'>): Started {
  const program = `import { startWatchdog } from ${JSON.stringify(new URL('./watchdog.ts', import.meta.url).href)};\nconst watchdog = startWatchdog(1500);\n${what}`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return { child, output: () => ({ out, err }), ended: new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code))) };
}

describe.concurrent('the watchdog', () => {
  test('ends a process whose event loop stands still, and says so', async ({ expect, onTestFinished }) => {
    const { ended, output } = watched('setTimeout(() => { for (;;); }, 100);', { onTestFinished });
    expect(await ended).toBe('SIGKILL');
    // A loop that gets less than its share of a loaded machine has longer, but never as long as one that does nothing.
    const [, stood] = /the event loop stood still for (\d+) ms/.exec(output().err) ?? [];
    expect(Number(stood)).toBeGreaterThanOrEqual(1500);
    expect(Number(stood)).toBeLessThan(6000);
  });

  test('gives one that has no processor four times as long', async ({ expect, onTestFinished }) => {
    const began = performance.now();
    const { ended, output } = watched('setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 100);', { onTestFinished });
    expect(await ended).toBe('SIGKILL');
    expect(performance.now() - began).toBeGreaterThan(6000);
    expect(output().err).toContain('the event loop stood still for 6000 ms');
  });

  test('leaves one alone that was stopped for longer and goes on', async ({ expect, onTestFinished }) => {
    const { child, ended, output } = watched("process.stdout.write('up'); process.once('SIGTERM', () => process.exit(7)); setInterval(() => undefined, 50);", { onTestFinished });
    await expect.poll(() => output().out, { timeout: 20_000 }).toBe('up');
    child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 3000)); // twice what it may stand still
    child.kill('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    child.kill('SIGTERM');
    expect(await ended).toBe(7);
  });

  test('keeps no process running, and ends with it', async ({ expect, onTestFinished }) => {
    expect(await watched('await watchdog[Symbol.asyncDispose]();', { onTestFinished }).ended).toBe(0);
    expect(await watched('', { onTestFinished }).ended).toBe(0);
  });
});
