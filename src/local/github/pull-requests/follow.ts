import { isAncestor, isoSeconds, mergeBase } from '../git/commits.ts';
import { runGit } from '../git/git.ts';
import { updateRef, type RefUpdate } from '../git/refs.ts';
import { noCommit } from '../git/ref-name.ts';
import { requestSuite } from '../events/check-suite.ts';
import { sendPush } from '../events/push.ts';
import { sendRefEvent } from '../events/ref.ts';
import { renderPullOfEvent } from '../render/pull-request.ts';
import type { Account, PullRequest, Repository, World } from '../world.ts';

/** Moves one ref and lets everything follow. Call it inside `repository.alone`. @throws GitFailed when `before` is not what is there. */
export async function moveRef(world: World, repository: Repository, update: RefUpdate, sender: Account): Promise<void> {
  await updateRef(repository.directory, update);
  await afterRefUpdates(world, repository, [update], sender);
}

const branchPrefix = 'refs/heads/';
const maxTags = 3;

/** After refs moved, by push or API: the push events, the check suites, and the pull requests from and to the branches. */
export async function afterRefUpdates(world: World, repository: Repository, updates: readonly RefUpdate[], sender: Account): Promise<void> {
  if (updates.length > 0) repository.pushedAt = isoSeconds(world.now());
  const branches = updates.filter(({ ref }) => ref.startsWith(branchPrefix));
  const tags = updates.filter(({ ref }) => ref.startsWith('refs/tags/'));
  // Of more than these at once GitHub sends nothing: https://docs.github.com/webhooks/webhook-events-and-payloads#push
  const told = [...(branches.length <= world.limits.pushedBranches ? branches : []), ...(tags.length <= maxTags ? tags : [])];
  for (const update of told) {
    sendRefEvent(world, repository, update, sender);
    await sendPush(world, repository, update, sender);
    if (!update.ref.startsWith(branchPrefix)) continue;
    const headBranch = update.ref.slice(branchPrefix.length);
    if (update.after !== noCommit) await requestSuite(world, repository, { headSha: update.after, headBranch, before: update.before }, sender);
  }
  for (const update of branches) {
    await followHead(world, repository, update, sender);
    await followBase(world, repository, update, sender);
  }
}

async function followHead(world: World, repository: Repository, { ref, after }: RefUpdate, sender: Account): Promise<void> {
  for (const { base, pull } of openPulls(world)) {
    if (pull.head.repository.id !== repository.id || `${branchPrefix}${pull.head.ref}` !== ref || pull.head.sha === after) continue;
    if (after === noCommit) {
      await closePull(world, base, pull, sender);
      continue;
    }
    const before = pull.head.sha;
    await takeHead(base, pull, after);
    pull.updatedAt = isoSeconds(world.now());
    await sendPull(world, base, pull, 'synchronize', sender, { before, after });
    if (await leavesNothing(base, pull)) await closePull(world, base, pull, sender);
  }
}

/**
 * Forced back to what the base has, or away from its history: such a pull request closes.
 * https://github.com/bitcoin-core/gitian.sigs/pull/84, https://github.com/stride3d/stride/issues/3283
 */
async function leavesNothing({ directory }: Repository, { base, head }: PullRequest): Promise<boolean> {
  const common = await mergeBase(directory, base.sha, head.sha);
  return common === null || common === head.sha;
}

/** Fetches the head into the base repository: from a fork its commits, and always `refs/pull/<n>/head`. */
export async function takeHead(base: Repository, pull: PullRequest, sha: string): Promise<void> {
  const own = `refs/pull/${pull.number}/head`;
  const { repository, ref } = pull.head;
  if (repository.id !== base.id) await runGit(base.directory, ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', repository.directory, `+${branchPrefix}${ref}:${own}`]);
  await runGit(base.directory, ['update-ref', own, sha]);
  pull.head.sha = sha;
}

async function followBase(world: World, repository: Repository, { ref, after }: RefUpdate, sender: Account): Promise<void> {
  for (const { base, pull } of openPulls(world)) {
    if (base.id !== repository.id || `${branchPrefix}${pull.base.ref}` !== ref) continue;
    if (after === noCommit) {
      await closePull(world, base, pull, sender);
    } else if (await isAncestor(base.directory, pull.head.sha, after)) {
      // Pushed to the base by hand: merged all the same.
      await closePull(world, base, pull, sender, after);
    } else {
      pull.base.sha = after;
      if (await leavesNothing(base, pull)) await closePull(world, base, pull, sender);
    }
  }
}

export function openPulls(world: World): { base: Repository; pull: PullRequest }[] {
  return [...world.repositories.values()].flatMap((base) => [...base.pulls.values()].filter(({ state }) => state === 'open').map((pull) => ({ base, pull })));
}

/** With `mergedAs`, the commit that brought it to the base, it counts as merged. */
export async function closePull(world: World, repository: Repository, pull: PullRequest, by: Account, mergedAs: string | null = null): Promise<void> {
  markClosed(world, pull, by, mergedAs);
  await sendPull(world, repository, pull, 'closed', by);
}

/** `mergedAs`: as `closePull`. */
export function markClosed(world: World, pull: PullRequest, by: Account, mergedAs: string | null): void {
  const at = isoSeconds(world.now());
  pull.state = 'closed';
  pull.closedAt = at;
  pull.closedBy = by;
  pull.updatedAt = at;
  pull.merged = mergedAs === null ? null : { by, commit: mergedAs, at };
}

type PullAction = 'opened' | 'synchronize' | 'closed' | 'reopened' | 'edited';

export async function sendPull(world: World, repository: Repository, pull: PullRequest, action: PullAction, sender: Account, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const rendered = await renderPullOfEvent(world, repository, pull);
  world.send({ name: 'pull_request', repository, sender, payload: { action, number: pull.number, pull_request: rendered, ...more } });
}
