import { canonicalJson, digestOf } from '../../src/kernel/digest.ts';
import { Rejected } from '../../src/kernel/errors.ts';
import type { TenantId } from '../../src/kernel/ids.ts';
import type {
  CheckReport,
  DeploymentReport,
  InstallationReader,
  IssueComment,
  Proposals,
  PullRequest,
  ReportWriter,
  Repository,
  RepositoryReader,
  TreeEntry,
} from '../../src/gitops/ports.ts';
import { memoryProposals, type ProposedText } from './memory-proposals.ts';
import { assertWriting } from './write-scope.ts';

type Files = Readonly<Record<string, string>>;

interface Commit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly tree: readonly TreeEntry[];
}

/** One repository of GitHub in memory: commits with trees, branches, pull requests, comments, and everything that was reported. */
export interface MemoryGitHub {
  readonly repository: RepositoryReader;
  readonly reports: ReportWriter;
  readonly proposals: Proposals;
  readonly installations: InstallationReader;
  /** Pull requests of the App, by number. */
  readonly proposed: ReadonlyMap<number, ProposedText>;
  /** The files of a commit. */
  filesAt(commit: string): Readonly<Record<string, string>>;
  branch(name: string): string | null;
  isOpen(number: number): boolean;
  /** A commit on the branch with exactly these files; null as the branch leaves it unreferenced. */
  commit(branch: string | null, files: Files, parents?: readonly string[]): string;
  /** Moves or makes a branch; null deletes it. */
  setBranch(name: string, sha: string | null): void;
  openPull(number: number, headSha: string, change?: Partial<PullRequest>): void;
  changePull(number: number, change: Partial<PullRequest>): void;
  /** A person closes it, without a merge. */
  closeBy(number: number, login: string): void;
  /** A check run that somebody may name by its id. */
  setCheckRun(id: number, run: { readonly name: string; readonly commit: string; readonly isOurs?: boolean }): void;
  addComment(comment: IssueComment): void;
  setPermission(login: string, permission: 'admin' | 'write' | 'read' | 'none'): void;
  /** The file cannot be read as what it is: a symlink, a submodule. */
  setMode(commit: string, path: string, mode: string): void;
  /** What people see: the newest check of each commit and name, the comments by pull request, deployments, reactions. */
  check(commit: string, name: string): CheckReport | null;
  checkNames(commit: string): readonly string[];
  comment(number: number): string | null;
  readonly deployments: Map<string, DeploymentReport>;
  readonly reactions: Map<number, Set<string>>;
  /** Writes that changed something, in order: what would be a call. */
  readonly writes: string[];
  /** Blobs that were fetched. */
  readonly fetched: string[];
  snapshot(): string;
}

export const memoryRepository: Repository = { owner: 'contoso', name: 'platform', defaultBranch: 'main', htmlUrl: 'https://github.com/contoso/platform' };
const repositoryId = 7;

export function memoryGitHub(): MemoryGitHub {
  const commits = new Map<string, Commit>();
  const blobs = new Map<string, string>();
  const branches = new Map<string, string>();
  const pulls = new Map<number, PullRequest>();
  const issueComments = new Map<number, IssueComment>();
  const permissions = new Map<string, 'admin' | 'write' | 'read' | 'none'>();
  const closers = new Map<number, NonNullable<Awaited<ReturnType<RepositoryReader['closedBy']>>>>();
  const checkRuns = new Map<number, NonNullable<Awaited<ReturnType<RepositoryReader['checkRun']>>>>();
  const world = reportedWorld();
  const fetched: string[] = [];

  const found = (sha: string): Commit => commits.get(sha) ?? refuse(`no commit ${sha}`);
  const putBlob = (text: string): Pick<TreeEntry, 'sha' | 'size'> => {
    const sha = digestOf(text).slice(0, 40);
    blobs.set(sha, text);
    return { sha, size: new TextEncoder().encode(text).length };
  };
  const addCommit = (tree: readonly TreeEntry[], parents: readonly string[]): string => {
    const sha = digestOf([tree, parents, commits.size]).slice(0, 40);
    commits.set(sha, { sha, parents, tree });
    return sha;
  };
  const texts = new Map<number, ProposedText>();
  const ancestors = (sha: string): readonly string[] => [sha, ...found(sha).parents.flatMap(ancestors)];
  const repository: RepositoryReader = {
    repository: async () => memoryRepository,
    branchHead: async (_tenant, branch) => branches.get(branch) ?? null,
    tree: async (_tenant, commit) => found(commit).tree,
    async blob(_tenant, sha) {
      fetched.push(sha);
      return new TextEncoder().encode(blobs.get(sha) ?? refuse(`no blob ${sha}`));
    },
    async mergeBase(_tenant, base, head) {
      const ofBase = new Set(ancestors(base));
      return ancestors(head).find((sha) => ofBase.has(sha)) ?? refuse('no common ancestor');
    },
    pullRequest: async (_tenant, number) => pulls.get(number) ?? null,
    openPullRequests: async (_tenant, baseRef) => [...pulls.values()].filter((pull) => pull.state === 'open' && pull.baseRef === baseRef).map(({ number }) => number),
    firstParent: async (_tenant, commit) => found(commit).parents[0] ?? null,
    mergedPullRequest: async (_tenant, commit) => [...pulls.values()].find(({ mergeCommit }) => mergeCommit === commit)?.number ?? null,
    comment: async (_tenant, id) => issueComments.get(id) ?? null,
    closedBy: async (_tenant, number) => (pulls.get(number)?.state === 'closed' ? (closers.get(number) ?? { login: 'trueup[bot]', isBot: true }) : null),
    checkRun: async (_tenant, id) => checkRuns.get(id) ?? null,
    permission: async (_tenant, login) => permissions.get(login) ?? 'none',
  };
  return {
    repository,
    reports: world.reports,
    proposals: memoryProposals({ branches, pulls, texts, writes: world.seen.writes, tree: (sha) => found(sha).tree, blob: putBlob, addCommit, refuse, isWithin: (sha, branch) => ancestors(branches.get(branch) ?? refuse(`no branch ${branch}`)).includes(sha) }),
    proposed: texts,
    filesAt: (sha) => Object.fromEntries(found(sha).tree.map((entry) => [entry.path, blobs.get(entry.sha) ?? ''])),
    branch: (name) => branches.get(name) ?? null,
    isOpen: (number) => pulls.get(number)?.state === 'open',
    installations: { repositories: async () => [repositoryId, repositoryId + 1] },
    commit(branch, files, parents) {
      const tree = Object.entries(files).map(([path, text]): TreeEntry => ({ path, mode: '100644', ...putBlob(text) }));
      const tip = branch === null ? undefined : branches.get(branch);
      const from = parents ?? (tip === undefined ? [] : [tip]);
      const sha = addCommit(tree, from);
      if (branch !== null) branches.set(branch, sha);
      return sha;
    },
    setBranch: (name, sha) => void (sha === null ? branches.delete(name) : branches.set(name, sha)),
    openPull(number, headSha, change = {}) {
      const htmlUrl = `${memoryRepository.htmlUrl}/pull/${number}`;
      pulls.set(number, { number, state: 'open', merged: false, mergeCommit: null, mergedAt: null, headSha, headRepositoryId: repositoryId, baseRef: 'main', baseRepositoryId: repositoryId, htmlUrl, openedAt: '2026-01-01T00:00:00Z', ...change });
    },
    changePull(number, change) {
      const pull = pulls.get(number) ?? refuse(`no pull request ${number}`);
      pulls.set(number, { ...pull, ...change });
    },
    closeBy(number, login) {
      pulls.set(number, { ...(pulls.get(number) ?? refuse(`no pull request ${number}`)), state: 'closed' });
      closers.set(number, { login, isBot: false });
    },
    setCheckRun: (id, run) => void checkRuns.set(id, { isOurs: true, ...run }),
    addComment: (comment) => void issueComments.set(comment.id, comment),
    setPermission: (login, permission) => void permissions.set(login, permission),
    setMode(sha, path, mode) {
      const commit = found(sha);
      commits.set(sha, { ...commit, tree: commit.tree.map((entry) => (entry.path === path ? { ...entry, mode } : entry)) });
    },
    fetched,
    ...world.seen,
  };
}

