import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { Octokit } from '@octokit/rest';
import { until } from '../../src/cli/demo/until.ts';
import { redisOutbox } from '../../src/adapters/redis/outbox.ts';
import { openQueues, type Queues } from '../../src/jobs/queues.ts';
import { newOrigin, seal, type EmittedMessage, type Envelope } from '../../src/kernel/envelope.ts';
import { tenantId, type TenantId } from '../../src/kernel/ids.ts';
import { githubBench } from './local-github.ts';
import { redisBench } from './redis-bench.ts';

const program = join(import.meta.dirname, 'poison-worker.ts');
const processes = 4;
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Check {
  readonly name: string;
  readonly conclusion: string | null;
  readonly text: string;
}

/** Four supervised worker processes over a real Redis and the local GitHub, with one repository. */
export interface PoisonWorld extends AsyncDisposable {
  readonly tenant: TenantId;
  readonly redis: Redis;
  readonly queues: Queues;
  /** Ends of processes that nobody asked for. */
  readonly ends: () => number;
  send(envelope: Envelope): Promise<void>;
  seal(message: EmittedMessage): Envelope;
  /** Puts files on the default branch. @returns the commit. */
  push(path: string, text: string): Promise<string>;
  head(): Promise<string>;
  checks(commit: string): Promise<readonly Check[]>;
}

interface WorldOptions {
  readonly lockMs: number;
  readonly blockedMs: number;
  readonly workMs: number;
}

export async function poisonWorld(options: WorldOptions): Promise<PoisonWorld> {
  const stack = new AsyncDisposableStack();
  try {
    const server = stack.use(await redisBench());
    const { github } = stack.use(await githubBench());
    const repository = await github.createRepository('platform', { 'README.md': '# Platform\n' });
    const redis = await server.connect();
    const settings = JSON.stringify({ redis: server.server.url, github: github.api, appId: github.app.id, privateKey: github.app.privateKey, ...options });
    const team = stack.use(supervised(settings));
    const queues = stack.use(openQueues(redis));
    const outbox = redisOutbox(redis, await server.connect(), { consumer: 'p6', onUnreadable: () => undefined, takeOverAfterMs: 60_000 });
    const person = new Octokit({ baseUrl: github.api, auth: github.token, log: quiet });
    const at = { owner: repository.owner, repo: repository.name };
    const uuid = (): string => crypto.randomUUID();
    await until('the workers start', async () => Number(await redis.get('p6:started')) >= processes || null, { withinMs: 60_000 });
    const head = async (): Promise<string> => (await person.rest.repos.getBranch({ ...at, branch: 'main' })).data.commit.sha;
    return {
      tenant: tenantId(repository.installationId, repository.id),
      redis,
      queues,
      ends: team.ends,
      send: (envelope) => outbox.append([{ envelope, delayMs: 0 }]),
      seal: (message) => seal(message, newOrigin('p6', { uuid }), uuid(), { now: () => Date.now() }),
      head,
      async push(path, text) {
        const { data } = await person.rest.repos.createOrUpdateFileContents({ ...at, path, message: 'a change', content: Buffer.from(text).toString('base64') });
        return data.commit.sha ?? '';
      },
      async checks(commit) {
        const { data } = await person.rest.checks.listForRef({ ...at, ref: commit });
        return data.check_runs.map(({ name, conclusion, output }) => ({ name, conclusion, text: `${output.title} ${output.summary}` }));
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** Each is started again as soon as it ends, with a bound on its memory as in docker-compose.yml, only lower. */
function supervised(settings: string): AsyncDisposable & { ends(): number } {
  let [isOver, ends] = [false, 0];
  const running = new Set<ChildProcess>();
  const start = (): void => {
    const { PATH = '', NODE_COMPILE_CACHE: compiled } = process.env;
    const child = spawn(process.execPath, ['--max-old-space-size=160', program, settings], { stdio: 'ignore', env: { PATH, ...(compiled !== undefined && { NODE_COMPILE_CACHE: compiled }) } });
    running.add(child);
    child.once('exit', () => {
      running.delete(child);
      if (isOver) return;
      ends += 1;
      start();
    });
  };
  for (let count = 0; count < processes; count += 1) start();
  return {
    ends: () => ends,
    async [Symbol.asyncDispose]() {
      isOver = true;
      await Promise.all([...running].map((child) => new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill('SIGKILL');
      })));
    },
  };
}
