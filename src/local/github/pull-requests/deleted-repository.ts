import { rm } from 'node:fs/promises';
import type { Account, Repository, World } from '../world.ts';
import { closePull, openPulls } from './follow.ts';

/** The repository and its files go; the pull requests that came from it close. https://github.com/refined-github/sandbox/pull/129 */
export async function deleteRepository(world: World, repository: Repository, sender: Account): Promise<void> {
  repository.deleted = true;
  world.repositories.delete(repository.id);
  world.installation?.repositories.delete(repository.id);
  for (const { base, pull } of openPulls(world)) {
    if (pull.head.repository.id === repository.id) await closePull(world, base, pull, sender);
  }
  repository.objects.close();
  await rm(repository.directory, { recursive: true, force: true });
}
