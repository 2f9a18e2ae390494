import { fitsPath } from '../../../kernel/comparison/path-pattern.ts';
import type { DesiredService } from '../../../kernel/desired-state.ts';
import { inBatches } from '../../../kernel/in-batches.ts';
import { attributionOf } from '../domain/attribution.ts';
import { degraded } from '../domain/health.ts';
import { placeOf, type DriftFindings, type Sighting } from '../domain/runtime-drift-finding.ts';
import type { Scan } from '../domain/scan.ts';
import { unmanaged } from '../domain/unmanaged.ts';
import { countReplicas } from './count-replicas.ts';
import { judge } from './judge.ts';
import { lastWriters } from './last-writers.ts';
import { lookAtVaults } from './look-at-vaults.ts';
import { releasesOf } from './releases.ts';
import { together, type Scanner } from './scanner.ts';

export interface Looked {
  readonly scan: Omit<Scan, 'now' | 'apartMs'>;
  /** What the next scan goes on from. */
  readonly rounds: Pick<DriftFindings, 'doubted' | 'roundAt' | 'looked' | 'couldRead'>;
}

/** One list of apps; anything deeper only for suspects and in turn. Reading only. @throws when anything cannot be read: that is not "missing". */
export async function scan(scanner: Scanner): Promise<Looked> {
  const { ports, tenantId, environment, before, signal } = scanner;
  const { name, services, invalid, drift } = environment;
  const apps = await ports.live.apps(tenantId, environment.azure, signal);
  const byName = new Map(apps.map((app) => [app.id.name.toLowerCase(), app]));
  const releases = releasesOf(ports.desired, tenantId, name);
  const verdicts = await inBatches(services, together, async (service) => ({ service, verdict: await judge(scanner, releases, service, byName.get(service.name.toLowerCase()) ?? null) }));
  const unjudged = new Set([...invalid, ...verdicts.filter(({ verdict }) => verdict === null).map(({ service }) => service)].map((one) => one.name));
  const judged = verdicts.flatMap(({ verdict }) => verdict?.judged ?? []);
  const counted = await countReplicas(scanner, judged);
  const vaults = await lookAtVaults(scanner, judged);
  const sightings = [
    ...unmanaged(environment, tenantId, apps),
    ...verdicts.flatMap(({ verdict }) => verdict?.sightings ?? []),
    ...counted.sightings,
    ...vaults.sightings,
    ...judged.flatMap(({ service }) => degraded(before, service.name)),
  ].filter((sighting) => !isLeft(services, sighting));
  const declared = [...services, ...invalid].map((document) => document.name);
  return {
    scan: {
      environment: name,
      sightings,
      isUnjudged: (one) => unjudged.has(one.service) || vaults.unread.has(placeOf(one)),
      attribute: attributing(scanner, await lastWriters(scanner, sightings, byName)),
      seen: declared.filter((one) => byName.has(one.toLowerCase()) || before.seen.includes(one)),
      declared,
      drift,
      overwritten: verdicts.filter(({ verdict }) => verdict?.isOverwritten === true).map(({ service }) => service.name),
    },
    rounds: { doubted: counted.doubted, roundAt: counted.roundAt, looked: vaults.looked, couldRead: vaults.couldRead },
  };
}

/** Git leaves the place to somebody else. The comparison does not see it; neither does anything else that tells of it. */
function isLeft(services: readonly DesiredService[], { service, path }: Sighting): boolean {
  const ignores = services.find(({ name }) => name === service)?.ignores ?? [];
  return ignores.some((ignored) => fitsPath(ignored.path, path));
}

function attributing({ before, activity }: Scanner, writers: Awaited<ReturnType<typeof lastWriters>>): Scan['attribute'] {
  return (sighting, sightedAt, known) =>
    attributionOf(sighting, {
      activity,
      lastWriter: writers.get(sighting.service.toLowerCase()) ?? null,
      sightedAt,
      endedAt: before.ended[sighting.service]?.at ?? 0,
      before: known,
    });
}
