import { atMost } from '../at-most.ts';
import type { Outbox, OutboxEntry } from '../kernel/delivery-ports.ts';
import type { Queues } from './queues.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { Log } from './log.ts';

export interface Relay extends AsyncDisposable {
  /** Milliseconds since the epoch of the last round that worked. */
  lastRoundAt(): number;
}

const longWaitMs = 1000;
const pauseAfterErrorMs = 500;

/** Moves what is stored onto the queues and forgets it after that. A crash in between publishes twice, which job ids absorb. */
export function startRelay(outbox: Outbox, queues: Queues, subscriptions: Subscriptions, log: Log, waitMs = longWaitMs): Relay {
  const stop = new AbortController();
  let lastRound = Date.now();
  /** Not published yet: tried again beside what comes, so that one of them cannot stop the others. */
  const held = new Map<string, OutboxEntry>();

  async function publish(entry: OutboxEntry): Promise<string | null> {
    try {
      await queues.publish(entry, subscriptions);
      held.delete(entry.id);
      return entry.id;
    } catch (error) {
      held.set(entry.id, entry);
      const { eventId, eventType, traceId } = entry.envelope;
      log.warn({ err: error, eventId, eventType, traceId }, 'A message could not be put on its queue; trying again');
      return null;
    }
  }

  /** @returns whether to go on at once. */
  async function round(): Promise<boolean> {
    const found = await outbox.next(held.size > 0 ? 1 : waitMs);
    const entries = new Map([...held, ...found.map((entry) => [entry.id, entry] as const)]);
    const published: string[] = [];
    for (const entry of entries.values()) {
      const id = await publish(entry);
      if (id !== null) published.push(id);
    }
    await outbox.acknowledge(published);
    lastRound = Date.now();
    return held.size === 0 || published.length > 0;
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
