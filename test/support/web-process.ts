import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from '../../src/cli/demo/until.ts';
import { privateKey } from './app-key.ts';
import { isRunning } from './processes.ts';

export const webSecret = 'a webhook secret 0123456789abcdef';

const main = join(import.meta.dirname, '../../src/main.ts');

export interface WebProcess extends AsyncDisposable {
  readonly port: number;
  pid(): number;
  isRunning(): boolean;
  /** Everything that it printed, a line each, over all starts. */
  readonly lines: string[];
  /** SIGKILL, and a start again. Resolves when it is ready. */
  crash(): Promise<void>;
}

interface WebOptions {
  readonly redisUrl: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Trueup's web process as an operator starts it, on loopback. */
export async function startWeb({ redisUrl, port, env = {} }: WebOptions): Promise<WebProcess> {
  const lines: string[] = [];
  const environment = {
    ...kept('PATH', 'NODE_COMPILE_CACHE'),
    APP_ID: '421', PRIVATE_KEY: privateKey, WEBHOOK_SECRET: webSecret, REDIS_URL: redisUrl, TRUEUP_GRANTS_FILE: '/nowhere', PORT: String(port),
    TRUEUP_SEAL_KEY: Buffer.alloc(32, 7).toString('base64'), GITHUB_API_URL: 'http://127.0.0.1:9', NODE_ENV: 'production', ...env,
  };
  const launch = (): ChildProcess => {
    const child = spawn(process.execPath, [main, 'web'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) collect(stream, lines);
    return child;
  };
  let child = launch();
  const ready = async (): Promise<void> => {
    const state = await until('the web process', async () => {
      if (child.exitCode !== null) return 'ended';
      return (await fetch(`http://127.0.0.1:${port}/livez`)).ok ? 'ready' : null;
    }, { withinMs: 60_000, everyMs: 20 });
    if (state === 'ended') throw new Error(`the web process does not start: ${lines.slice(-5).join(' ')}`);
  };
  await ready();
  return {
    port,
    lines,
    pid: () => child.pid ?? 0,
    isRunning: () => child.pid !== undefined && child.exitCode === null && child.signalCode === null && isRunning(child.pid),
    async crash() {
      await ended(child, 'SIGKILL');
      child = launch();
      await ready();
    },
    [Symbol.asyncDispose]: () => ended(child, 'SIGKILL'),
  };
}

function kept(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

function collect(stream: NodeJS.ReadableStream, lines: string[]): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const parts = `${rest}${text}`.split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}
