import { join } from 'node:path';
import { supervise, type Supervised } from './supervise.ts';
import { until } from './until.ts';

const root = join(import.meta.dirname, '../../..');
/** Starts that fail in a row before the first one that works: what is wrong then is not going to mend itself. */
const givenUpAfter = 3;
const startsWithinMs = 60_000;

export interface Bot extends AsyncDisposable {
  readonly url: string;
  /** Process ids by role; a restarted one has a new id. */
  pids(): Readonly<Record<string, number>>;
}

interface BotOptions {
  /** Of each process, on loopback. */
  readonly ports: { readonly web: number; readonly worker: number };
  readonly env: Readonly<Record<string, string>>;
  readonly logDirectory: string;
  /** Says when a process ended by itself and was started again. */
  readonly onRestart: (role: string) => void;
}

/** Trueup as it runs in production: one web and one worker process, each started again when it dies. */
export async function startBot({ ports, env, logDirectory, onRestart }: BotOptions): Promise<Bot> {
  const roles = (['web', 'worker'] as const).map((role) => ({
    role,
    url: `http://127.0.0.1:${ports[role]}`,
    ...supervise({ args: [join(root, 'src/main.ts'), role], env, logFile: join(logDirectory, `${role}.log`), onRestart: () => onRestart(role) }),
  }));
  const stop = async (): Promise<void> => {
    await Promise.all(roles.map((role) => role.stop()));
  };
  try {
    await Promise.all(roles.map(answering));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${ports.web}`, pids: () => Object.fromEntries(roles.map(({ role, pid }) => [role, pid()])), [Symbol.asyncDispose]: stop };
}

interface SupervisedRole extends Supervised {
  readonly role: string;
  readonly url: string;
}

async function answering({ role, url, failedStarts }: SupervisedRole): Promise<void> {
  const state = await until(`the start of the ${role} process`, async () => {
    if (failedStarts() >= givenUpAfter) return 'failed';
    return (await fetch(`${url}/readyz`)).ok ? 'ready' : null;
  }, { withinMs: startsWithinMs, everyMs: 100 });
  if (state === 'failed') throw new Error(`the ${role} process does not start; its log says why`);
}
