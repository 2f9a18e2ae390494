import { isActionable } from '../../../kernel/drift-standing.ts';
import type { DriftFinding } from '../../../kernel/messages/drift-detection.ts';
import { withHistory } from './history.ts';
import type { DriftFindings } from './runtime-drift-finding.ts';

const firstBackOffMs = 2 * 60_000;
const longestBackOffMs = 4 * 60 * 60_000;
/** So long after the last attempt a service that is clean is a service like any other. */
const forgottenAfterMs = 60 * 60_000;

export interface Healing {
  readonly findings: DriftFindings;
  /** What a corrective deployment is to put right; empty when there is nothing to ask for. */
  readonly asked: readonly DriftFinding[];
}

/**
 * Of what the last scan saw: the first time at once, then ever more rarely while it does not help. A service whose release was taken
 * back is left alone: Git declares what failed. So is one that was also changed where people decide: a deployment applies all of it.
 */
export function healing(before: DriftFindings, now: number): Healing {
  const { open, heals, sightings, scannedAt, deployment } = before;
  // Also of other services, whose turn comes when it ends; and of one that is silent for so long that it hides nothing: it may be held.
  if (deployment?.runs === true) return { findings: before, asked: [] };
  const forPeople = new Set(open.filter(isForPeople).map(({ service }) => service));
  const meant = open.filter((one) => one.mode === 'heal' && isActionable(one) && !forPeople.has(one.service) && sightings[one.id]?.last === scannedAt);
  const asked = meant.filter(({ service }) => isDue(heals[service], now));
  const services = new Set(asked.map(({ service }) => service));
  const unhealed = new Set(open.filter(({ mode }) => mode === 'heal').map(({ service }) => service));
  const kept = Object.entries(heals).filter(([service, { at }]) => unhealed.has(service) || now - at < forgottenAfterMs);
  const attempted = [...services].map((service) => [service, { attempts: (heals[service]?.attempts ?? 0) + 1, at: now }] as const);
  const history = withHistory(before.history, new Date(now).toISOString(), asked.map((one) => ['corrective deployment', one]));
  return { findings: { ...before, heals: Object.fromEntries([...kept, ...attempted]), history }, asked };
}

/** What a deployment would undo, and was not to be undone by itself. */
const undone: ReadonlySet<string> = new Set(['changed', 'missing', 'unexpected-traffic']);

function isForPeople({ class: kind, path, mode, acknowledged }: DriftFinding): boolean {
  if (kind === 'never-applied') return path.endsWith('rolled-back');
  return undone.has(kind) && (mode !== 'heal' || acknowledged !== null);
}

function isDue(heal: DriftFindings['heals'][string] | undefined, now: number): boolean {
  return heal === undefined || now - heal.at >= Math.min(firstBackOffMs * 3 ** (heal.attempts - 1), longestBackOffMs);
}
