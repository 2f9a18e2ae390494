import { reaction, type AbortSignal, type Reaction } from '../../../kernel/context.ts';
import { emit, type Envelope } from '../../../kernel/envelope.ts';
import { NotAllowed } from '../../../kernel/errors.ts';
import { done, saveIfChanged, type Outcome } from '../../../kernel/outcome.ts';
import { activityKey, activitySeen, afterDenial, nothingSeen, readSince, withWrites } from '../domain/activity.ts';
import { driftFindings, findingsKey } from '../domain/runtime-drift-finding.ts';
import type { DriftDetectionPorts } from '../ports.ts';
import { declaredNow } from '../steps/declared-now.ts';

type FollowPorts = Pick<DriftDetectionPorts, 'store' | 'clock' | 'desired' | 'activity' | 'budget'>;

/** The fast path: a scan is minutes away, the log tells sooner that there is something to see, and who did it. */
export function whenFollowActivity(ports: FollowPorts): Reaction {
  return reaction({
    name: 'when-follow-activity',
    on: 'FollowActivity',
    latestWins: ({ tenantId, payload }) => `${tenantId}.${payload.environment}`,
    handle: (envelope, { signal }) => follow(ports, envelope, signal),
  });
}

async function follow({ store, clock, desired, activity, budget }: FollowPorts, { tenantId, payload: { environment: name } }: Envelope<'FollowActivity'>, signal: AbortSignal): Promise<Outcome> {
  if ((await store.load(findingsKey(tenantId, name), driftFindings)) === null) return done();
  const key = activityKey(tenantId, name);
  const stored = await store.load(key, activitySeen);
  const before = stored?.value ?? nothingSeen;
  const now = clock.now();
  if (before.denied !== null && now < before.denied.until) return done();
  const environment = (await declaredNow(desired, tenantId, name))?.environment ?? null;
  if (environment === null || budget.waitMs(environment.azure) > 0) return done();
  const writes = await activity.writes(tenantId, environment.azure, readSince(before, now), signal).catch(nothingWhenNotAllowed);
  // Scans go on without it: the bodies of the apps name their last writers, too.
  if (writes === null) return done(saveIfChanged(key, stored, afterDenial(before, now)));
  const { activity: after, isNews } = withWrites(before, writes, now);
  const saves = after === before ? [] : saveIfChanged(key, stored, after);
  return done(saves, isNews ? [emit('ScanDrift', tenantId, { environment: name }, { projectId: environment.project ?? undefined })] : []);
}

function nothingWhenNotAllowed(error: unknown): null {
  if (error instanceof NotAllowed) return null;
  throw error;
}
