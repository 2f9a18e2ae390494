import { fit, reportBudget } from '../report/budget.ts';
import { classWords, inRiskOrder, standingNotes, whoAndWhen } from '../report/drift-words.ts';
import { code, oneLine, prose, shortened } from '../report/inert.ts';
import { count } from '../report/plan-text.ts';
import { dayAndTime } from '../report/times.ts';
import { oldestOf } from './answered-findings.ts';
import type { RemediationAbout } from './remediation-about.ts';
import { appUrl } from './urls.ts';

/** `Drift: checkout in prod (2 changes)` */
export function remediationTitle({ service, environment, answered }: RemediationAbout): string {
  return shortened(oneLine(`Drift: ${service.name} in ${environment.name} (${count(answered.length, 'change')})`), 200);
}

export function remediationBody(about: RemediationAbout): string {
  const parts = [lead(about), table(about, 30_000), notAdopted(about), notes(about), howToGoOn(about), others(about)];
  return fit(parts.filter((part) => part !== ''), reportBudget, (left) => `… and ${count(left, 'more part')}.`).join('\n\n');
}

export function lead({ service, environment, answered, links }: RemediationAbout): string {
  const since = dayAndTime(oldestOf(answered));
  return `${links.to(service.name, appUrl(environment.azure, service.name))} in ${code(environment.name)} is not as Git says, since ${prose(since)}.`;
}

export function table({ answered }: RemediationAbout, space: number): string {
  const head = ['| Path | Git | Azure | Who, when | Risk |', '|---|---|---|---|---|'];
  const rows = inRiskOrder(answered).map((finding) => {
    const { path, desired, live, severity } = finding;
    return `| ${[code(shortened(path, 200)), shown(desired), shown(live), whoAndWhen(finding), `${severity}: ${classWords[finding.class]}`].join(' | ')} |`;
  });
  return [...head, ...fit(rows, space, (left) => `\n… and ${count(left, 'more change')}.`, 1)].join('\n');
}

function shown(value: string): string {
  return value === '' ? 'nothing' : code(shortened(value, 300));
}

export function notAdopted({ choice, notAdopted: left }: RemediationAbout): string {
  if (left.length === 0) return '';
  const items = left.map(({ path, why }) => `- ${code(shortened(path, 200))}: ${prose(shortened(why, 300))}`);
  const title = choice === 'keep-live' ? '**Does not come into Git**, and goes back to what Git says when this is merged' : '**Azure cannot be kept**: nothing of it can come into Git';
  return `${title}\n\n${fit(items, 8000, (more) => `- … and ${more} more`, 1).join('\n')}`;
}

function notes({ notes: all }: RemediationAbout): string {
  return all.length === 0 ? '' : `**Before you merge**\n\n${fit(all.map((note) => `- ${prose(shortened(note, 400))}`), 4000, (more) => `- … and ${more} more`, 1).join('\n')}`;
}

/** What the merge does comes first. */
function howToGoOn({ choice, asked, service, environment, notAdopted: left }: RemediationAbout): string {
  const chosen = asked === null || asked.by === '' ? '' : `, as ${code(asked.by)} asked`;
  const merge = {
    'keep-git': `- **Keep Git**${chosen}: merge this. ${code(service.name)} is applied again as Git declares it, behind the gates of ${code(environment.name)}.`,
    'keep-live': `- **Keep Azure**${chosen}: merge this. Git says what runs${left.length === 0 ? '' : ', apart from what is named above'}.`,
  };
  const press = {
    'keep-git': `- **Keep Azure**: press *Keep Azure* at the check, or say ${code('/trueup adopt')}. This pull request then rewrites the manifest, only where it differs.`,
    'keep-live': `- **Keep Git**: press *Keep Git* at the check, or say ${code('/trueup reapply')}. This pull request then has Git applied again.`,
  };
  return [
    '**How to go on**\n',
    merge[choice],
    press[choice],
    `- **Roll back**: say ${code('/trueup rollback')}. The known-good release before comes back at once, without a merge.`,
    `- **Leave it**: close this, and nothing is done until Azure changes again. For a time only: press *Acknowledge 7d*, or say ${code('/trueup ack 7d')}.`,
  ].join('\n');
}

function others({ others: open }: RemediationAbout): string {
  if (open.length === 0) return '';
  const items = inRiskOrder(open).map((finding) => `- ${[classWords[finding.class], ...standingNotes(finding)].join(', ')}: ${prose(shortened(finding.summary, 300))}`);
  return `**Also open**, and not answered here\n\n${fit(items, 8000, (more) => `- … and ${more} more`, 1).join('\n')}`;
}
