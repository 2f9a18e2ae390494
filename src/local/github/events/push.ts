import { isAncestor, listCommits, readCommit } from '../git/commits.ts';
import { changesByCommit, type CommitChanges } from '../git/diff.ts';
import { listRefs, type RefUpdate } from '../git/refs.ts';
import { noCommit } from '../git/ref-name.ts';
import { emailOf, renderPushedCommit } from '../render/commit.ts';
import { renderRepositoryOfEvent, repositoryPage } from '../render/repository.ts';
import type { Account, Repository, World } from '../world.ts';

/** GitHub lists no more in one event. */
const maxCommits = 2048;

export async function sendPush(world: World, repository: Repository, update: RefUpdate, sender: Account): Promise<void> {
  const { ref, before, after } = update;
  const created = before === noCommit;
  const deleted = after === noCommit;
  const commits = deleted ? [] : await pushedCommits(world, repository, update);
  world.send({
    name: 'push',
    repository,
    sender,
    payload: {
      ref,
      before,
      after,
      repository: renderPushedRepository(world, repository),
      pusher: { name: sender.login, email: emailOf(sender) },
      created,
      deleted,
      forced: !created && !deleted && !(await isAncestor(repository.directory, before, after)),
      base_ref: null,
      compare: compareUrl(world, repository, update),
      commits,
      head_commit: deleted ? null : await headCommit(world, repository, after, commits),
    },
  });
}

/** Mostly it is among the commits of the push. */
async function headCommit(world: World, repository: Repository, sha: string, commits: Awaited<ReturnType<typeof pushedCommits>>) {
  const told = commits.find((commit) => commit?.id === sha);
  if (told) return { ...told, distinct: true };
  const commit = await readCommit(repository.objects, sha);
  const [changes] = (await changesByCommit(repository.directory, [sha])).map(withinFiles);
  return commit && renderPushedCommit(world, repository, commit, { distinct: true, added: [], removed: [], modified: [], ...changes });
}

/** Oldest first. Of a branch that was made, what no other branch has. */
async function pushedCommits(world: World, repository: Repository, { ref, before, after }: RefUpdate) {
  const others = (await listRefs(repository.directory, ['refs/heads'])).filter(({ name }) => name !== ref).map(({ sha }) => sha);
  const known = before === noCommit ? others : [before];
  const shas = await listCommits(repository.directory, { heads: [after], exclude: known, limit: maxCommits });
  const distinct = new Set(known === others ? shas : await listCommits(repository.directory, { heads: [after], exclude: [...known, ...others], limit: maxCommits }));
  const changes = (await changesByCommit(repository.directory, shas)).map(withinFiles);
  return Promise.all(
    changes.map(async (change) => {
      const commit = await readCommit(repository.objects, change.sha);
      return commit && renderPushedCommit(world, repository, commit, { ...change, distinct: distinct.has(change.sha) });
    }),
  );
}

/** The three lists of a commit have so many files together. https://docs.github.com/webhooks/webhook-events-and-payloads#push */
const maxFiles = 3000;

function withinFiles({ sha, added, removed, modified }: CommitChanges): CommitChanges {
  const left = maxFiles - added.length;
  const kept = removed.slice(0, Math.max(0, left));
  return { sha, added: added.slice(0, maxFiles), removed: kept, modified: modified.slice(0, Math.max(0, left - kept.length)) };
}

/** In a push the times are in seconds and the owner has a name: the oldest event of all. */
function renderPushedRepository(world: World, repository: Repository) {
  const rendered = renderRepositoryOfEvent(world, repository);
  return {
    ...rendered,
    owner: { ...rendered.owner, name: repository.owner.login, email: null },
    created_at: Math.floor(Date.parse(repository.createdAt) / 1000),
    pushed_at: Math.floor(Date.parse(repository.pushedAt) / 1000),
    stargazers: 0,
    master_branch: repository.defaultBranch,
    ...(repository.owner.type === 'Organization' && { organization: repository.owner.login }),
  };
}

function compareUrl(world: World, repository: Repository, { ref, before, after }: RefUpdate): string {
  const page = repositoryPage(world, repository);
  if (before === noCommit) return `${page}/compare/${ref.replace(/^refs\/(heads|tags)\//, '')}`;
  return `${page}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`;
}
