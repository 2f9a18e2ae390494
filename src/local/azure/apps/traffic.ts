import { isSingle, type App } from './app.ts';
import { listAt, numberAt, objectAt, textAt } from './reading.ts';
import type { Revision } from './revision.ts';

export interface Share {
  readonly revision: Revision;
  readonly weight: number;
  readonly label: string | null;
}

/** Where requests go. In Single mode all go to the latest revision that was ready, whatever weights are written. */
export function sharesOf(app: App): readonly Share[] {
  const body = app.applied;
  if (body === null) return [];
  const latest = takesTraffic(app);
  const traffic = listAt(objectAt(body.configuration, 'ingress'), 'traffic');
  if (isSingle(body)) return latest === null ? [] : [{ revision: latest, weight: 100, label: textAt(traffic[0], 'label') }];
  return traffic.flatMap((entry) => {
    const name = textAt(entry, 'revisionName');
    const revision = entry['latestRevision'] === true ? latest : app.revisions.find((one) => one.name === name);
    return revision === null || revision === undefined ? [] : [{ revision, weight: numberAt(entry, 'weight') ?? 0, label: textAt(entry, 'label') }];
  });
}

/** The latest revision that was ready; where that one has failed, nothing is lost by going on to its successor [wire]. */
function takesTraffic({ latestReady, latestRevision }: App): Revision | null {
  return latestReady === null || latestReady.status.provisioningState === 'Failed' ? (latestRevision ?? latestReady) : latestReady;
}

export function weightOf(app: App, revision: Revision): number {
  const own = sharesOf(app).filter((share) => share.revision === revision);
  return own.reduce((sum, share) => sum + share.weight, 0);
}
