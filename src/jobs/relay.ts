import { atMost } from '../at-most.ts';
import type { Outbox, OutboxEntry } from '../kernel/delivery-ports.ts';
import type { Queues } from './queues.ts';
import type { Subscriptions } from './subscriptions.ts';
import { openLanes } from './lanes.ts';
import type { Log } from './log.ts';

export interface Relay extends AsyncDisposable {
  /** Milliseconds since the epoch of the last round that worked. */
  lastRoundAt(): number;
}

const longWaitMs = 1000;
const pauseAfterErrorMs = 500;
/** On their way to Redis side by side. */
const atOnce = 16;
/** Entries read ahead, so that one tenant's many do not hide another's few behind them: some 40 MB at most. */
const readAhead = 20_000;

/**
 * Moves what is stored onto the queues, tenants in turn, and forgets it after that. A crash in between publishes twice, which job ids
 * absorb; so does another relay that takes over what is read ahead here for long.
 */
export function startRelay(outbox: Outbox, queues: Queues, subscriptions: Subscriptions, log: Log, waitMs = longWaitMs): Relay {
  const stop = new AbortController();
  let lastRound = Date.now();
  const lanes = openLanes();

  async function publish(entry: OutboxEntry): Promise<boolean> {
    try {
      await queues.publish(entry, subscriptions);
      return true;
    } catch (error) {
      const { eventId, eventType, traceId } = entry.envelope;
      log.warn({ err: error, eventId, eventType, traceId }, 'A message could not be put on its queue; trying again');
      return false;
    }
  }

  /** @returns whether to go on at once. */
  async function round(): Promise<boolean> {
    if (lanes.size < readAhead) for (const entry of await outbox.next(lanes.size > 0 ? 1 : waitMs)) lanes.add(entry);
    const entries = lanes.next(atOnce);
    // Their commands go out in this order over one connection, so a tenant's keep theirs.
    const isPublished = await Promise.all(entries.map(publish));
    const published = entries.filter((_entry, index) => isPublished[index]);
    await outbox.acknowledge(published.map(({ id }) => id)).finally(() => entries.forEach((entry, index) => (isPublished[index] ? lanes.forget(entry) : lanes.putBack(entry))));
    lastRound = Date.now();
    return published.length > 0 || entries.length === 0;
  }

  async function loop(): Promise<void> {
    while (!stop.signal.aborted) {
      const goOn = await round().catch((error: unknown) => {
        if (!stop.signal.aborted) log.warn({ err: error }, 'The outbox could not be relayed; trying again');
        return false;
      });
      if (!goOn && !stop.signal.aborted) await new Promise((resolve) => setTimeout(resolve, pauseAfterErrorMs));
    }
  }
  const stopped = loop();

  return {
    lastRoundAt: () => lastRound,
    async [Symbol.asyncDispose]() {
      stop.abort();
      // With Redis away the read does not come back; what was not acknowledged, the next relay takes over.
      await atMost(2 * waitMs, stopped);
    },
  };
}
