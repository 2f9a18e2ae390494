import { isBusy, type ObservedApp } from '../../../kernel/container-app.ts';
import type { DesiredService } from '../../../kernel/desired-state.ts';
import { asItRuns } from '../../../kernel/taken-over.ts';
import { standingOf, type Standing } from '../domain/app-tags.ts';
import { baselineOf, isAsDeclared, isOverwritten, type Release } from '../domain/baseline.ts';
import type { Sighting } from '../domain/runtime-drift-finding.ts';
import { absent, changed, late, neverOurs, rolledBack } from '../domain/sightings.ts';
import { traffic } from '../domain/traffic.ts';
import type { Releases } from './releases.ts';
import type { Scanner } from './scanner.ts';

/** A service whose app runs a release that is known. */
export interface Judged {
  readonly service: DesiredService;
  /** What it is compared with. */
  readonly against: DesiredService;
  readonly app: ObservedApp;
  /** Git declares what was applied: what else it declares of the service, secrets among it, is of that release. */
  readonly isAsDeclared: boolean;
}

export interface Verdict {
  readonly sightings: readonly Sighting[];
  readonly judged: Judged | null;
  /** By a late write of our own. */
  readonly isOverwritten: boolean;
}

/** By its app alone, as the list showed it. Null when the service cannot be judged at this moment. */
export async function judge(scanner: Scanner, releases: Releases, service: DesiredService, app: ObservedApp | null): Promise<Verdict | null> {
  if (scanner.deploying.includes(service.name)) return null;
  const { applied, seen } = scanner.before;
  if (app === null) return { sightings: [absent(service, seen.includes(service.name) || applied[service.name] !== undefined)], judged: null, isOverwritten: false };
  if (isBusy(app)) return null;
  const standing = standingOf(app);
  const known = await evidence(scanner, releases, service, standing);
  const runs = (release: Release | null): Release | null => release && { ...release, service: asItRuns({ ...release.service, ignores: service.ignores }, app) };
  const given = { service: asItRuns(service, app), standing, live: app.raw, recorded: runs(known.recorded), tagged: runs(known.tagged) };
  const { against, between } = baselineOf(given);
  if (between === 'never-applied') return { sightings: [neverOurs(service)], judged: null, isOverwritten: false };
  const apart = between === 'late' ? [late(service, standing.digest)] : between === 'rolled-back' ? [rolledBack(service, standing.digest)] : [];
  if (against === null) return apart.length > 0 ? { sightings: apart, judged: null, isOverwritten: false } : null;
  return { sightings: [...apart, ...changed(against, app), ...traffic(against, app, applied[service.name]?.revision ?? null)], judged: { service, against, app, isAsDeclared: between === 'nothing' }, isOverwritten: isOverwritten(given) };
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
