import type { ObservedApp } from '../../../kernel/container-app.ts';
import { inBatches } from '../../../kernel/in-batches.ts';
import { replicasToCount } from '../domain/replica-suspects.ts';
import type { DriftFindings, Sighting } from '../domain/runtime-drift-finding.ts';
import { replicas } from '../domain/sightings.ts';
import type { Judged } from './judge.ts';
import { together, type Scanner } from './scanner.ts';

export interface Counted extends Pick<DriftFindings, 'doubted' | 'roundAt'> {
  readonly sightings: readonly Sighting[];
}

/** Replicas are one read for each app, so they are counted for suspects and in a slow round. */
export async function countReplicas(scanner: Scanner, judged: readonly Judged[]): Promise<Counted> {
  const { before } = scanner;
  const { services, roundAt } = replicasToCount(before, judged.map(({ service }) => service));
  const toCount = judged.filter(({ service }) => services.has(service.name));
  const counts = await inBatches(toCount, together, async ({ against, app }) => replicas(against, await running(scanner, app)));
  const sightings = counts.flat();
  // Whoever was not judged this time was not counted either.
  const uncounted = before.doubted.filter((name) => !services.has(name) && scanner.environment.services.some((one) => one.name === name));
  return { sightings, roundAt, doubted: [...new Set([...uncounted, ...sightings.map(({ service }) => service)])].sort() };
}

/** Of the one revision that serves; between several the bounds of one say nothing. */
async function running({ ports, tenantId, signal }: Scanner, app: ObservedApp): Promise<number | null> {
  const [serving, ...others] = app.traffic.filter(({ weight }) => weight > 0);
  const revision = serving?.revision ?? app.latestReadyRevision ?? app.latestRevision;
  return revision === null || others.length > 0 ? null : ports.live.replicas(tenantId, app.id, revision, signal);
}
