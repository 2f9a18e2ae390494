import { digestOf } from '../../kernel/digest.ts';
import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Problem } from '../../kernel/problem.ts';
import type { ParsedFile } from '../domain/parsed-file.ts';
import type { CommitPorts, TreeEntry } from '../ports.ts';
import { manifestLanguage, type ManifestLanguage, type Policy } from './language.ts';
import { isLasting, readFiles } from './read-files.ts';
import { singleFlight } from './single-flight.ts';

/** What a set of manifests declares. */
export interface DeclaredState {
  readonly environments: ReadonlyMap<string, DesiredEnvironment>;
  readonly problems: readonly Problem[];
  readonly documents: number;
}

export interface CommitState extends DeclaredState {
  readonly commit: string;
  readonly policy: ReadPolicy;
}

interface ReadPolicy {
  readonly policy: Policy;
  readonly digest: string;
  readonly problems: readonly Problem[];
}

/** Trees to desired state. Reads only what no cache holds, and compiles a set of files once. */
export interface CommitReader {
  /** The commit with its own policy. @throws when the repository or the commit cannot be read. */
  at(tenant: TenantId, commit: string): Promise<CommitState>;
  /** Every manifest of the commit, parsed: for who edits them. @throws as `at`. */
  files(tenant: TenantId, commit: string): Promise<readonly ParsedFile[]>;
  policyOf(tenant: TenantId, tree: readonly TreeEntry[]): Promise<ReadPolicy>;
  /** The entries that the policy calls manifests. */
  managed(policy: ReadPolicy, tree: readonly TreeEntry[]): readonly TreeEntry[];
  /** Whether the path is the policy's own file. */
  isPolicy(path: string): boolean;
  /** The tree under somebody else's policy: what a pull request would make of its base. */
  compile(tenant: TenantId, tree: readonly TreeEntry[], policy: ReadPolicy): Promise<DeclaredState>;
}

/** Compiled states kept in the process; one of 400 services takes a few MB. */
const statesKept = 24;
const commitsKept = 400;

/** `tenant` is the repository's id in every call. */
export function commitReader(ports: CommitPorts, language: ManifestLanguage = manifestLanguage): CommitReader {
  const states = singleFlight<DeclaredState>(statesKept, isLasting);
  const keys = singleFlight<{ readonly files: readonly TreeEntry[]; readonly policy: ReadPolicy }>(commitsKept, ({ policy }) => isLasting(policy));

  const policyOf = async (tenant: TenantId, tree: readonly TreeEntry[]): Promise<ReadPolicy> => {
    const entry = tree.find(({ path }) => path === language.policyPath);
    const [file] = entry === undefined ? [] : await readFiles(ports, language, tenant, [entry]);
    const { policy, problems } = language.readPolicy(file ?? null);
    // Who approves chooses no files.
    const { environments: _environments, ...chooses } = policy;
    return { policy, problems, digest: digestOf(chooses) };
  };

  const compileManaged = (tenant: TenantId, files: readonly TreeEntry[], policy: ReadPolicy): Promise<DeclaredState> => {
    const key = `${tenant} ${digestOf(files.map(({ path, sha, mode }) => [path, sha, mode]))}`;
    const run = async (): Promise<DeclaredState> => declaredBy(await readFiles(ports, language, tenant, files), language);
    return states(key, run).then((state) => ({ ...state, problems: [...policy.problems, ...state.problems] }));
  };

  const managedAt = (tenant: TenantId, commit: string): ReturnType<typeof keys> =>
    keys(`${tenant} ${commit}`, async () => {
      const tree = await ports.repository.tree(tenant, commit);
      const policy = await policyOf(tenant, tree);
      return { files: managed(language, policy, tree), policy };
    });

  return {
    policyOf,
    managed: (policy, tree) => managed(language, policy, tree),
    isPolicy: (path) => path === language.policyPath,
    compile: (tenant, tree, policy) => compileManaged(tenant, managed(language, policy, tree), policy),
    async at(tenant, commit) {
      const { files, policy } = await managedAt(tenant, commit);
      return { commit, policy, ...(await compileManaged(tenant, files, policy)) };
    },
    async files(tenant, commit) {
      const { files } = await managedAt(tenant, commit);
      return readFiles(ports, language, tenant, files);
    },
  };
}

function managed(language: ManifestLanguage, { policy }: ReadPolicy, tree: readonly TreeEntry[]): readonly TreeEntry[] {
  return tree.filter(({ path, mode }) => mode !== '040000' && language.manages(policy, path));
}

function declaredBy(files: readonly ParsedFile[], language: ManifestLanguage): DeclaredState {
  const { environments, problems, documents } = language.compile(files);
  return { environments: new Map(environments.map((environment) => [environment.name, environment])), problems, documents };
}
