import { renderInstallationOfEvent } from '../render/app.ts';
import { renderRepositoryName } from '../render/repository.ts';
import type { Account, Installation, Repository, World } from '../world.ts';

export function sendInstallation(world: World, target: Installation, action: 'created' | 'suspend' | 'unsuspend' | 'deleted', sender: Account): void {
  const repositories = [...target.repositories].flatMap((id) => world.repositories.get(id) ?? []).map(renderRepositoryName);
  world.send({ name: 'installation', repository: null, sender, payload: { action, installation: renderInstallationOfEvent(world, target), repositories } });
}

export function sendInstallationRepository(world: World, target: Installation, action: 'added' | 'removed', repository: Repository, sender: Account): void {
  const names = [renderRepositoryName(repository)];
  const changed = { repositories_added: action === 'added' ? names : [], repositories_removed: action === 'removed' ? names : [] };
  const payload = { action, installation: renderInstallationOfEvent(world, target), repository_selection: 'selected', ...changed, requester: null };
  world.send({ name: 'installation_repositories', repository: null, sender, payload });
}
