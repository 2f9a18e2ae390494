import { canonicalJson } from './digest.ts';
import type { EmittedMessage } from './envelope.ts';
import type { AggregateKey, Stored } from './ports.ts';

/** One aggregate to write. `expectedVersion` is the version that was read, 0 for a new one; another writer in between means a conflict. */
export interface Save {
  readonly key: AggregateKey;
  readonly expectedVersion: number;
  /** JSON. Null removes the aggregate. */
  readonly value: object | null;
}

/** Nothing when the aggregate is already what it should be: a repeated message writes nothing. */
export function saveIfChanged<Value extends object>(key: AggregateKey, stored: Stored<Value> | null, value: Value): readonly Save[] {
  if (stored !== null && canonicalJson(stored.value) === canonicalJson(value)) return [];
  return [{ key, expectedVersion: stored?.version ?? 0, value }];
}

/** Saves and emits are committed together, in one atomic write. */
interface Effects {
  readonly saves: readonly Save[];
  readonly emits: readonly EmittedMessage[];
}

/** The message is dealt with. */
export interface Done extends Effects {
  readonly end: 'done';
}

/** Not yet: the same message is delivered again after `forMs`. What is saved and emitted is kept. */
export interface Wait extends Effects {
  readonly end: 'wait';
  readonly forMs: number;
  readonly reason: string;
  /** Whether its next delivery goes before everything of its context that is not urgent; as it was where nothing is said. */
  readonly urgent?: boolean;
}

/** No retry will help: `needs` says what a person must do. */
export interface Stalled extends Effects {
  readonly end: 'stalled';
  readonly reason: string;
  readonly needs: string;
}

/** The three ends of a reaction, as values. Anything thrown is unexpected and retried with backoff. */
export type Outcome = Done | Wait | Stalled;

export function done(saves: readonly Save[] = [], emits: readonly EmittedMessage[] = []): Done {
  return { end: 'done', saves, emits };
}

export function wait(forMs: number, reason: string, saves: readonly Save[] = [], emits: readonly EmittedMessage[] = []): Wait {
  return { end: 'wait', forMs, reason, saves, emits };
}

export function stalled(reason: string, needs: string, saves: readonly Save[] = [], emits: readonly EmittedMessage[] = []): Stalled {
  return { end: 'stalled', reason, needs, saves, emits };
}
