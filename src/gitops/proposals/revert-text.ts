import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import type { ServiceProgress } from '../../kernel/messages/deployment.ts';
import { serviceStanding, type EnvironmentStanding, type KnownGood } from '../../kernel/standing.ts';
import type { DeployReport } from '../records/deploy-report.ts';
import { fit, reportBudget } from '../report/budget.ts';
import { isToldByEvidence } from '../report/deploy-text.ts';
import { code, oneLine, prose, shortened } from '../report/inert.ts';
import type { Links } from '../report/links.ts';
import { count } from '../report/plan-text.ts';
import { dayAndTime } from '../report/times.ts';
import type { TakenBack } from './taken-back.ts';
import type { RevertPlan } from './revert-plan.ts';
import { appUrl, pullRequestUrl } from './urls.ts';
import { andMore, versionOf } from './version-of.ts';

interface About {
  readonly report: DeployReport;
  readonly back: TakenBack;
  readonly plan: RevertPlan;
  readonly standing: EnvironmentStanding | null;
  readonly unknown: readonly string[];
  readonly environment: DesiredEnvironment | undefined;
  readonly repositoryUrl: string;
  readonly links: Links;
}

/** `Revert prod: checkout 1.5.0 failed its gate at 10 %` */
export function revertTitle(environment: string, { failed }: TakenBack): string {
  const [first] = failed;
  const others = failed.length > 1 ? ` (and ${failed.length - 1} more)` : '';
  return shortened(oneLine(`Revert ${environment}: ${first === undefined ? 'rolled back' : howItFailed(first)}${others}`), 200);
}

function howItFailed({ service, image, failure }: ServiceProgress): string {
  const release = `${service} ${versionOf(image)}`;
  if (failure === null) return `${release} was rolled back`;
  const at = failure.weight === 0 ? 'before it had traffic' : `at ${failure.weight} %`;
  // Where a gate had not passed yet, a person may have taken it back all the same.
  return failure.gates.some(({ answer }) => answer === 'fail') ? `${release} failed its gate ${at}` : `${release} was taken back ${at}`;
}

/** With these and the bounds of each table below everything fits. */
const evidenceShown = 5;

/** What happened and how to go on, before the evidence, what runs and what this changes. */
export function revertBody(about: About): string {
  const { back } = about;
  const shown = back.failed.slice(0, evidenceShown).map((service) => evidence(service, about));
  const more = back.failed.length - evidenceShown;
  const parts = [whatHappened(about), howToGoOn(about), ...shown, more > 0 ? `… and ${count(more, 'more service')} that failed: see the check.` : '', servesAgain(about), refused(about), whatChanges(about)];
  return fit(parts.filter((part) => part !== ''), reportBudget, (left) => `… and ${count(left, 'more part')}.`).join('\n\n');
}

function whatHappened({ report, back, links, repositoryUrl }: About): string {
  const { environment, commit, pullRequest, checkUrl, progress } = report;
  const merged = pullRequest ? ` of ${links.to(`#${pullRequest}`, pullRequestUrl(repositoryUrl, pullRequest))}` : '';
  const [first] = back.services;
  const what = back.isWhole ? 'The deployment' : `${code(shortened(first?.service ?? '', 100))}${back.services.length > 1 ? ` (and ${back.services.length - 1} more)` : ''} of the deployment`;
  const reason = progress?.reason && !isToldByEvidence(progress) ? ` ${prose(withEnd(shortened(progress.reason, 1000)))}` : '';
  return `${what}${merged} at ${links.commit(commit)} to ${code(environment)} was taken back: see ${links.to('the check', checkUrl)}.${reason} Git still declares it.`;
}

function evidence({ service, image, failure, revision }: ServiceProgress, { environment, links }: About): string {
  if (failure === null) return '';
  const url = environment === undefined ? null : appUrl(environment.azure, service);
  const lead = `#### ${prose(shortened(`${service} ${versionOf(image)}`, 200))}\n\n${prose(withEnd(shortened(failure.reason, 600)))} Its revision is ${code(shortened(revision ?? 'none', 100))}, see ${links.to('the app in the portal', url)}.`;
  if (failure.gates.length === 0) return lead;
  const head = ['| Gate | Answer | Samples | Needed | Detail |', '|---|---|---|---|---|'];
  const rows = failure.gates.map(({ gate, answer, samples, threshold, detail }) =>
    `| ${[code(shortened(gate, 100)), prose(answer), samples === null ? '' : String(samples), prose(shortened(threshold ?? '', 100)), prose(shortened(detail, 300))].join(' | ')} |`,
  );
  return `${lead}\n\n${[...head, ...fit(rows, 5000, (left) => `\n… and ${count(left, 'more gate')}.`, 1)].join('\n')}`;
}

function withEnd(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}

function newestGood(standing: EnvironmentStanding | null, service: string): KnownGood | null {
  return serviceStanding(standing, service)?.knownGood.at(-1) ?? null;
}

function servesAgain({ back, standing, links }: About): string {
  const rows = back.services.map(({ service, previousRevision, url }) => {
    const good = newestGood(standing, service);
    const since = good === null ? '' : `good since ${dayAndTime(good.at)}`;
    return `| ${[links.to(service, url), code(previousRevision ?? ''), good === null ? 'what served before' : code(good.image), since].join(' | ')} |`;
  });
  if (rows.length === 0) return '';
  return ['**Serves again**\n', '| Service | Revision | Image | |', '|---|---|---|---|', ...fit(rows, 9000, (left) => `\n… and ${count(left, 'more service')}.`, 1)].join('\n');
}

function refused({ report, back, standing }: About): string {
  const items = back.failed.map(({ service, image }) => {
    const entry = serviceStanding(standing, service)?.quarantined.findLast(({ commit }) => commit === report.commit);
    const at = entry === undefined ? '' : `, since ${dayAndTime(entry.at)}`;
    return `- ${code(image)} as ${prose(service)}${at}`;
  });
  return `**Quarantined**: the same release is refused, also when it is merged again.\n\n${fit(items, 4000, (left) => `- … and ${left} more`, 1).join('\n')}`;
}

function whatChanges({ plan, unknown }: About): string {
  const files = plan.files.map(({ path, content }) => `- ${code(path)}: ${content === null ? 'goes, as before' : 'as before'}`);
  const byHand = plan.byHand.map(({ path, why }) => `- ${code(shortened(path, 300))}: ${prose(shortened(why, 300))}, revert by hand`);
  const also = plan.alsoIn.length === 0 ? [] : [`It also takes back what these files say about ${plan.alsoIn.slice(0, 10).map((name) => code(shortened(name, 100))).join(', ')}${plan.alsoIn.length > 10 ? ' and others' : ''}.`];
  const left = unknown.length === 0 ? [] : [`${prose(shortened(andMore(unknown), 200))} did not change with this commit, and no earlier release is known to be good: decide by hand.`];
  return [`**What this changes**\n\n${fit([...files, ...byHand], 9000, (more) => `- … and ${more} more`, 1).join('\n')}`, ...also, ...left].join('\n\n');
}

function howToGoOn({ report: { environment }, plan, unknown }: About): string {
  const isAll = plan.byHand.length === 0 && unknown.length === 0;
  return [
    '**How to go on**\n',
    isAll ? `- Merge this: Git says what runs in ${code(environment)}, and nothing moves there.` : `- Merge this and do by hand what is named below: only with both Git says what runs in ${code(environment)}.`,
    '- Or push a fix: a changed release goes through, and this is closed when it has arrived.',
    '- Or close this: it is not opened again for this commit.',
  ].join('\n');
}
