import type { DesiredEnvironment, DesiredService } from '../../kernel/desired-state.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { isError, type Problem } from '../../kernel/problem.ts';
import { shortList } from '../../kernel/short-list.ts';
import type { DeclaredState } from '../desired/commit-reader.ts';
import { concerns, contentOf, mayHideDocuments, standingOf } from '../desired/standing.ts';
import { approvalChanges, type Policy } from '../domain/policy.ts';
import type { GitopsNeeds } from '../needs.ts';
import type { TreeEntry } from '../ports.ts';
import { compareText, ownProblems } from '../report/plan-report.ts';
import { changedPaths, mergedTree } from './merged-tree.ts';

/** What a pull request would make of its base. */
export interface Comparison {
  /** Managed files that it touches, the policy among them. */
  readonly files: readonly string[];
  readonly documents: number;
  readonly problems: readonly Problem[];
  /** Problems that the base has as well. */
  readonly inherited: number;
  readonly environments: readonly ComparedEnvironment[];
  readonly notes: readonly string[];
}

export interface ComparedEnvironment {
  readonly name: string;
  readonly base: DesiredEnvironment | null;
  readonly head: DesiredEnvironment | null;
  /** Declared, but so that nothing can be planned. */
  readonly isWrong: boolean;
  /** Of its own documents. */
  readonly problems: readonly Problem[];
}

type Needs = Pick<GitopsNeeds, 'commits' | 'repository'>;

/** The policy is the base's: a pull request cannot choose which of its files are looked at. */
export async function compareCommits({ commits, repository }: Needs, tenant: TenantId, base: string, head: string): Promise<Comparison> {
  const ancestor = await repository.mergeBase(tenant, base, head);
  const [before, ours, theirs] = await Promise.all([repository.tree(tenant, ancestor), repository.tree(tenant, base), repository.tree(tenant, head)]);
  const merged = mergedTree(before, ours, theirs);
  const touched = changedPaths(ours, merged.entries);
  const policy = await commits.policyOf(tenant, ours);
  const managed = new Set([...commits.managed(policy, ours), ...commits.managed(policy, merged.entries)].map(({ path }) => path));
  const files = [...touched].filter((path) => managed.has(path) || commits.isPolicy(path)).sort();
  if (files.length === 0) return { files, documents: 0, problems: [], inherited: 0, environments: [], notes: [] };

  const [baseState, headState] = await Promise.all([commits.compile(tenant, ours, policy), commits.compile(tenant, merged.entries, policy)]);
  const rules = files.some((path) => commits.isPolicy(path)) ? await changedPolicy(commits, tenant, merged.entries, { state: baseState, policy: policy.policy }) : null;
  // The base's policy is no fault of a pull request that writes another one.
  const all = rules === null ? headState.problems : [...headState.problems.filter(({ location }) => !commits.isPolicy(location.file)), ...rules.problems];
  const problems = ownProblems(all, baseState.problems, touched);
  return {
    files,
    documents: headState.documents,
    problems,
    inherited: all.length - problems.length,
    environments: comparedEnvironments(baseState, headState, problems),
    notes: [...bothNotes(merged.both.filter((path) => managed.has(path))), ...(rules?.notes ?? [])],
  };
}

/** What the pull request's own policy would do after the merge: said, and not planned. */
async function changedPolicy(commits: Needs['commits'], tenant: TenantId, merged: readonly TreeEntry[], base: { readonly state: DeclaredState; readonly policy: Policy }): Promise<Pick<Comparison, 'problems' | 'notes'>> {
  const policy = await commits.policyOf(tenant, merged);
  const note = 'The policy changes, which chooses the files and who approves: this plan was made with the one of the base, the new one holds after the merge.';
  if (policy.problems.some(isError)) return { problems: policy.problems, notes: [note] };
  const approval = approvalChanges(base.policy, policy.policy);
  const after = await commits.compile(tenant, merged, policy);
  const lost = [...base.state.environments.keys()].filter((name) => standingOf(after, name) === 'absent').sort();
  const notes = [
    note,
    ...(approval.length === 0 ? [] : [`Other people approve commands in ${shortList(approval, 5)} after the merge.`]),
    ...(lost.length === 0 ? [] : [`Under the new policy these environments are no longer managed: ${shortList(lost, 5)}.`]),
  ];
  return { problems: policy.problems, notes };
}

function bothNotes(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return [];
  return [`The base changed ${shortList(paths, 5)} as well: the plan shows the version of this pull request. Update the branch to see what a merge gives.`];
}

function comparedEnvironments(base: DeclaredState, head: DeclaredState, problems: readonly Problem[]): readonly ComparedEnvironment[] {
  const names = [...new Set([...base.environments.keys(), ...head.environments.keys()])].sort();
  return names.flatMap((name): readonly ComparedEnvironment[] => {
    const [before, after] = [base.environments.get(name) ?? null, head.environments.get(name) ?? null];
    const isWrong = standingOf(head, name) === 'wrong';
    const own = problems.filter((problem) => [before, after].some((environment) => environment !== null && concerns(environment, problem)));
    const shown = before !== null && after !== null && mayHideDocuments(head) ? withHidden(after, before) : after;
    const isChanged = before === null || shown === null || contentOf(before) !== contentOf(shown);
    return isChanged || own.length > 0 ? [{ name, base: before, head: shown, isWrong, problems: own }] : [];
  });
}

/** Its policy may lie there too: nobody is shown that it goes down to one replica. */
function lostPolicy({ name, scalingPolicy }: DesiredService, base: DesiredEnvironment): boolean {
  return scalingPolicy === null && base.services.some((before) => before.name === name && before.scalingPolicy !== null);
}

/** A file that could not be read may hold what is missing: it must not look like a removal. */
function withHidden(head: DesiredEnvironment, base: DesiredEnvironment): DesiredEnvironment {
  const wrong = new Set(head.invalid.map(({ name }) => name));
  const filled = <T extends { readonly name: string }>(now: readonly T[], before: readonly T[]): readonly T[] => {
    const known = new Set(now.map(({ name }) => name));
    return [...now, ...before.filter(({ name }) => !known.has(name) && !wrong.has(name))].sort((a, b) => compareText(a.name, b.name));
  };
  return {
    ...head,
    bindings: filled(head.bindings, base.bindings),
    services: filled(head.services.filter((service) => !lostPolicy(service, base)), base.services),
    configurations: filled(head.configurations, base.configurations),
    secrets: filled(head.secrets, base.secrets),
    scaling: filled(head.scaling, base.scaling),
  };
}
