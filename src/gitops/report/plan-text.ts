import { isError, type Problem } from '../../kernel/problem.ts';
import type { CheckReport, Conclusion } from '../ports.ts';
import { annotationLimit, annotationsOf } from './annotations.ts';
import { fit, reportBudget } from './budget.ts';
import { code, prose } from './inert.ts';
import type { Links } from './links.ts';
import { allProblems, planVerdict, riskiestFirst, takenOverIn } from './plan-report.ts';
import type { EnvironmentPlan, PlanReport, PlanVerdict } from './plan-report.ts';
import { changeTable, foldedDiffs, problemList } from './plan-tables.ts';

export const planCheckName = 'trueup/plan';

const conclusions: Record<PlanVerdict, Conclusion> = {
  wrong: 'failure',
  unread: 'failure',
  'nothing-managed': 'neutral',
  validated: 'neutral',
  'nothing-changes': 'neutral',
  planned: 'success',
};

/** The check that always reports, so that a branch rule can require it. */
export function planCheck(report: PlanReport, links: Links): CheckReport {
  const { summary, details } = planText(report, links);
  return {
    commit: report.commit,
    name: planCheckName,
    conclusion: conclusions[planVerdict(report)],
    title: planTitle(report),
    summary,
    text: details === '' ? null : details,
    annotations: annotationsOf(allProblems(report)),
    actions: [],
  };
}

/** One check per environment. Its problems are annotated by the aggregate check already. */
export function environmentCheck(report: PlanReport, environment: EnvironmentPlan, links: Links): CheckReport {
  const alone: PlanReport = { ...report, problems: [], inherited: 0, environments: [environment], notes: [] };
  // Whether any files and documents were found is for the aggregate check to say.
  const found: PlanReport = { ...alone, files: 1, documents: 1 };
  const { summary, details } = planText(alone, links);
  return {
    commit: report.commit,
    name: `${planCheckName} (${environment.name})`,
    conclusion: conclusions[planVerdict(found)],
    title: planTitle(found),
    summary,
    text: details === '' ? null : details,
    annotations: [],
    actions: [],
  };
}

/** One line; GitHub shows it beside the check's name. */
function planTitle(report: PlanReport): string {
  const problems = allProblems(report);
  switch (planVerdict(report)) {
    case 'wrong':
      return errorTitle(problems);
    case 'unread':
      return 'The plan is not complete: something could not be read';
    case 'nothing-managed':
      return report.files === 0 ? 'No managed files changed' : 'No manifest was read';
    case 'validated':
      return `Valid: ${count(report.documents, 'document')}; no plan for ${report.validatedOnly === 'fork' ? 'a fork' : 'this branch'}${warnings(problems)}`;
    case 'nothing-changes':
      return `Valid: nothing changes in Azure${takenOverTitle(report)}${warnings(problems)}`;
    case 'planned':
      return `${plannedTitle(report)}${warnings(problems)}`;
  }
}

export function errorTitle(problems: readonly Problem[]): string {
  const errors = problems.filter(isError);
  const files = new Set(errors.map(({ location }) => location.file)).size;
  return `${count(errors.length, 'error')} in ${count(files, 'file')}`;
}

function warnings(problems: readonly Problem[]): string {
  return problems.length > 0 ? `, ${count(problems.length, 'warning')}` : '';
}

function takenOverTitle({ environments }: PlanReport): string {
  const { length } = takenOverIn(environments);
  return length === 0 ? '' : `; ${count(length, 'service')} ${length === 1 ? 'is' : 'are'} taken over as ${length === 1 ? 'it runs' : 'they run'}`;
}

function plannedTitle(report: PlanReport): string {
  const changes = riskiestFirst(report.environments);
  const names = [...new Set(changes.map(({ environment }) => environment))].sort();
  return `${count(changes.length, 'change')} in ${names.length > 3 ? count(names.length, 'environment') : names.join(', ')}`;
}

interface PlanText {
  /** Table, problems and notes. */
  readonly summary: string;
  /** The folded diffs. */
  readonly details: string;
}

const shares = { table: 16_000, problems: 16_000, notes: 4_000 } as const;

function planText(report: PlanReport, links: Links): PlanText {
  const changes = riskiestFirst(report.environments);
  const problems = allProblems(report);
  const sections = [
    ...(changes.length > 0 ? [changeTable(changes, shares.table)] : []),
    ...(problems.length > 0 ? [`**${problemHeading(problems)}**\n\n${problemList(problems, report.commit, links, shares.problems)}`] : []),
    ...notes(report),
    footer(report, links),
  ];
  const diffs = fit(foldedDiffs(changes), reportBudget - 200, (left) => `${count(left, 'more diff')} did not fit; those shown are of the riskiest changes.`);
  return { summary: sections.join('\n\n'), details: diffs.join('\n\n') };
}

function problemHeading(problems: readonly Problem[]): string {
  const errors = problems.filter(isError).length;
  const over = problems.length > annotationLimit ? `, ${annotationLimit} of them annotated` : '';
  return `${count(errors, 'error')}, ${count(problems.length - errors, 'warning')}${over}`;
}

const validatedOnly = {
  fork: 'This pull request comes from a fork: its manifests were validated, and nothing live was read for it.',
  'other-branch': 'Merging this pull request changes nothing in Azure, because only the default branch is applied: its manifests were validated.',
} as const;

function notes(report: PlanReport): readonly string[] {
  const unread = report.environments.flatMap(({ name, unread }) => unread.map((sentence) => `⚠️ ${code(name)}: ${prose(sentence)}`));
  const own = report.notes.map(prose);
  const inherited = report.inherited === 0 ? [] : [`${count(report.inherited, 'problem')} that ${code(report.baseRef)} already has, not counted here.`];
  const nothing = planVerdict(report) === 'nothing-managed' ? ['This pull request touches no file that Trueup manages, so there is nothing to plan.'] : [];
  const only = report.validatedOnly === null ? [] : [validatedOnly[report.validatedOnly]];
  return fit([...unread, ...takenOverNotes(report), ...own, ...inherited, ...nothing, ...only], shares.notes, (left) => `… and ${count(left, 'more note')}.`);
}

const namesShown = 20;

function takenOverNotes({ environments }: PlanReport): readonly string[] {
  const found = takenOverIn(environments);
  if (found.length === 0) return [];
  const names = found.slice(0, namesShown).map(({ environment, change }) => `${code(change.name)} in ${code(environment)}`);
  const more = found.length > namesShown ? `, and ${found.length - namesShown} more` : '';
  return [`Taken over as they run: ${names.join(', ')}${more}. Their container apps get tags, and their traffic is pinned by name where it is not: no revision is made, nobody is moved and nothing restarts.`];
}

function footer(report: PlanReport, links: Links): string {
  const read = `${count(report.documents, 'document')} read`;
  return `<sub>Plan of ${links.commit(report.commit)} against ${code(report.baseRef)} at ${links.commit(report.base)} · ${read} · ${prose(report.trace)}</sub>`;
}

export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
