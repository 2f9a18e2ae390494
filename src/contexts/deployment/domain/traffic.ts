import type { ObservedApp, ObservedRevision } from '../../../kernel/container-app.ts';
import { isOurRevision } from './app-view.ts';
import type { PinnedTraffic } from './service-rollout.ts';
import { previewLabel } from './stages.ts';

/** An entry of ARM's `ingress.traffic`. Always by name: `latestRevision: true` moves people to a revision that nobody looked at. */
export interface WireTraffic {
  readonly revisionName: string;
  readonly weight: number;
  readonly label?: string;
}

/**
 * What is served, by explicit names of revisions that exist: Azure refuses others. An entry that follows the latest serves the latest
 * ready revision, and so does every app in single mode, whatever weights it has. Null when nothing is served.
 */
export function servedBy(app: ObservedApp, revisions: readonly Pick<ObservedRevision, 'name'>[]): readonly PinnedTraffic[] | null {
  const latest = app.latestReadyRevision ?? app.latestRevision;
  const entries = app.traffic.length > 0 && app.revisionsMode !== 'Single' ? app.traffic : [{ revision: null, weight: 100, label: null }];
  const byRevision = new Map<string, PinnedTraffic>();
  for (const { revision, weight, label } of entries) {
    const name = revision ?? latest;
    if (name === null || !revisions.some((one) => one.name === name)) continue;
    const known = byRevision.get(name);
    byRevision.set(name, { revision: name, weight: weight + (known?.weight ?? 0), label: labelOfPeople(label) ?? known?.label ?? null });
  }
  // A label that an ended deployment of Trueup's left behind keeps no entry.
  const served = [...byRevision.values()].filter(({ revision, weight, label }) => weight > 0 || label !== null || !isOurRevision(app.id.name, revision));
  const main = mainRevision(served);
  const lost = 100 - served.reduce((sum, { weight }) => sum + weight, 0);
  return main === null ? null : served.map((one) => (one.revision === main ? { ...one, weight: one.weight + lost } : one));
}

export function followsLatest(app: ObservedApp): boolean {
  return app.traffic.length === 0 || app.traffic.some(({ revision, weight }) => revision === null && weight > 0);
}

/** The one that serves most. */
export function mainRevision(traffic: readonly PinnedTraffic[]): string | null {
  return traffic.reduce<PinnedTraffic | null>((main, one) => (main === null || one.weight > main.weight ? one : main), null)?.revision ?? null;
}

function labelOfPeople(label: string | null): string | null {
  return label === previewLabel ? null : label;
}

/** What serves without the revisions named, in the same proportions, with weights that sum to 100. Null when nothing is left. */
export function servedWithout(served: readonly PinnedTraffic[], revisions: ReadonlySet<string>): readonly PinnedTraffic[] | null {
  const left = served.filter(({ revision }) => !revisions.has(revision));
  return left.some(({ weight }) => weight > 0) ? scaledTo(left, 100) : null;
}

/** `weight` percent to the new revision, the rest to what served before in its own proportions. People's labels stay where they are by now. */
export function dividedWith(before: readonly PinnedTraffic[], revision: string, weight: number, app: ObservedApp): readonly PinnedTraffic[] {
  const labelOf = (name: string): string | null => labelOfPeople(app.traffic.find((one) => one.revision === name && one.label !== null)?.label ?? null);
  const others = scaledTo(before.filter((one) => one.revision !== revision), 100 - weight);
  return [...others.map((one) => ({ ...one, label: labelOf(one.revision) })), { revision, weight, label: labelOf(revision) }];
}

/** The same revisions with the shares that they have by now: people may divide among them, and add labels, while a release comes. */
export function sharesIn(app: ObservedApp, before: readonly PinnedTraffic[]): readonly PinnedTraffic[] {
  const isKept = ({ revision, weight, label }: ObservedApp['traffic'][number]): boolean => (weight === 0 && label !== null) || before.some((one) => one.revision === revision);
  const shares = app.traffic.filter(isKept).flatMap(({ revision, weight, label }) => (revision === null ? [] : [{ revision, weight, label }]));
  return shares.some(({ weight }) => weight > 0) ? shares : before;
}

/** Whole weights in the same proportions that sum to `total`: what is lost by rounding goes to those that lost most. */
function scaledTo(traffic: readonly PinnedTraffic[], total: number): readonly PinnedTraffic[] {
  const sum = traffic.reduce((all, { weight }) => all + weight, 0);
  if (sum === 0) return traffic;
  const shares = traffic.map(({ weight }, index) => ({ index, whole: Math.floor((weight * total) / sum), lost: (weight * total) % sum }));
  const missing = total - shares.reduce((all, { whole }) => all + whole, 0);
  const rounded = new Set(shares.toSorted((a, b) => b.lost - a.lost).slice(0, missing).map(({ index }) => index));
  return traffic.map((one, index) => ({ ...one, weight: (shares[index]?.whole ?? 0) + (rounded.has(index) ? 1 : 0) }));
}

export function weightIn(traffic: readonly { readonly revision: string | null; readonly weight: number }[], revision: string): number {
  return traffic.reduce((sum, one) => sum + (one.revision === revision ? one.weight : 0), 0);
}

/** Everything to one revision. Labels that people put on revisions of their own stay, without weight. */
export function allTo(revision: string, app: ObservedApp): readonly PinnedTraffic[] {
  const label = labelOfPeople(app.traffic.find((entry) => entry.revision === revision)?.label ?? null);
  const labelled = app.traffic.flatMap((entry) =>
    entry.label === null || entry.revision === null || entry.revision === revision || isOurRevision(app.id.name, entry.revision)
      ? []
      : [{ revision: entry.revision, weight: 0, label: entry.label }],
  );
  return [{ revision, weight: 100, label }, ...labelled];
}

export function servesOnly(app: ObservedApp, revision: string): boolean {
  const serving = app.traffic.filter(({ weight }) => weight > 0);
  return serving.length === 1 && serving[0]?.revision === revision && serving[0].weight === 100;
}

export function isServed(app: ObservedApp, traffic: readonly PinnedTraffic[]): boolean {
  const weights = (list: readonly { readonly revision: string | null; readonly weight: number }[]): string =>
    JSON.stringify(list.filter(({ weight }) => weight > 0).map(({ revision, weight }) => `${revision} ${weight}`).sort());
  return weights(app.traffic) === weights(traffic);
}

/** @throws when the weights do not sum to 100: nothing may ever send that. */
export function wireTraffic(traffic: readonly PinnedTraffic[]): readonly WireTraffic[] {
  const sum = traffic.reduce((total, { weight }) => total + weight, 0);
  if (sum !== 100) throw new Error(`traffic weights sum to ${sum}`);
  return traffic.map(({ revision, weight, label }) => ({ revisionName: revision, weight, ...(label !== null && { label }) }));
}
