import { reaction, type Delivery, type Reaction } from '../../../kernel/context.ts';
import { observationsNeeded } from '../../../kernel/drift-standing.ts';
import { emit, type EmittedMessage, type Envelope } from '../../../kernel/envelope.ts';
import type { DriftFinding } from '../../../kernel/messages/drift-detection.ts';
import { done, saveIfChanged, wait, type Outcome } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { activityKey, activitySeen, nothingSeen } from '../domain/activity.ts';
import { deployingAt } from '../domain/deployments.ts';
import { healing } from '../domain/healing.ts';
import { newsOf } from '../domain/news.ts';
import { driftFindings, findingsKey, type DriftFindings } from '../domain/runtime-drift-finding.ts';
import { scanned, type Scanned } from '../domain/scanned.ts';
import type { DriftTiming } from '../domain/timing.ts';
import type { DriftDetectionPorts } from '../ports.ts';
import { declaredNow } from '../steps/declared-now.ts';
import { scan } from '../steps/scan.ts';

export function whenScanDrift(ports: DriftDetectionPorts, timing: DriftTiming): Reaction {
  return reaction({
    name: 'when-scan-drift',
    on: 'ScanDrift',
    latestWins: ({ tenantId, payload }) => `${tenantId}.${payload.environment}`,
    handle: (envelope, delivery) => scanDrift(ports, timing, envelope, delivery),
  });
}

async function scanDrift(ports: DriftDetectionPorts, { secondLookMs }: DriftTiming, envelope: Envelope<'ScanDrift'>, { signal, attempt }: Delivery): Promise<Outcome> {
  const { tenantId, payload: { environment: name } } = envelope;
  const key = findingsKey(tenantId, name);
  const stored = await ports.store.load(key, driftFindings);
  if (stored === null) return done();
  const deploying = deployingAt(stored.value, ports.clock.now());
  if (deploying === null) return done();
  const current = await declaredNow(ports.desired, tenantId, name);
  if (current === null) return done();
  if (current.environment === null) return ended(ports, envelope, stored);
  const { commit, generation, environment } = current;
  const restMs = ports.budget.waitMs(environment.azure);
  if (restMs > 0) return wait(restMs, 'what is left of the reads of Azure is for deployments');
  const activity = (await ports.store.load(activityKey(tenantId, name), activitySeen))?.value ?? nothingSeen;
  const before = stored.value;
  const looked = await scan({ ports, tenantId, environment, before, deploying, activity, attempt, signal });
  const now = ports.clock.now();
  const after = scanned(before, { ...looked.scan, apartMs: secondLookMs / 2, now });
  tellOverwritten(ports, after, looked.scan.overwritten);
  const { findings, asked } = healing({ ...after.findings, ...looked.rounds }, now);
  const about = { projectId: environment.project ?? undefined };
  const emits = [
    ...newsOf(tenantId, name, environment.project, { before, after: findings, opened: after.opened, resolved: after.resolved }),
    ...(asked.length === 0 ? [] : [emit('RemediateDrift', tenantId, { environment: name, commit, generation, ...corrective(asked) }, about)]),
  ];
  const saves = saveIfChanged(key, stored, findings);
  return isToBeSeenAgain(findings) ? wait(secondLookMs, 'what was seen once is looked at again', saves, emits) : done(saves, emits);
}

/** Once per service, when it is found. */
function tellOverwritten({ telemetry }: DriftDetectionPorts, { findings, opened }: Scanned, overwritten: readonly string[]): void {
  const services = new Set(findings.open.filter(({ id, service }) => opened.includes(id) && overwritten.includes(service)).map(({ service }) => service));
  if (services.size > 0) telemetry.count('trueup_stale_overwrites_total', {}, services.size);
}

/** Git declares it no more. */
async function ended({ store, clock }: DriftDetectionPorts, { tenantId, payload: { environment } }: Envelope<'ScanDrift'>, { value, version }: Stored<DriftFindings>): Promise<Outcome> {
  const resolvedAt = new Date(clock.now()).toISOString();
  const activity = await store.load(activityKey(tenantId, environment), activitySeen);
  const emits: readonly EmittedMessage[] = newsOf(tenantId, environment, null, { before: value, after: { open: [] }, opened: [], resolved: value.open.map((finding) => ({ finding, resolvedAt, how: 'gone' })) });
  const saves = [
    { key: findingsKey(tenantId, environment), expectedVersion: version, value: null },
    ...(activity === null ? [] : [{ key: activityKey(tenantId, environment), expectedVersion: activity.version, value: null }]),
  ];
  return done(saves, emits);
}

function corrective(asked: readonly DriftFinding[]): { readonly services: string[]; readonly findings: string[]; readonly reason: string } {
  const services = [...new Set(asked.map(({ service }) => service))].sort();
  const reason = asked.length === 1 ? 'Azure was changed at 1 place that Git decides on' : `Azure was changed at ${asked.length} places that Git decides on`;
  return { services, findings: asked.map(({ id }) => id), reason };
}

/** Only what this scan saw: one that nobody can look at is not made surer by waiting. */
function isToBeSeenAgain({ open, sightings, scannedAt }: DriftFindings): boolean {
  return open.some(({ id, observations }) => observations < observationsNeeded && sightings[id]?.last === scannedAt);
}
