import { isoSeconds } from '../git/commits.ts';
import type { Installation, InstallationToken, World } from '../world.ts';
import { nodeId, renderAccount } from './account.ts';

export function renderApp(world: World) {
  const { app } = world;
  return {
    id: app.id,
    slug: app.slug,
    client_id: app.clientId,
    node_id: nodeId('App', app.id),
    owner: renderAccount(world, world.organization),
    name: app.name,
    description: '',
    external_url: `${world.origin}/apps/${app.slug}`,
    html_url: `${world.origin}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: app.permissions,
    events: [...app.events],
  };
}

export function renderInstallation(world: World, installation: Installation) {
  return {
    id: installation.id,
    client_id: world.app.clientId,
    account: renderAccount(world, installation.account),
    repository_selection: 'selected' as const,
    access_tokens_url: `${world.api}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${world.api}/installation/repositories`,
    html_url: `${world.origin}/organizations/${installation.account.login}/settings/installations/${installation.id}`,
    app_id: world.app.id,
    app_slug: world.app.slug,
    target_id: installation.account.id,
    target_type: installation.account.type,
    permissions: world.app.permissions,
    events: [...world.app.events],
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspended && renderAccount(world, installation.suspended.by),
    suspended_at: installation.suspended?.at ?? null,
  };
}

/** As an event holds it: its times are in seconds. */
export function renderInstallationOfEvent(world: World, installation: Installation) {
  const seconds = Math.floor(Date.parse(installation.createdAt) / 1000);
  return { ...renderInstallation(world, installation), created_at: seconds, updated_at: seconds };
}

export function renderInstallationToken(secret: string, token: InstallationToken, repositories: readonly object[] | null) {
  return {
    token: secret,
    expires_at: isoSeconds(token.expiresAt),
    permissions: token.permissions,
    repository_selection: token.repositories === null ? 'all' : 'selected',
    ...(repositories && { repositories }),
  };
}
