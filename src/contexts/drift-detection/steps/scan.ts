import { isBusy, type ObservedApp } from '../../../kernel/container-app.ts';
import type { AbortSignal } from '../../../kernel/context.ts';
import type { DesiredEnvironment, DesiredService } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { inBatches } from '../../../kernel/in-batches.ts';
import { standingOf, type Standing } from '../domain/app-tags.ts';
import { baselineOf, isAsDeclared, type Release } from '../domain/baseline.ts';
import type { DriftFindings, Sighting } from '../domain/runtime-drift-finding.ts';
import type { Scan } from '../domain/scanned.ts';
import { absent, changed, late, neverOurs, replicas, rolledBack } from '../domain/sightings.ts';
import { traffic } from '../domain/traffic.ts';
import { unmanaged } from '../domain/unmanaged.ts';
import type { DriftDetectionPorts } from '../ports.ts';
import { releasesOf, type Releases } from './releases.ts';

export interface Scanner {
  readonly ports: Pick<DriftDetectionPorts, 'desired' | 'live'>;
  readonly tenantId: TenantId;
  readonly environment: DesiredEnvironment;
  readonly before: DriftFindings;
  readonly signal: AbortSignal;
}

/** Azure throttles a burst of reads; eight at a time stay far below its bucket. */
const together = 8;

/** One list of apps, and one read of the replicas of each. Reading only. @throws when anything cannot be read: that is not "missing". */
export async function scan(scanner: Scanner): Promise<Omit<Scan, 'now'>> {
  const { ports, tenantId, environment, before, signal } = scanner;
  const { name, services, invalid } = environment;
  const apps = await ports.live.apps(tenantId, environment.azure, signal);
  const byName = new Map(apps.map((app) => [app.id.name.toLowerCase(), app]));
  const releases = releasesOf(ports.desired, tenantId, name);
  const sightings: Sighting[] = [...unmanaged(environment, tenantId, apps)];
  const unjudged = new Set(invalid.map((document) => document.name));
  const looks = await inBatches(services, together, async (service) => ({ service, found: await look(scanner, releases, service, byName.get(service.name.toLowerCase()) ?? null) }));
  for (const { service, found } of looks) {
    if (found === null) unjudged.add(service.name);
    else sightings.push(...found);
  }
  const declared = [...services, ...invalid].map((document) => document.name);
  const seen = declared.filter((one) => byName.has(one.toLowerCase()) || before.seen.includes(one));
  return { environment: name, sightings, unjudged, seen, declared };
}

/** Null when the service cannot be judged now. */
async function look(scanner: Scanner, releases: Releases, service: DesiredService, app: ObservedApp | null): Promise<readonly Sighting[] | null> {
  const { applied, seen } = scanner.before;
  if (app === null) return [absent(service, seen.includes(service.name) || applied[service.name] !== undefined)];
  if (isBusy(app)) return null;
  const standing = standingOf(app);
  const { against, between } = baselineOf({ service, standing, live: app.raw, ...(await evidence(scanner, releases, service, standing)) });
  if (between === 'never-applied') return [neverOurs(service)];
  const apart = between === 'late' ? [late(service, standing.digest)] : between === 'rolled-back' ? [rolledBack(service, standing.digest)] : [];
  if (against === null) return apart.length > 0 ? apart : null;
  return [...apart, ...changed(against, app), ...traffic(against, app), ...replicas(against, await running(scanner, app))];
}

interface Known {
  readonly recorded: Release | null;
  readonly tagged: Release | null;
}

async function evidence({ before }: Scanner, releases: Releases, service: DesiredService, standing: Standing): Promise<Known> {
  if (isAsDeclared(standing, service)) return { recorded: null, tagged: null };
  const record = before.applied[service.name];
  const recorded = record === undefined ? null : await releases(service.name, record.commit);
  // The tags have no say then: a commit that somebody wrote there need not even be read.
  const isSettled = recorded?.digest === service.digest;
  const named = standing.commit === null || isSettled ? null : await releases(service.name, standing.commit);
  // What Git holds at that commit must be what the tags say was applied.
  const agrees = named !== null && (named.digest === standing.digest || named.digest === service.digest);
  return {
    recorded: recorded && { service: recorded, generation: record?.generation ?? 0 },
    tagged: agrees ? { service: named, generation: standing.generation } : null,
  };
}

/** Of the one revision that serves; between several the bounds of one say nothing. */
async function running({ ports, tenantId, signal }: Scanner, app: ObservedApp): Promise<number | null> {
  const [serving, ...others] = app.traffic.filter(({ weight }) => weight > 0);
  const revision = serving?.revision ?? app.latestReadyRevision ?? app.latestRevision;
  return revision === null || others.length > 0 ? null : ports.live.replicas(tenantId, app.id, revision, signal);
}
