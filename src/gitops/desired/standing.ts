import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import { digestOf } from '../../kernel/digest.ts';
import type { Problem } from '../../kernel/problem.ts';
import type { DeclaredState } from './commit-reader.ts';

/** `wrong` is declared but cannot be acted on; only `absent` means that Git does not declare it. */
export type Standing = 'declared' | 'wrong' | 'absent';

export function standingOf(state: DeclaredState, name: string): Standing {
  const environment = state.environments.get(name);
  if (environment !== undefined) return environment.invalid.some((ref) => isEnvironment(ref, name)) ? 'wrong' : 'declared';
  return state.problems.some((problem) => mayHide(problem, name)) ? 'wrong' : 'absent';
}

/** A file that could not be read may declare what seems to be missing. */
export function mayHideDocuments({ problems }: DeclaredState): boolean {
  return problems.some(({ severity, document }) => severity === 'error' && document === null);
}

/** A file that could not be read may declare anything, and so may a document without a readable name. */
function mayHide({ severity, document }: Problem, name: string): boolean {
  return severity === 'error' && (document === null || isEnvironment(document, name));
}

function isEnvironment(ref: { readonly kind: string; readonly name: string }, name: string): boolean {
  return ref.kind === 'RuntimeEnvironment' && ref.name === name;
}

/** Equal when the two declare the same; moving a document in its file changes nothing. */
export function contentOf(environment: DesiredEnvironment): string {
  const { bindings, services, configurations, secrets, scaling, ...rest } = placeless(environment);
  return digestOf([rest, byName(bindings), byName(services), byName(configurations), byName(secrets), byName(scaling)]);
}

function byName(documents: readonly { readonly name: string; readonly source: unknown }[]): object {
  return Object.fromEntries(documents.map((document) => [document.name, placeless(document)]));
}

/** Without where it stands in its file. */
export function placeless<T extends { readonly source: unknown }>(declared: T): Omit<T, 'source'> {
  const { source: _source, ...rest } = declared;
  return rest;
}

/** Whether a problem concerns a document that the environment is made of. */
export function concerns(environment: DesiredEnvironment, problem: Problem): boolean {
  const { document } = problem;
  if (document === null) return false;
  const has = (kind: string, documents: readonly { readonly name: string }[]): boolean =>
    document.kind === kind && documents.some(({ name }) => name === document.name);
  return (
    environment.invalid.some(({ kind, name }) => kind === document.kind && name === document.name) ||
    isEnvironment(document, environment.name) ||
    has('RuntimeService', environment.services) ||
    has('RuntimeConfiguration', environment.configurations) ||
    has('SecretBinding', environment.secrets) ||
    has('ScalingPolicy', environment.scaling) ||
    has('RuntimeTenantBinding', environment.bindings)
  );
}
