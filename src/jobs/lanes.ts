import type { OutboxEntry } from '../kernel/delivery-ports.ts';
import type { TenantId } from '../kernel/ids.ts';

/** Entries on their way to the queues, one lane per tenant. */
export interface Lanes {
  readonly size: number;
  /** One that is on its way already adds nothing. */
  add(entry: OutboxEntry): void;
  /** Up to `most`, the lanes in turn, each from its front. They stay on their way until `forget`. */
  next(most: number): readonly OutboxEntry[];
  /** Reached its queue. */
  forget(entry: OutboxEntry): void;
  /** Did not: to the end of its lane, so that it cannot stop what is behind it. */
  putBack(entry: OutboxEntry): void;
}

export function openLanes(): Lanes {
  const underway = new Set<string>();
  /** A lane that was served goes to the end: a Map keeps the order in which its keys came. */
  const lanes = new Map<TenantId, OutboxEntry[]>();

  function append(entry: OutboxEntry): void {
    const { tenantId } = entry.envelope;
    const lane = lanes.get(tenantId);
    if (lane === undefined) lanes.set(tenantId, [entry]);
    else lane.push(entry);
  }

  /** One of the lane that waits longest. */
  function take(): OutboxEntry | null {
    for (const [tenant, lane] of lanes) {
      const entry = lane.shift();
      lanes.delete(tenant);
      if (lane.length > 0) lanes.set(tenant, lane);
      if (entry !== undefined) return entry;
    }
    return null;
  }

  return {
    get size() {
      return underway.size;
    },
    add(entry) {
      if (underway.has(entry.id)) return;
      underway.add(entry.id);
      append(entry);
    },
    next(most) {
      const taken: OutboxEntry[] = [];
      for (let entry = take(); entry !== null; entry = taken.length < most ? take() : null) taken.push(entry);
      return taken;
    },
    forget: ({ id }) => void underway.delete(id),
    putBack: append,
  };
}
