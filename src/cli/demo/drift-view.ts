import type { AppView } from './azure-view.ts';
import type { Scene } from './scene.ts';
import { unescaped } from './unescaped.ts';
import { until } from './until.ts';

/** Where Trueup answers what people do to checkout in production. */
export const driftBranch = 'trueup/drift/prod/checkout';
const health = 'trueup/health (prod)';
const writtenAt = /\d{4}-\d\d-\d\d \d\d:\d\d UTC/;

type Proposal = NonNullable<Awaited<ReturnType<Scene['maintainer']['proposal']>>>;

interface Row {
  readonly pull: Proposal;
  /** As it reads once rendered. */
  readonly text: string;
  /** ISO-8601, to the minute. */
  readonly at: string;
}

/** The pull request, once its table says who wrote there by the Activity Log; `place` ends the path and `live` is Azure's value. */
export function proposedRow({ maintainer }: Scene, place: string, live: string, who: string): Promise<Row> {
  return until(`a pull request that says that ${who} set ${place}`, async () => {
    const pull = await maintainer.proposal(driftBranch);
    if (pull === null) return null;
    const text = pull.body.split('\n').map(unescaped).find((line) => line.startsWith('|') && line.includes(`${place}\``) && line.includes(`\`${live}\``)) ?? '';
    const [at] = writtenAt.exec(text) ?? [];
    if (at === undefined || !text.includes(who) || text.includes('last writer')) throw new Error(`#${pull.number} says ${text || pull.body}`);
    return { pull, text, at: new Date(at.replace(' UTC', 'Z')).toISOString() };
  }, { withinMs: 120_000 });
}

/** The health check of the merge, once it says that nothing is open, which a scan after the deployment found. */
export function nothingOpen({ maintainer }: Scene, commit: string): Promise<string> {
  return until(`${health} without drift`, async () => {
    const check = await maintainer.finishedCheck(commit, health);
    if (!check?.summary.includes('No drift is open.')) throw new Error(check?.title ?? 'no check');
    return check.url;
  }, { withinMs: 120_000 });
}

export function maxOf({ properties }: AppView): number | null {
  return properties.template.scale?.maxReplicas ?? null;
}
