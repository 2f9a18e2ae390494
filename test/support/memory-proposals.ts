import type { Proposal, Proposals, Proposed, ProposedFile, PullRequest, TreeEntry } from '../../src/gitops/ports.ts';
import { assertWriting } from './write-scope.ts';

/** What a person reads of a pull request. */
export interface ProposedText {
  readonly title: string;
  readonly body: string;
  readonly branch: string;
  readonly byApp: boolean;
}

/** The repository below the proposals, as `memoryGitHub` keeps it. */
interface Access {
  readonly branches: Map<string, string>;
  readonly pulls: Map<number, PullRequest>;
  readonly texts: Map<number, ProposedText>;
  readonly writes: string[];
  tree(commit: string): readonly TreeEntry[];
  blob(text: string): Pick<TreeEntry, 'sha' | 'size'>;
  isWithin(commit: string, branch: string): boolean;
  addCommit(tree: readonly TreeEntry[], parents: readonly string[]): string;
  refuse(message: string): never;
}

const firstNumber = 100;

/** Branches and pull requests of the App, with the same refusals as GitHub's. */
export function memoryProposals(access: Access): Proposals {
  const { branches, pulls, texts, writes } = access;

  const seen = (number: number): PullRequest => pulls.get(number) ?? access.refuse(`no pull request ${number}`);
  /** As GitHub follows a branch. */
  const followed = (number: number): PullRequest => {
    const pull = seen(number);
    const head = branches.get(texts.get(number)?.branch ?? '');
    if (pull.state === 'open' && head !== undefined) pulls.set(number, { ...pull, headSha: head });
    return seen(number);
  };
  const answer = (number: number, isOurs: boolean): Proposed => {
    const { htmlUrl: url, state, merged, headSha } = followed(number);
    return { number, url, state: merged ? 'merged' : state, headSha, isOurs };
  };
  const openFor = (branch: string): number | null => [...texts].find(([number, text]) => text.branch === branch && seen(number).state === 'open')?.[0] ?? null;

  function bring({ branch, commit, ours }: Proposal): boolean {
    const head = branches.get(branch) ?? null;
    if (head === commit) return true;
    if (head !== null && !ours.includes(head)) return false;
    branches.set(branch, commit);
    writes.push(`branch ${branch}`);
    return true;
  }

  function opened({ branch, baseRef, commit, title, body }: Proposal): number {
    if (access.isWithin(commit, baseRef)) access.refuse(`No commits between ${baseRef} and ${branch}`);
    const number = Math.max(firstNumber, ...pulls.keys()) + 1;
    pulls.set(number, { number, state: 'open', merged: false, mergeCommit: null, mergedAt: null, headSha: commit, headRepositoryId: 7, baseRef, baseRepositoryId: 7, htmlUrl: `https://github.com/contoso/platform/pull/${number}`, openedAt: '2026-01-01T00:00:00Z' });
    texts.set(number, { title, body, branch, byApp: true });
    writes.push(`opened ${title}`);
    return number;
  }

  function edit(number: number, { title, body, bodyWhenLeft }: Proposal, isOurs: boolean): void {
    const text = texts.get(number);
    if (text?.byApp !== true) return;
    const next = isOurs ? { ...text, title, body } : { ...text, body: bodyWhenLeft };
    if (text.title !== next.title || text.body !== next.body) writes.push(`edited ${number}`);
    texts.set(number, next);
  }

  return {
    async commit(_tenant, { base, files }) {
      assertWriting('commit');
      writes.push(`commit of ${files.map(({ path }) => path).join(', ')}`);
      return access.addCommit(files.reduce((tree, file) => withFile(access, tree, file), access.tree(base)), [base]);
    },
    async propose(_tenant, proposal) {
      assertWriting('propose');
      if (proposal.body.length > 65_536 || proposal.title.length > 256) access.refuse(`${proposal.body.length} characters`);
      const { number, branch } = proposal;
      if (number !== null && seen(number).state !== 'open') return answer(number, false);
      const isOurs = bring(proposal);
      const open = number ?? openFor(branch);
      if (open !== null) {
        edit(open, proposal, isOurs);
        return answer(open, isOurs && texts.get(open)?.byApp === true);
      }
      return isOurs ? answer(opened(proposal), true) : null;
    },
    async close(_tenant, number, ours) {
      assertWriting('close');
      const isOurs = texts.get(number)?.byApp === true && ours.includes(followed(number).headSha);
      if (isOurs && seen(number).state === 'open') {
        pulls.set(number, { ...seen(number), state: 'closed' });
        writes.push(`closed ${number}`);
      }
      return answer(number, isOurs);
    },
  };
}

function withFile(access: Access, tree: readonly TreeEntry[], { path, mode, content }: ProposedFile): readonly TreeEntry[] {
  const rest = tree.filter((entry) => entry.path !== path);
  if (content === null) return rest.length === tree.length ? access.refuse(`${path} is not there`) : rest;
  return [...rest, { path, mode, ...('text' in content ? access.blob(content.text) : { sha: content.blob, size: 1 }) }];
}
