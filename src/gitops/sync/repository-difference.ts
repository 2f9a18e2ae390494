import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import { emit, type EmittedMessage } from '../../kernel/envelope.ts';
import { tenantIn, type TenantId } from '../../kernel/ids.ts';
import { isError } from '../../kernel/problem.ts';
import type { CommitState } from '../desired/commit-reader.ts';
import { withRemembered } from '../desired/remembered.ts';
import { mayHideDocuments, standingOf } from '../desired/standing.ts';
import type { RepositorySync, SyncedEnvironment } from '../records/repository-sync.ts';
import { environmentCommands } from './environment-commands.ts';
import { environmentDifference, hasDifference, rememberedEnvironment, type EnvironmentDifference } from './environment-difference.ts';

export interface RepositoryDifference {
  readonly sync: RepositorySync;
  readonly commands: readonly EmittedMessage[];
  /** Environments that got a command. */
  readonly environments: readonly string[];
  /** Environments that got a deployment: a Deploy, or a RemediateDrift of what is only to be applied again. */
  readonly deploys: readonly string[];
  /** The last deployment of environments that got another one or are gone. */
  readonly overtaken: readonly EnvironmentAt[];
  /** Reports that are too old to be kept. */
  readonly forgotten: readonly EnvironmentAt[];
}

interface EnvironmentAt {
  readonly environment: string;
  readonly commit: string;
}

interface Options {
  /** Everything counts as different. */
  readonly recheck: boolean;
  /** For a repository that was never synced, or whose record was lost. */
  readonly firstGeneration: number;
}

/** What the head declares against what was turned into commands last. What is wrong keeps what it had and stops only itself. */
export function repositoryDifference(repository: TenantId, known: RepositorySync | null, state: CommitState, options: Options): RepositoryDifference {
  const looked = isPolicyWrong(state) ? everythingKept(known) : lookAt(known, state, options.recheck);
  const touched = looked.filter(isTouched);
  const moved = touched.length > 0 || options.recheck;
  const generation = known === null ? options.firstGeneration : known.generation + Number(moved);
  const at = { commit: state.commit, generation };
  const deploying = touched.filter((one) => one.is === 'declared' && one.difference.services.length > 0);
  const environments = rememberAll(looked, state.commit);
  return {
    sync: { ...at, policy: state.policy.digest, environments },
    commands: touched.flatMap((one) => commandsOf(repository, one, at)),
    environments: touched.map(({ name }) => name),
    deploys: deploying.map(({ name }) => name),
    overtaken: [...deploying, ...touched.filter(({ is }) => is === 'gone')].flatMap(({ name, known: before }) => {
      const [last] = before?.deployed ?? [];
      return last === undefined || last === state.commit ? [] : [{ environment: name, commit: last }];
    }),
    forgotten: forgottenReports(known, environments),
  };
}

type Looked =
  | {
      readonly is: 'declared';
      readonly name: string;
      readonly known: SyncedEnvironment | null;
      /** `known`, unless it was another owner's: that is another environment, of which nothing is known. */
      readonly ours: SyncedEnvironment | null;
      readonly environment: DesiredEnvironment;
      readonly difference: EnvironmentDifference;
    }
  /** Declared wrongly, or perhaps declared where nothing can be read: stays as it is. */
  | { readonly is: 'kept'; readonly name: string; readonly known: SyncedEnvironment }
  | { readonly is: 'gone'; readonly name: string; readonly known: SyncedEnvironment };

function lookAt(known: RepositorySync | null, state: CommitState, recheck: boolean): readonly Looked[] {
  const mayBeHidden = mayHideDocuments(state);
  const names = new Set([...Object.keys(known?.environments ?? {}), ...state.environments.keys()]);
  return [...names].sort().flatMap((name): readonly Looked[] => {
    const before = known?.environments[name] ?? null;
    const environment = state.environments.get(name);
    const standing = standingOf(state, name);
    if (standing === 'declared' && environment !== undefined) {
      const ours = before?.tenant === environment.tenant ? before : null;
      const isWhole = !mayBeHidden && environment.invalid.length === 0;
      const seen = isWhole ? environment : withRemembered(environment, ours, mayBeHidden);
      return [{ is: 'declared', name, known: before, ours, environment: seen, difference: environmentDifference(recheck ? null : ours, seen) }];
    }
    if (before === null) return [];
    return [{ is: standing === 'absent' ? 'gone' : 'kept', name, known: before }];
  });
}

/** A policy that cannot be read chooses no files: nothing is applied and nothing counts as removed. */
function isPolicyWrong({ policy }: CommitState): boolean {
  return policy.problems.some(isError);
}

function everythingKept(known: RepositorySync | null): readonly Looked[] {
  return Object.entries(known?.environments ?? {}).map(([name, environment]) => ({ is: 'kept', name, known: environment }));
}

function isTouched(one: Looked): boolean {
  return one.is === 'gone' || (one.is === 'declared' && hasDifference(one.difference));
}

function rememberAll(looked: readonly Looked[], commit: string): RepositorySync['environments'] {
  return Object.fromEntries(
    looked.flatMap((one) => {
      if (one.is === 'gone') return [];
      if (one.is === 'kept') return [[one.name, one.known]];
      const { name, ours, environment, difference } = one;
      return [[name, rememberedEnvironment(ours, environment, { commit, difference })]];
    }),
  );
}

function forgottenReports(known: RepositorySync | null, environments: RepositorySync['environments']): readonly EnvironmentAt[] {
  return Object.entries(environments).flatMap(([environment, { deployed }]) =>
    (known?.environments[environment]?.deployed ?? []).filter((commit) => !deployed.includes(commit)).map((commit) => ({ environment, commit })),
  );
}

function commandsOf(repository: TenantId, one: Looked, at: { readonly commit: string; readonly generation: number }): readonly EmittedMessage[] {
  const { name, known } = one;
  const moved = one.is === 'declared' && one.ours === null;
  const unmanage = known !== null && (one.is === 'gone' || moved) ? [emit('UnmanageEnvironment', tenantIn(repository, known.tenant), { environment: name, ...at })] : [];
  if (one.is !== 'declared') return unmanage;
  return [...unmanage, ...environmentCommands(tenantIn(repository, one.environment.tenant), one.environment, one.difference, at)];
}
