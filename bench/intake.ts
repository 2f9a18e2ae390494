import autocannon from 'autocannon';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../src/cli/demo/until.ts';
import { startLocalRedis } from '../src/local/redis/start.ts';
import { freePort } from '../src/local/free-port.ts';
import { privateKey } from '../test/support/app-key.ts';

/**
 * Accepted webhooks per second: Trueup's web process, which stores each on fsynced disk before it answers, against bare Probot with an
 * empty handler, which stores nothing. Rounds alternate in one run; the figure is the ratio of medians. Client, Redis and server share
 * the machine's cores.
 */
const rounds = 5;
const seconds = 3;
const connections = 20;

const root = join(import.meta.dirname, '..');
const directory = mkdtempSync(join(tmpdir(), 'trueup-bench-'));
const secret = randomBytes(32).toString('hex');
const body = pushPayload();
const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

await using redis = await startLocalRedis({ directory });
const barePort = await freePort();
const trueupPort = await freePort();
const bare = run('bench/bare-probot.ts', [String(barePort), secret], {});
const trueup = run('src/main.ts', ['web'], webEnvironment(trueupPort));
try {
  await Promise.all([answering(`http://127.0.0.1:${barePort}/ping`), answering(`http://127.0.0.1:${trueupPort}/readyz`)]);
  const figures = { bare: [] as number[], trueup: [] as number[] };
  let failed = 0;
  for (let round = 0; round <= rounds; round++) {
    for (const [name, port] of [['bare', barePort], ['trueup', trueupPort]] as const) {
      const { rate, errors } = await load(port);
      failed += errors;
      if (round > 0) figures[name].push(rate); // the first one warms up
    }
  }
  const [floor, ours] = [median(figures.bare), median(figures.trueup)];
  console.log(JSON.stringify({
    bench: 'intake',
    ratio: Number((ours / floor).toFixed(3)),
    barePerSecond: Math.round(floor),
    trueupPerSecond: Math.round(ours),
    ranges: { bare: range(figures.bare), trueup: range(figures.trueup) },
    notAccepted: failed,
    rounds,
    seconds,
    connections,
    bytes: body.length,
  }));
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  for (const child of [bare, trueup]) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
}

async function load(port: number): Promise<{ readonly rate: number; readonly errors: number }> {
  const result = await autocannon({
    url: `http://127.0.0.1:${port}/api/github/webhooks`,
    connections,
    duration: seconds,
    requests: [{
      method: 'POST',
      body,
      setupRequest: (request: object) => ({
        ...request,
        headers: { 'content-type': 'application/json', 'x-github-event': 'push', 'x-github-delivery': randomUUID(), 'x-hub-signature-256': signature },
      }),
    }],
  });
  return { rate: result['2xx'] / result.duration, errors: result.non2xx + result.errors };
}

/** A real push, made to come from an installation and to concern the default branch, so that it is work. */
function pushPayload(): string {
  const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly { readonly name: string; readonly examples: readonly object[] }[];
  const push = examples.find(({ name }) => name === 'push')?.examples[0];
  return JSON.stringify({ ...push, ref: 'refs/heads/main', deleted: false, installation: { id: 1 }, repository: { ...(push as { readonly repository: object }).repository, id: 2, default_branch: 'main' } });
}

function webEnvironment(port: number): Readonly<Record<string, string>> {
  const grants = join(directory, 'grants.json');
  writeFileSync(grants, '{"tenants":[]}');
  return {
    APP_ID: '1', PRIVATE_KEY: privateKey, WEBHOOK_SECRET: secret, REDIS_URL: redis.url, TRUEUP_GRANTS_FILE: grants,
    TRUEUP_SEAL_KEY: randomBytes(32).toString('base64'), HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'error', NODE_ENV: 'production',
  };
}

function run(script: string, parameters: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [join(root, script), ...parameters], { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function answering(url: string): Promise<void> {
  await until(`an answer of ${url}`, () => fetch(url).then(({ ok }) => ok || null), { withinMs: 10_000, everyMs: 50 });
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;
}

function range(figures: readonly number[]): readonly [number, number] {
  return [Math.round(Math.min(...figures)), Math.round(Math.max(...figures))];
}
