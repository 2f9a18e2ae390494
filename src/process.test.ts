import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { privateKey } from '../test/support/app-key.ts';
import { signed } from '../test/support/intake-bench.ts';
import { redisForFile } from '../test/support/redis-bench.ts';
import { openQueues } from './jobs/queues.ts';
import { freePort } from './local/free-port.ts';

const secret = 'a webhook secret 0123456789abcdef';

const redis = redisForFile();

interface Started {
  readonly child: ChildProcess;
  output(): string;
  readonly ended: Promise<number | null>;
}

function start(environment: Readonly<Record<string, string>>, role = 'web'): Started {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), role], { env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...environment } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { child, output: () => output, ended: new Promise((resolve) => child.once('exit', (code) => resolve(code))) };
}

function complete(port: number): Readonly<Record<string, string>> {
  return {
    APP_ID: '421', PRIVATE_KEY: privateKey, WEBHOOK_SECRET: secret, REDIS_URL: redis.server.url, TRUEUP_GRANTS_FILE: '/nowhere', PORT: String(port),
    TRUEUP_SEAL_KEY: Buffer.alloc(32, 7).toString('base64'), GITHUB_API_URL: 'http://127.0.0.1:9',
  };
}

async function ready(port: number): Promise<void> {
  await expect.poll(() => fetch(`http://127.0.0.1:${port}/readyz`).then(({ status }) => status, () => 0), { timeout: 30_000 }).toBe(200);
}

describe('the process', () => {
  test('does not start without a secret, and says all else that is wrong, too', async () => {
    const { ended, output } = start({ ...complete(1), WEBHOOK_SECRET: '', APP_ID: '' });
    expect(await ended).toBe(1);
    expect(output()).toContain('WEBHOOK_SECRET: missing');
    expect(output()).toContain('APP_ID: ');
  });

  test('does not start on a Redis that may lose what was acknowledged, unless told to', async () => {
    const client = await redis.connect();
    await client.config('SET', 'appendfsync', 'everysec');
    const port = await freePort();
    const { ended, output } = start(complete(port));
    expect(await ended).toBe(1);
    expect(output()).toContain('appendfsync is everysec, expected always');
    const told = start({ ...complete(port), TRUEUP_ACCEPT_UNSAFE_REDIS: 'true' });
    await ready(port);
    told.child.kill('SIGTERM');
    expect(await told.ended).toBe(0);
    await client.config('SET', 'appendfsync', 'always');
  });

  test('takes a webhook, says when it is not ready, and ends on SIGTERM also with Redis away', async () => {
    const port = await freePort();
    const { child, ended, output } = start(complete(port));
    await ready(port);
    const body = '{"installation":{"id":100},"repository":{"id":7,"default_branch":"main"},"ref":"refs/heads/main"}';
    const post = () => fetch(`http://127.0.0.1:${port}/api/github/webhooks`, { method: 'POST', body, headers: signed(body, secret) });
    expect((await post()).status).toBe(202);
    const client = await redis.connect();
    expect(await client.xlen('{trueup}:outbox')).toBe(1);
    await client.call('CLIENT', 'PAUSE', '4000', 'ALL');
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    for (const hidden of [secret, privateKey.split('\n')[1] ?? '']) expect(output()).not.toContain(hidden);
  });

  test('ends with 1 when one of its workers takes no jobs any more, to be started again', async () => {
    const [port, folder] = [await freePort(), await mkdtemp(join(tmpdir(), 'trueup-process-'))];
    onTestFinished(() => rm(folder, { recursive: true }));
    const grants = join(folder, 'grants.json');
    await writeFile(grants, '{ "tenants": [] }');
    const { ended, output } = start({ ...complete(1), TRUEUP_GRANTS_FILE: grants, WORKER_PORT: String(port), TRUEUP_CANARY_MS: '1000' }, 'worker');
    await ready(port);
    await using queues = openQueues(await redis.connect());
    await queues.all.get('deployment')?.pause();
    expect(await ended).toBe(1);
    expect(output()).toContain('the worker of deployment takes no jobs');
  });
});
