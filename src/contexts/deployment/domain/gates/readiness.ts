import type { DesiredService } from '../../../../kernel/desired-state.ts';
import type { StageEvidence } from './evidence.ts';
import { ownGates, type Finding } from './finding.ts';

interface Look {
  readonly probe: StageEvidence['probe'];
  /** All replicas are ready and no container has restarted since the look before; else why not. */
  readonly unsteady: string | null;
  /** Good looks in a row before this one. */
  readonly successes: number;
}

interface Readiness {
  readonly finding: Finding;
  readonly successes: number;
}

/**
 * Good looks in a row: an answer at its own address, with every replica ready and no restart in between. An inside address cannot be
 * asked from here, so its replicas speak for it.
 */
export function readiness({ health }: Pick<DesiredService, 'health'>, { probe, unsteady, successes }: Look, wanted: number): Readiness {
  const about = { gate: ownGates.readiness, samples: null, threshold: wanted === 1 ? null : `${wanted} good looks in a row` };
  const bad = unsteady ?? badAnswer(health, probe);
  if (bad !== null) return { finding: { ...about, answer: 'inconclusive', detail: bad }, successes: 0 };
  const count = successes + 1;
  const detail = wanted === 1 ? 'Ready' : `Ready ${Math.min(count, wanted)} of ${wanted} times`;
  return { finding: { ...about, answer: count >= wanted ? 'pass' : 'inconclusive', detail }, successes: count };
}

/** A declared readiness path has to answer 2xx or 3xx; without one, any answer but a server error shows that it listens. */
function badAnswer({ readiness: declared }: DesiredService['health'], probe: Look['probe']): string | null {
  if (probe === 'not-asked') return null;
  if (probe.status === null) return 'The revision does not answer';
  return probe.status < (declared === null ? 500 : 400) ? null : `The revision answers with status ${probe.status}`;
}
