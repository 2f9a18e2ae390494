import type { World } from '../world.ts';
import type { App } from './app.ts';
import type { Revision } from './revision.ts';
import type { Timers } from './timers.ts';

/** Every minute has to have a value, also when nothing happens. */
const measureEveryMs = 20_000;

/** Tells Azure Monitor what runs and how often it was restarted. */
export function measure(world: World, app: App, revision: Revision): void {
  const { replicas, replicaCount, name } = revision;
  world.metrics.gauge('Replicas', { app: app.id, revision: name, pod: null, value: replicaCount });
  for (const replica of replicas) world.metrics.gauge('RestartCount', { app: app.id, revision: name, pod: replica.name, value: replica.restartCount });
}

export function measureRegularly(world: World, timers: Timers, apps: () => readonly App[]): void {
  timers.after(measureEveryMs, () => {
    for (const app of apps()) for (const revision of app.revisions) if (revision.active) measure(world, app, revision);
    measureRegularly(world, timers, apps);
  });
}
