import type { TenantId } from './ids.ts';
import type { DriftFinding } from './messages/drift-detection.ts';

/** How an environment's drift stands, for whoever asks: read only. */
export interface DriftStanding {
  /** Everything that is open, also what was seen only once or is acknowledged. */
  readonly open: readonly DriftFinding[];
  /** ISO-8601: when the last scan came to its end, also where it found nothing; null before the first. */
  readonly scannedAt: string | null;
  /** ISO-8601: since when a scan is owed, for what else nobody could tell from silence. */
  readonly watchedSince: string;
  /** No scan is made: a deployment runs and has not said which services it owns. */
  readonly suppressed: boolean;
  /** Services that a deployment owns: they are not judged until it ends, and what is open of them stays as it was. */
  readonly deploying: readonly string[];
}

/** A finding has to be seen this often before anything is done about it. */
export const observationsNeeded = 2;

/** A finding that something is to be done about: seen often enough, not acknowledged, and not one that is changed again and again. */
export function isActionable({ observations, acknowledged, oscillations }: Pick<DriftFinding, 'observations' | 'acknowledged' | 'oscillations'>): boolean {
  return observations >= observationsNeeded && acknowledged === null && oscillations < oscillationsBorne;
}

/** Put right this often within a day and changed again, it is left to people. */
export const oscillationsBorne = 3;

/** Null when the environment is not watched. Changes nothing. */
export type DriftReader = (tenantId: TenantId, environment: string) => Promise<DriftStanding | null>;
