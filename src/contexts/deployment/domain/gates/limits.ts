import type { GateLimits } from '../../../../kernel/desired-state.ts';
import { durationInWords } from '../duration-in-words.ts';
import type { GateRecord } from '../service-rollout.ts';
import { ownGates } from './finding.ts';

interface Bearing {
  readonly limits: GateLimits;
  readonly bakeEnd: number;
  readonly now: number;
  /** Least time that this gate has for its first data: a revision takes a while to start, whatever is declared. */
  readonly graceMs: number;
}

/** Why the gate fails the release by now, in our own words; null while it only holds it, or passes. */
export function beyondLimit(record: GateRecord, { limits, bakeEnd, now, graceMs }: Bearing): string | null {
  const { answer, since, failures } = record;
  const lasting = now - Math.max(since, bakeEnd);
  switch (answer) {
    case 'pass':
      return null;
    case 'fail':
      return failures < limits.failures ? null : `${inShort(record)}${failures > 1 ? `, at ${failures} looks in a row` : ''}`;
    case 'inconclusive':
      return lasting < Math.max(limits.inconclusiveMs, graceMs) ? null : `${inShort(record)}, inconclusive for ${durationInWords(lasting)} after the bake`;
    case 'no-data':
      return lasting < Math.max(limits.noDataMs, graceMs) ? null : `${inShort(record)}, without data for ${durationInWords(lasting)} after the bake`;
  }
}

/** The detail alone where it says by itself what it is about. */
export function inShort({ gate, detail }: Pick<GateRecord, 'gate' | 'detail'>): string {
  return gate === ownGates.revision || gate === ownGates.readiness || gate === ownGates.restarts ? detail : `${gate}: ${detail}`;
}
