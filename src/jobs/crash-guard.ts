import type { CountedRun, CrashLog, CrashStanding } from '../kernel/delivery-ports.ts';
import { Conflict } from '../kernel/errors.ts';
import type { Telemetry } from '../kernel/telemetry.ts';
import type { Room } from './alone.ts';
import { crashKeysOf } from './crash-key.ts';
import type { Delivered, DeliveryOf } from './deliver.ts';
import type { Log } from './log.ts';
import type { QuarantineReports } from './quarantine.ts';

/** What a delivery came to when it was not made at all. */
export type Held =
  | { readonly end: 'quarantined'; readonly key: string; readonly isTold: boolean; readonly reason: string }
  /** It may end the process, and cannot be alone in it just now. */
  | { readonly end: 'not-alone'; readonly forMs: number };

export interface GuardOptions {
  readonly crashes: CrashLog;
  readonly room: Room;
  readonly reports: QuarantineReports;
  readonly telemetry: Telemetry;
  readonly log: Log;
}

/** As long as one call outside may take: what was running has come to its next checkpoint by then. */
const othersLeaveWithinMs = 30_000;

/**
 * Runs a delivery so that what ends the process is found out, alone. A first crash is counted against everything that ran; each of it
 * is a suspect and runs alone the next time, which clears the innocent and leaves the one that ends its process again.
 */
export async function guarded(options: GuardOptions, of: DeliveryOf, job: string, run: () => Promise<Delivered>): Promise<Delivered | Held> {
  const keys = crashKeysOf(of.subscription, of.envelope);
  {
    using inside = await options.room.enter();
    if (inside === null) return notAlone(of);
    const standing = await begin(options, of, { ...keys, job, alone: false });
    if (standing.isBegun) return await counted(options, of, { ...keys, job, alone: false }, run);
    if (standing.until !== null) return await quarantined(options, of, { ...keys, job, alone: false }, standing);
  }
  using isAlone = await options.room.enterAlone(othersLeaveWithinMs);
  if (isAlone === null || of.stop.draining.aborted) return notAlone(of);
  const counts = { ...keys, job, alone: true };
  const standing = await begin(options, of, counts);
  return standing.isBegun ? await counted(options, of, counts, run) : await quarantined(options, of, counts, standing);
}

/** A worker that drains leaves it to the next one at once. */
function notAlone({ stop }: DeliveryOf): Held {
  return { end: 'not-alone', forMs: stop.draining.aborted ? 0 : 500 + Math.round(Math.random() * 1000) };
}

async function begin({ crashes, telemetry, log }: GuardOptions, { subscription, envelope }: DeliveryOf, counts: CountedRun): Promise<CrashStanding> {
  const standing = await crashes.begin(counts);
  if (standing.isNews) {
    telemetry.count('trueup_crashes_total', { context: subscription.context });
    log.warn({ reaction: subscription.reaction.name, job: counts.job, tenantId: envelope.tenantId, traceId: envelope.traceId, crashes: standing.crashes }, 'A delivery had ended with its process');
  }
  return standing;
}

async function counted({ crashes, reports, log }: GuardOptions, of: DeliveryOf, counts: CountedRun, run: () => Promise<Delivered>): Promise<Delivered> {
  const end = (cleared: boolean): void => {
    // Not waited for: it is on its way before the job is moved. A mark that stays behind costs one lonely run.
    crashes.end(counts, cleared).then((lifted) => reports.lifted(of.envelope, lifted)).catch((error: unknown) => log.warn({ err: error, job: counts.job }, 'The end of a delivery could not be noted'));
  };
  try {
    const delivered = await run();
    end(delivered.end !== 'busy');
    return delivered;
  } catch (error) {
    // What was cut off was not made, whatever the error calls it.
    end(!(error instanceof Conflict) && !of.stop.cut.aborted);
    throw error;
  }
}

async function quarantined({ reports }: GuardOptions, of: DeliveryOf, { key, job }: CountedRun, { crashes, since, until, isTold }: CrashStanding): Promise<Held> {
  if (!isTold) await reports.quarantined(of, { key, job, crashes, since: since ?? Date.now() });
  const [first, next] = [since ?? Date.now(), until ?? Date.now()].map((ms) => new Date(ms).toISOString());
  return { end: 'quarantined', key, isTold, reason: `it ended its process ${crashes} times since ${first}; it is tried again, alone, at ${next}` };
}
