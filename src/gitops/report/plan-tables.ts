import type { Change, FieldDifference } from '../../kernel/plan.ts';
import { isError, type Problem } from '../../kernel/problem.ts';
import { fit } from './budget.ts';
import { code, fence, html, oneLine, prose, shortened } from './inert.ts';
import type { Links } from './links.ts';
import type { PlannedChange } from './plan-report.ts';

const head = ['| Environment | What | Action | What Azure does | Risk |', '|---|---|---|---|---|'].join('\n');
const valueLength = 400;
const differencesShown = 60;

/** The summary table; what does not fit is counted. */
export function changeTable(changes: readonly PlannedChange[], space: number): string {
  return [head, ...fit(changes.map(row), space - head.length - 100, (left) => `\n… and ${left} more, all of the same or a lower risk.`, 1)].join('\n');
}

function row({ environment, change }: PlannedChange): string {
  const what = `${code(change.name)} ${prose(change.kind)}`;
  const cells = [code(environment), what, `${change.action}: ${prose(shortened(change.summary, 300))}`, `*${change.effect}*`, riskWord(change)];
  return `| ${cells.join(' | ')} |`;
}

function riskWord({ risk }: Change): string {
  return risk === 'high' ? '**high**' : risk;
}

/** One folded three-way diff per change. */
export function foldedDiffs(changes: readonly PlannedChange[]): readonly string[] {
  return changes.filter(({ change }) => change.differences.length > 0).map(foldedDiff);
}

function foldedDiff({ environment, change }: PlannedChange): string {
  const title = `<b>${html(change.name)}</b> in ${html(environment)}: ${html(change.effect)}`;
  const shown = change.differences.slice(0, differencesShown).map(difference);
  const left = change.differences.length - shown.length;
  const body = [...shown, ...(left > 0 ? [`… and ${left} more fields`] : [])].join('\n\n');
  return `<details><summary>${title}</summary>\n\n${fence(body, 'diff')}\n\n</details>`;
}

function difference({ path, live, lastApplied, desired }: FieldDifference): string {
  return [`  ${oneLine(path)}`, `-   live          ${shown(live)}`, `!   last applied  ${shown(lastApplied)}`, `+   Git           ${shown(desired)}`].join('\n');
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '(absent)';
  return shortened(oneLine(typeof value === 'string' ? value : JSON.stringify(value)), valueLength);
}

/** The problems as a list with links to their lines. */
export function problemList(problems: readonly Problem[], commit: string, links: Links, space: number): string {
  const items = problems.map((problem) => problemItem(problem, commit, links));
  return fit(items, space - 100, (left) => `- … and ${left} more`, 1).join('\n');
}

function problemItem(problem: Problem, commit: string, links: Links): string {
  const place = links.file(commit, problem.location.file, problem.location.line);
  const sign = isError(problem) ? '❌' : '⚠️';
  const path = problem.path === '' ? '' : ` ${code(shortened(problem.path, 200))}`;
  return `- ${sign} ${place}${path}: ${prose(shortened(problemSentence(problem), 600))}`;
}

/** What is wrong, what was expected and what to do. */
export function problemSentence({ message, expected, hint }: Problem): string {
  const parts = [message, ...(expected === null ? [] : [`Expected ${expected}`]), ...(hint === null ? [] : [hint])];
  return parts.map((part) => (/[.!?]$/.test(part.trim()) ? part.trim() : `${part.trim()}.`)).join(' ');
}
