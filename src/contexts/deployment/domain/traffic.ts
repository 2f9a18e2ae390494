import type { ObservedApp, ObservedRevision } from '../../../kernel/container-app.ts';
import { isOurRevision } from './app-view.ts';
import type { PinnedTraffic } from './service-rollout.ts';

/** An entry of ARM's `ingress.traffic`. Always by name: `latestRevision: true` moves people to a revision that nobody looked at. */
export interface WireTraffic {
  readonly revisionName: string;
  readonly weight: number;
  readonly label?: string;
}

/**
 * What is served, by explicit names of revisions that exist: Azure refuses others. An entry that follows the latest serves the latest
 * ready revision. Null when nothing is served.
 */
export function servedBy(app: ObservedApp, revisions: readonly Pick<ObservedRevision, 'name'>[]): readonly PinnedTraffic[] | null {
  const latest = app.latestReadyRevision ?? app.latestRevision;
  const entries = app.traffic.length > 0 ? app.traffic : [{ revision: null, weight: 100, label: null }];
  const byRevision = new Map<string, PinnedTraffic>();
  for (const { revision, weight, label } of entries) {
    const name = revision ?? latest;
    if (name === null || !revisions.some((one) => one.name === name)) continue;
    const known = byRevision.get(name);
    byRevision.set(name, { revision: name, weight: weight + (known?.weight ?? 0), label: label ?? known?.label ?? null });
  }
  const served = [...byRevision.values()];
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

/** Everything to one revision. Labels that people put on revisions of their own stay, without weight. */
export function allTo(revision: string, app: ObservedApp): readonly PinnedTraffic[] {
  const label = app.traffic.find((entry) => entry.revision === revision)?.label ?? null;
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
