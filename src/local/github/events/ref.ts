import type { RefUpdate } from '../git/refs.ts';
import { noCommit } from '../git/ref-name.ts';
import type { Account, Repository, World } from '../world.ts';

/** `create` and `delete`, before the push that tells the same. */
export function sendRefEvent(world: World, repository: Repository, { ref, before, after }: RefUpdate, sender: Account): void {
  if (before !== noCommit && after !== noCommit) return;
  const name = ref.replace(/^refs\/(heads|tags)\//, '');
  const what = { ref: name, ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch', pusher_type: 'user' };
  if (after === noCommit) world.send({ name: 'delete', repository, sender, payload: what });
  else world.send({ name: 'create', repository, sender, payload: { ...what, master_branch: repository.defaultBranch, description: null } });
}
