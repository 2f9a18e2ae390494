import { countCommits, listCommits, mergeBase, readCommit, resolveCommit, type Commit } from '../git/commits.ts';
import { changedFiles } from '../git/diff.ts';
import { runGit } from '../git/git.ts';
import { isRefName } from '../git/ref-name.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { renderCommit, renderCommitDetails, renderFile } from '../render/commit.ts';
import { renderPull } from '../render/pull-request.ts';
import { repositoryPage, repositoryUrl } from '../render/repository.ts';
import { forkOf } from '../world.ts';
import { ok, onRepository, page, pageOf, param, refuseUnmodelled, type Endpoint, type RepositoryCall } from './endpoint.ts';
import { commitOf, storedCommit } from './lookup.ts';

const read = { app: ['contents:read'], person: 'read' } as const;

export const commitEndpoints: readonly Endpoint[] = [
  onRepository('GET', '/commits', read, list),
  onRepository('GET', '/commits/:ref{.+}/pulls', { app: ['pull_requests:read'], person: 'read' }, pullsOf),
  onRepository('GET', '/compare/:basehead{.+}', read, compare),
];
/** After every other path that begins with `/commits/`: a ref has slashes too. */
export const commitByRefEndpoint: Endpoint = onRepository('GET', '/commits/:ref{.+}', read, getCommit);

async function list(call: RepositoryCall) {
  const { repository } = call;
  refuseUnmodelled(call, ['author', 'committer', 'since', 'until']);
  const start = call.query.get('sha') ?? repository.defaultBranch;
  const commit = await resolveCommit(repository.objects, start);
  if (!commit) throw notFound();
  const path = call.query.get('path');
  const shas = await listCommits(repository.directory, { heads: [commit.sha], limit: 10_000, ...(path !== null && { path }) });
  return pageOf(call, shas, async (sha) => renderCommit(call.world, repository, await storedCommit(repository, sha)));
}

async function getCommit(call: RepositoryCall) {
  const commit = await commitOf(call);
  if (/\.sha\b/.test(call.accept)) return { status: 200, bytes: { content: Buffer.from(commit.sha), type: 'application/vnd.github.sha; charset=utf-8' } };
  return ok(await renderCommitDetails(call.world, call.repository, commit));
}

/** Merged: those whose merge made the commit or that hold it; open: those that hold it. */
async function pullsOf(call: RepositoryCall) {
  const { repository } = call;
  const { sha } = await commitOf(call);
  const found = [];
  for (const pull of repository.pulls.values()) {
    const holds = async (): Promise<boolean> => (await listCommits(repository.directory, { heads: [pull.head.sha], exclude: [pull.base.sha], limit: 250 })).includes(sha);
    if (pull.merged?.commit === sha || pull.head.sha === sha || (await holds())) found.push(pull);
  }
  return pageOf(call, found, (pull) => renderPull(call.world, repository, pull));
}

async function compare(call: RepositoryCall) {
  const { world, repository } = call;
  const [baseName = '', headName = ''] = param(call, 'basehead').split('...', 2);
  const [base, head] = [await comparedCommit(call, baseName), await comparedCommit(call, headName)];
  const start = await mergeBase(repository.directory, base.sha, head.sha);
  if (start === null) throw new HttpProblem(404, `No common ancestor between ${baseName} and ${headName}.`);
  const [ahead, behind] = await Promise.all([countCommits(repository.directory, base.sha, head.sha), countCommits(repository.directory, head.sha, base.sha)]);
  const shas = (await listCommits(repository.directory, { heads: [head.sha], exclude: [base.sha], limit: 10_000 })).toReversed();
  const paged = call.query.has('page') || call.query.has('per_page');
  const { items, headers } = page(call, shas, paged ? {} : { perPage: 250, max: 250 });
  // Only the first page has files, and at most 300 of them.
  const files = Number(call.query.get('page') ?? 1) === 1 ? (await changedFiles(repository.directory, start, head.sha)).slice(0, 300) : [];
  const url = `${repositoryUrl(world, repository)}/compare/${baseName}...${headName}`;
  const html = `${repositoryPage(world, repository)}/compare/${baseName}...${headName}`;
  const body = {
    url,
    html_url: html,
    permalink_url: `${repositoryPage(world, repository)}/compare/${base.sha}...${head.sha}`,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: renderCommit(world, repository, base),
    merge_base_commit: renderCommit(world, repository, await storedCommit(repository, start)),
    status: ahead === 0 ? (behind === 0 ? 'identical' : 'behind') : behind === 0 ? 'ahead' : 'diverged',
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: await Promise.all(items.map(async (sha) => renderCommit(world, repository, await storedCommit(repository, sha)))),
    files: files.map((file) => renderFile(world, repository, head.sha, file)),
  };
  return { status: 200, body, headers };
}

/** `name` or, from a fork, `owner:branch`, whose commits are fetched. */
async function comparedCommit(call: RepositoryCall, name: string): Promise<Commit> {
  const { world, repository } = call;
  const [first = '', branch] = name.split(':', 2);
  const own = branch === undefined || first.toLowerCase() === repository.owner.login.toLowerCase();
  const found = own ? await resolveCommit(repository.objects, branch ?? first) : await fromFork();
  if (!found) throw notFound();
  return found;

  async function fromFork(): Promise<Commit | null> {
    const fork = forkOf(world, repository, first);
    if (!fork || branch === undefined || !isRefName(branch)) return null;
    const head = await resolveCommit(fork.objects, `refs/heads/${branch}`);
    if (!head) return null;
    await runGit(repository.directory, ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', fork.directory, `refs/heads/${branch}`]);
    return readCommit(repository.objects, head.sha);
  }
}

