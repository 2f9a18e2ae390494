import { isAncestor, listCommits, readCommit } from '../git/commits.ts';
import { changesByCommit } from '../git/diff.ts';
import { listRefs, type RefUpdate } from '../git/refs.ts';
import { noCommit } from '../git/ref-name.ts';
import { emailOf, renderPushedCommit } from '../render/commit.ts';
import { renderRepository, repositoryPage } from '../render/repository.ts';
import type { Account, Repository, World } from '../world.ts';

/** GitHub lists no more in one event. */
const maxCommits = 2048;

export async function sendPush(world: World, repository: Repository, update: RefUpdate, sender: Account): Promise<void> {
  const { ref, before, after } = update;
  const created = before === noCommit;
  const deleted = after === noCommit;
  const commits = deleted ? [] : await pushedCommits(world, repository, update);
  const tip = deleted ? null : await readCommit(repository.objects, after);
  const [tipChanges] = tip ? await changesByCommit(repository.directory, [after]) : [];
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
      head_commit: tip && renderPushedCommit(world, repository, tip, { distinct: true, added: [], removed: [], modified: [], ...tipChanges }),
    },
  });
}

/** Oldest first. Of a branch that was made, what no other branch has. */
async function pushedCommits(world: World, repository: Repository, { ref, before, after }: RefUpdate) {
  const others = (await listRefs(repository.directory, ['refs/heads'])).filter(({ name }) => name !== ref).map(({ sha }) => sha);
  const known = before === noCommit ? others : [before];
  const shas = await listCommits(repository.directory, { heads: [after], exclude: known, limit: maxCommits });
  const distinct = new Set(await listCommits(repository.directory, { heads: [after], exclude: [...known, ...others], limit: maxCommits }));
  const changes = await changesByCommit(repository.directory, shas);
  return Promise.all(
    changes.map(async (change) => {
      const commit = await readCommit(repository.objects, change.sha);
      return commit && renderPushedCommit(world, repository, commit, { ...change, distinct: distinct.has(change.sha) });
    }),
  );
}

/** In a push the times are in seconds and the owner has a name: the oldest event of all. */
function renderPushedRepository(world: World, repository: Repository) {
  const rendered = renderRepository(world, repository);
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
