import type { ObservedRevision } from '../../../../kernel/container-app.ts';
import type { HttpVerdict, ProbeAnswer, RequestCount } from '../../ports.ts';

/** What was seen of a new revision at one look. */
export interface StageEvidence {
  /** When the look began, in milliseconds since the epoch: what it says is not younger. */
  readonly askedAt: number;
  /** Null: there is no such revision. */
  readonly revision: ObservedRevision | null;
  /** `not-asked` when the service cannot be reached from outside. */
  readonly probe: ProbeAnswer | 'not-asked';
  /** All requests of the stage's minutes, see `countedFrom`; null inside when Azure knows of none. */
  readonly requests: Asked<RequestCount | null>;
  /** Of the gates whose turn it was, by their names. */
  readonly logs: readonly Named<number | null>[];
  readonly http: readonly Named<HttpVerdict>[];
}

/** What a source answered, that it was not its turn, or why there is no answer; `isWrong` when asking again changes nothing. */
export type Asked<T> = 'not-asked' | { readonly value: T } | { readonly unreadable: string; readonly isWrong: boolean };

export interface Named<T> {
  readonly name: string;
  readonly answer: Asked<T>;
}
