import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '../free-port.ts';

export interface LocalRedis extends AsyncDisposable {
  readonly url: string;
  /** Ends the server at once, as a crash would, and starts it again over the same files. */
  crash(): Promise<void>;
  /** Throws everything away, as an operator who lost the volume would. */
  empty(): Promise<void>;
}

interface LocalRedisOptions {
  /** Where its files go. */
  readonly directory: string;
  /** Loopback port; a free one when absent. */
  readonly port?: number;
}

/**
 * A private Redis on loopback with the settings that production wants: every acknowledged write is on disk, nothing is evicted.
 * @throws when neither redis-server nor valkey-server is on the PATH.
 */
export async function startLocalRedis({ directory, port }: LocalRedisOptions): Promise<LocalRedis> {
  const binary = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
  if (binary === undefined) throw new Error('no Redis found: install redis-server or valkey-server so that it is on the PATH');
  const chosen = port ?? (await freePort());
  const folder = join(directory, 'redis');
  mkdirSync(folder, { recursive: true });
  const url = `redis://127.0.0.1:${chosen}`;
  let server = launch(binary, folder, chosen);
  await answering(url, server);
  return {
    url,
    async crash() {
      await ended(server, 'SIGKILL');
      server = launch(binary, folder, chosen);
      await answering(url, server);
    },
    async empty() {
      await withClient(url, (redis) => redis.flushall());
    },
    async [Symbol.asyncDispose]() {
      await ended(server, 'SIGTERM');
    },
  };
}

function launch(binary: string, folder: string, port: number): ChildProcess {
  const settings = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction', '--daemonize', 'no'];
  // With the parent gone it must not stay behind, however the parent ended; setpriv is part of util-linux.
  const guarded = spawnSync('setpriv', ['--version'], { stdio: 'ignore' }).status === 0;
  const [command, parameters] = guarded ? ['setpriv', ['--pdeathsig', 'SIGTERM', binary, ...settings]] : [binary, settings];
  return spawn(command, parameters, { stdio: 'ignore' });
}

async function ended(server: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = new Promise((resolve) => server.once('exit', resolve));
  server.kill(signal);
  await exit;
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (server.exitCode !== null) throw new Error(`the local Redis ended with code ${server.exitCode}: is its port taken?`);
    if ((await withClient(url, (redis) => redis.ping()).catch(() => null)) === 'PONG') return;
    await sleep(25);
  }
  throw new Error('the local Redis does not answer');
}

async function withClient<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
