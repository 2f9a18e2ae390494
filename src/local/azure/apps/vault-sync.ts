import type { World } from '../world.ts';
import type { App } from './app.ts';
import { followedSecrets, haveMoved, resolveSecrets } from './secrets.ts';
import type { Timers } from './timers.ts';

/**
 * Reads unversioned Key Vault references again on every tick. Where a value changed, active revisions restart and no revision is made;
 * where reading fails, the app goes on with what it has (facts/azure.md A2).
 */
export function syncVaults(world: World, timers: Timers, apps: () => readonly App[]): void {
  const tick = () => {
    for (const app of apps()) if (app.operation === null) syncApp(world, app);
    timers.after(world.pace.vaultSyncMs, tick);
  };
  timers.after(world.pace.vaultSyncMs, tick);
}

function syncApp(world: World, app: App): void {
  if (app.applied === null) return;
  const followed = followedSecrets(app.applied);
  if (followed.length === 0) return;
  const read = resolveSecrets(world, app, app.applied).secrets;
  if (!app.behindVault && !haveMoved(followed, app.secrets, read)) return;
  app.secrets = new Map([...app.secrets, ...read]);
  app.behindVault = false;
  for (const revision of app.revisions) revision.restart(app.secrets);
}