function refuse(message: string): never {
  throw new Rejected(message, { code: '404' });
}

type Seen = Pick<MemoryGitHub, 'check' | 'checkNames' | 'comment' | 'deployments' | 'reactions' | 'writes' | 'snapshot'>;

/** Writes as the adapter makes them: the same content again is no call. Refuses what GitHub refuses. */
function reportedWorld(): { readonly reports: ReportWriter; readonly seen: Seen } {
  const checks = new Map<string, CheckReport>();
  const comments = new Map<string, string>();
  const deployments = new Map<string, DeploymentReport>();
  const reactions = new Map<number, Set<string>>();
  const writes: string[] = [];

  function put<K, V>(map: Map<K, V>, key: K, value: V, label: string): void {
    if (canonicalJson(map.get(key)) === canonicalJson(value)) return;
    map.set(key, value);
    writes.push(label);
  }
  const reports: ReportWriter = {
    async check(_tenant: TenantId, report) {
      assertWriting('check');
      for (const text of [report.summary, report.text ?? '']) if (text.length > 65_535) refuse(`${report.name}: ${text.length} characters`);
      put(checks, `${report.commit} ${report.name}`, report, `check ${report.name} ${report.conclusion ?? 'in_progress'}`);
      return `${memoryRepository.htmlUrl}/runs/${report.commit.slice(0, 7)}-${encodeURIComponent(report.name)}`;
    },
    async confirmChecks(_tenant, commit) {
      assertWriting('confirmChecks');
      writes.push(`confirmed checks of ${commit}`);
    },
    async stickyComment(_tenant, number, kind, body) {
      assertWriting('stickyComment');
      if (body.length > 65_536) refuse(`${body.length} characters`);
      put(comments, `${number} ${kind}`, body, `comment ${number}`);
      return `${memoryRepository.htmlUrl}/pull/${number}#issuecomment-1`;
    },
    async react(_tenant, commentId, reaction) {
      assertWriting('react');
      const set = reactions.get(commentId) ?? new Set();
      reactions.set(commentId, set);
      if (!set.has(reaction)) writes.push(`reaction ${reaction}`);
      set.add(reaction);
    },
    async deployment(_tenant, report) {
      assertWriting('deployment');
      put(deployments, `${report.environment} ${report.commit}`, report, `deployment ${report.environment} ${report.state}`);
      return `${memoryRepository.htmlUrl}/deployments`;
    },
  };
  return {
    reports,
    seen: {
      check: (commit, name) => checks.get(`${commit} ${name}`) ?? null,
      checkNames: (commit) => [...checks.keys()].filter((key) => key.startsWith(commit)).map((key) => key.slice(commit.length + 1)).sort(),
      comment: (number) => comments.get(`${number} report`) ?? null,
      deployments,
      reactions,
      writes,
      snapshot: () => canonicalJson([[...checks], [...comments], [...deployments], [...reactions].map(([id, set]) => [id, [...set]])]),
    },
  };
}
