import { randomUUID } from 'node:crypto';

/** Somebody's write, which becomes two or three events. */
export interface Write {
  /** As roles name it: `Microsoft.App/containerApps/write`. */
  readonly action: string;
  readonly resourceId: string;
  readonly resourceGroup: string;
  readonly provider: string;
  readonly resourceType: string;
  readonly method: string;
  readonly clientRequestId: string;
  /** The same in all events of the write, and in the answer to it. */
  readonly correlationId: string;
  readonly caller: Caller;
}

export interface Caller {
  readonly principalId: string;
  readonly clientId: string;
  /** Of a person; null for a program. */
  readonly name: string | null;
}

type ActivityStatus = 'Started' | 'Accepted' | 'Succeeded' | 'Failed';

export interface ActivityEvent {
  readonly id: string;
  /** Milliseconds since the epoch: when it happened, and when it can be read. */
  readonly at: number;
  readonly submittedAt: number;
  readonly status: ActivityStatus;
  /** HTTP status of the answer; null as the write starts. */
  readonly answered: number | null;
  readonly write: Write;
}

export interface ActivityLog {
  started(write: Write): void;
  /** `operation` goes on after an answer that only accepts; null for a write that has ended with it. */
  answered(write: Write, status: number, operation: string | null): void;
  /** The operation with this id has come to its end. */
  ended(operation: string, failed: boolean): void;
  /** What can be read by now, newest first. */
  events(): readonly ActivityEvent[];
}

export const retentionMs = 90 * 86_400_000;
/** At least so many are kept: more than a benchmark with 10,000 apps writes. */
const kept = 50_000;

/** @param delayMs how long after an event it can be read. */
export function activityLog(clock: { now(): number }, delayMs: () => number): ActivityLog {
  let all: ActivityEvent[] = [];
  const running = new Map<string, Write>();
  const add = (write: Write, status: ActivityStatus, answered: number | null): void => {
    const at = clock.now();
    all.push({ id: randomUUID(), at, submittedAt: at + delayMs(), status, answered, write });
    if (all.length > 2 * kept) all = all.slice(-kept);
  };
  return {
    started: (write) => add(write, 'Started', null),
    answered(write, status, operation) {
      if (status >= 400) return add(write, 'Failed', status);
      if (operation === null) return add(write, 'Succeeded', status);
      running.set(operation, write);
      add(write, 'Accepted', status);
    },
    ended(operation, failed) {
      const write = running.get(operation);
      running.delete(operation);
      if (write !== undefined) add(write, failed ? 'Failed' : 'Succeeded', failed ? 500 : 200);
    },
    events() {
      const now = clock.now();
      return all.filter(({ at, submittedAt }) => submittedAt <= now && at > now - retentionMs).toReversed();
    },
  };
}
