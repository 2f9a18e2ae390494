import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';

const story = [
  'start-redis', 'start-azure', 'start-github', 'repository', 'bot', 'provision', 'first-deployment', 'pull-request',
  'plan', 'merge', 'canary', 'deployment', 'configuration', 'secrets', 'scale', 'traffic', 'health',
  'bad-release', 'caught', 'revert-pull-request', 'reverted',
  'live-edit', 'drift-pull-request', 'git-kept', 'second-edit', 'adopt', 'azure-kept',
];

interface Line {
  readonly step?: string;
  readonly trueup?: { readonly url: string };
}

/** The demo as another program starts it, with a temporary directory of its own. */
async function demo(args: readonly string[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'trueup-scenario-demo-'));
  const child = spawn(process.execPath, ['src/cli/main.ts', 'demo', '--json', ...args], { env: { ...process.env, TMPDIR: folder }, stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  return {
    child,
    exited,
    lines: createInterface(child.stdout),
    left: () => readdir(folder),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe.concurrent('the demo', { timeout: 420_000 }, () => {
  // The plain story is the control of faults.test.ts and what `npm run demo` tells: this one is told with a fault of each cloud.
  test('says first how to drive it, then that every step happened, with its link, and how often each fault struck, and leaves nothing', async () => {
    await using running = await demo(['--fault', 'azure:429', '--fault', 'github:500']);
    const { exited, lines, left } = running;
    const said: unknown[] = [];
    for await (const line of lines) said.push(JSON.parse(line));
    const text = expect.stringMatching(/./);
    const link = expect.stringMatching(/^(?:https?|redis):\/\/127\.0\.0\.1:\d+/);
    const [ready, ...rest] = said;
    const [steps, faults] = [rest.slice(0, -2), rest.slice(-2)];
    expect(ready).toMatchObject({
      ready: true,
      github: { api: link, clone: expect.stringContaining('@127.0.0.1:'), repository: 'acme/storefront', token: text },
      azure: { arm: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/), caFile: text, token: text, subscription: text },
      trueup: { url: link },
      panel: { url: link, faults: link, journal: link, asked: [{ name: 'azure:429', by: 'bot' }, { name: 'github:500', by: 'bot' }] },
    });
    expect(steps).toEqual(story.map((step) => ({ step, ok: true, url: link, ms: expect.any(Number) })));
    expect(faults).toMatchObject([{ fault: 'azure:429', ok: true, struck: 1, left: 0 }, { fault: 'github:500', ok: true, struck: 1, left: 0 }]);
    expect(await exited).toEqual([0, null]);
    expect(await left()).toEqual([]);
  });

  test('ends with the bot when nobody reads it any more', async () => {
    await using running = await demo();
    const { child, exited, lines } = running;
    let url = '';
    for await (const line of lines) {
      const { step, trueup } = JSON.parse(line) as Line;
      url = trueup?.url ?? url;
      if (step === 'bot') break;
    }
    const answers = () => fetch(`${url}/readyz`).then(({ ok }) => ok, () => false);
    expect(await answers()).toBe(true);
    child.stdout.destroy();
    expect(await exited).toEqual([130, null]);
    expect(await answers()).toBe(false);
  });
});
