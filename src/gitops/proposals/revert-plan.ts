import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import type { CommitState } from '../desired/commit-reader.ts';
import type { ProposedFile, TreeEntry } from '../ports.ts';
import { filesOf, filesOfService, saidByFile, saidOf } from './files-of.ts';

/** A commit, and its files by path. */
export interface Side {
  readonly state: CommitState;
  readonly files: ReadonlyMap<string, TreeEntry>;
}

export interface RevertSides {
  readonly environment: string;
  /** What was synced before the deployed commit. */
  readonly before: Side;
  readonly deployed: Side;
  /** Files of the default branch's head. */
  readonly head: ReadonlyMap<string, TreeEntry>;
  /** Services that went back. */
  readonly services: readonly string[];
  /** The environment went back as a whole, not only those services. */
  readonly isWhole: boolean;
  /** Where the ledger says that a service was good, for those whose release before is not known to be. */
  readonly good: ReadonlyMap<string, Side>;
}

interface ByHand {
  readonly path: string;
  readonly why: string;
}

export interface RevertPlan {
  readonly files: readonly ProposedFile[];
  readonly byHand: readonly ByHand[];
  /** Other environments that these files change, too. */
  readonly alsoIn: readonly string[];
}

/** Which files take Git back to what runs, and which a person has to look at. */
export function planRevert(sides: RevertSides): RevertPlan {
  const targets = targetsOf(sides);
  const each = [...targets].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([path, target]) => lookAt(sides, path, target) ?? []);
  const files = each.flatMap((one) => ('content' in one ? [one] : []));
  const changes = [...targets].filter(([path]) => files.some((file) => file.path === path)).map(([path, target]) => ({ path, target }));
  const byHand = each.flatMap((one) => ('why' in one ? [one] : []));
  return { files, byHand, alsoIn: othersOf(sides, changes) };
}

/** Null when the file is the same there, or says already what is wanted. */
function lookAt(sides: RevertSides, path: string, target: Side): ProposedFile | ByHand | null {
  const [deployed, head, wanted] = [sides.deployed, { files: sides.head }, target].map(({ files }) => files.get(path) ?? null);
  const isSame = (a: TreeEntry | null | undefined, b: TreeEntry | null | undefined): boolean => a?.sha === b?.sha;
  if (isSame(deployed, wanted) || isSame(head, wanted)) return null;
  const entry = wanted ?? head ?? null;
  const why = isSame(head, deployed) ? whyNot(sides, path, target, entry) : 'changed since';
  if (why !== null || entry === null) return { path, why: why ?? 'is not there' };
  return { path, mode: entry.mode, content: wanted ? { blob: wanted.sha } : null };
}

/** By path, the commit whose file is wanted. What a service is made of goes back to where it was good. */
function targetsOf({ environment, before, deployed, services, isWhole, good }: RevertSides): ReadonlyMap<string, Side> {
  const at = ({ state }: Side): DesiredEnvironment | undefined => state.environments.get(environment);
  const whole = isWhole ? [...filesOf(at(before)), ...filesOf(at(deployed))] : [];
  const own = services.flatMap((name) => {
    const target = good.get(name) ?? before;
    return [...filesOfService(at(target), name), ...filesOfService(at(deployed), name)].map((path) => [path, target] as const);
  });
  return new Map([...whole.map((path) => [path, before] as const), ...own]);
}

function whyNot({ environment, before, deployed, services, isWhole, good }: RevertSides, path: string, target: Side, entry: TreeEntry | null): string | null {
  if (entry !== null && entry.mode !== '100644' && entry.mode !== '100755') return 'is no regular file';
  // Where all goes back, the others go to what they were before; otherwise they stay as they are deployed.
  const stay = isWhole ? before : deployed;
  const wantedOf = (name: string): Side => (services.includes(name) ? (good.get(name) ?? before) : stay);
  const said = ({ state }: Side, name: string): string => saidOf(state.environments.get(environment), name, path);
  const names = [stay, target].flatMap(({ state }) => (state.environments.get(environment)?.services ?? []).map(({ name }) => name));
  const changed = names.find((name) => said(wantedOf(name), name) !== said(target, name));
  return changed === undefined ? null : `also holds changes of ${changed}, which ${isWhole || services.includes(changed) ? 'goes back less far' : 'is deployed'}`;
}

function othersOf({ environment, deployed }: RevertSides, changes: readonly { readonly path: string; readonly target: Side }[]): readonly string[] {
  const said = ({ state }: Side, name: string, path: string): string => saidByFile(state.environments.get(name), path);
  const names = new Set([deployed, ...changes.map(({ target }) => target)].flatMap(({ state }) => [...state.environments.keys()]));
  return [...names].sort().filter((name) => name !== environment && changes.some(({ path, target }) => said(target, name, path) !== said(deployed, name, path)));
}
