import type { DeploymentQueue, WarmRevision } from './deployment-queue.ts';
import type { RuntimeDeployment } from './runtime-deployment.ts';

/**
 * After a deployment has ended: what served before its blue-green releases stays active for a while, one revision of each service. What an
 * earlier one keeps has its time, unless a nearer one takes its place.
 */
export function withWarm(warm: DeploymentQueue['warm'], { services }: Pick<RuntimeDeployment, 'services'>): WarmRevision[] {
  const kept = services.flatMap(({ service, step, warm: one }) => (one !== null && (step === 'done' || step === 'retiring') ? [{ service, ...one }] : []));
  const replaced = new Set(kept.map(({ service }) => service));
  return [...warm.filter(({ service }) => !replaced.has(service)), ...kept];
}

/** The first whose time is over and whose service no deployment works on. */
export function dueOf(warm: readonly WarmRevision[], busy: ReadonlySet<string>, now: number): WarmRevision | null {
  return warm.find(({ service, until }) => until <= now && !busy.has(service)) ?? null;
}
