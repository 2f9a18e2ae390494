import type { AppView } from './azure-view.ts';
import type { Scene } from './scene.ts';
import { until } from './until.ts';

/** Where GitHub shows how a rollout in production stands. */
export const deployCheck = 'trueup/deploy (prod)';

export function imageOf({ properties }: AppView): string {
  return properties.template.containers[0]?.image ?? '';
}

/** Percent of the traffic that the newest revision has. */
export function newestShare({ properties }: AppView): number {
  const entries = properties.configuration.ingress?.traffic ?? [];
  return entries.filter(({ revisionName }) => revisionName === properties.latestRevisionName).reduce((sum, { weight }) => sum + weight, 0);
}

/** The progress picture of the running check once the new revision has the weight; after a while the one that is there. */
export async function picture({ maintainer }: Scene, commit: string, weight: number): Promise<readonly string[]> {
  let last: readonly string[] = [];
  const isThere = new RegExp(`new +${weight} %`);
  return until('the picture', async () => {
    const text = (await maintainer.checkText(commit, deployCheck)) ?? '';
    const fenced = /^```[a-z]*\n([^`]*)\n```$/m.exec(text)?.[1] ?? '';
    last = fenced.split('\n');
    return isThere.test(fenced) ? last : null;
  }, { withinMs: 15_000 }).catch(() => last);
}
