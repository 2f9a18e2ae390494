import type { CrashLog, Quarantined } from '../kernel/delivery-ports.ts';
import type { ContextName } from '../kernel/ids.ts';
import type { Telemetry } from '../kernel/telemetry.ts';
import { retriedWithoutCount } from './dead-letters.ts';
import type { Log } from './log.ts';
import { readKept, type QuarantineReports } from './quarantine.ts';
import type { Queues } from './queues.ts';

interface SweepOptions {
  readonly crashes: CrashLog;
  readonly queues: Queues;
  readonly reports: QuarantineReports;
  readonly telemetry: Telemetry;
  readonly log: Log;
}

/** As long as dead letters are kept. */
const untoldForMs = 7 * 86_400_000;

/** Gives what is quarantined its lonely try when the time has come, and tells how much there is. Any number of processes may do so at once. */
export function startQuarantineSweep(options: SweepOptions, lookEveryMs: number): Disposable {
  const sweep = setInterval(() => {
    sweepOnce(options).catch((error: unknown) => options.log.warn({ err: error }, 'The quarantine could not be looked at'));
  }, lookEveryMs).unref();
  return { [Symbol.dispose]: () => clearInterval(sweep) };
}

export async function sweepOnce(options: SweepOptions): Promise<void> {
  const { crashes, telemetry, log } = options;
  const all = await crashes.quarantined();
  telemetry.set('trueup_quarantined', {}, all.length);
  for (const entry of all.filter(({ until }) => until <= Date.now())) {
    // One that cannot be read, or that another process tries at this moment, must not stop those behind it.
    await tryAgain(options, entry).catch((error: unknown) => log.warn({ err: error, key: entry.key }, 'What is quarantined could not be tried again'));
  }
}

async function tryAgain({ crashes, queues, reports }: SweepOptions, { key, until, about }: Quarantined): Promise<void> {
  if (about === null) {
    // Whoever found it tells of it with its next delivery, while there is one.
    if (Date.now() - until > untoldForMs) await crashes.forget(key);
    return;
  }
  const { report } = readKept(about);
  const queue = queues.all.get(report.context as ContextName); // a name that no queue has is not found
  const job = await queue?.getJob(report.job);
  if (job && (await job.isFailed())) {
    await retriedWithoutCount(job);
  } else if (!job) {
    // Nothing is left to try: the same work comes as another message, if at all.
    await crashes.forget(key);
    await reports.lifted(null, [about]);
  }
}
