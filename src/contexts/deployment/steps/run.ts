import { withApp } from '../../../kernel/comparison/honoured.ts';
import { appId, type AppId } from '../../../kernel/container-app.ts';
import type { Delivery } from '../../../kernel/context.ts';
import type { DesiredEnvironment, DesiredService } from '../../../kernel/desired-state.ts';
import type { EmittedMessage } from '../../../kernel/envelope.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { Save } from '../../../kernel/outcome.ts';
import { runningAs } from '../../../kernel/taken-over.ts';
import type { WarmRevision } from '../domain/deployment-queue.ts';
import { blaming, inState, withService, type RuntimeDeployment } from '../domain/runtime-deployment.ts';
import type { Release, ServiceRollout } from '../domain/service-rollout.ts';
import type { Timing } from '../domain/timing.ts';
import type { DeploymentPorts } from '../ports.ts';

/** One look at a running deployment, by one delivery. */
export interface Run {
  readonly ports: DeploymentPorts;
  readonly timing: Timing;
  readonly tenantId: TenantId;
  readonly delivery: Delivery;
  readonly deployment: RuntimeDeployment;
  readonly desired: DesiredEnvironment;
  /** A newer deployment waits: no further write is begun. */
  readonly isPreempted: boolean;
  /** Revisions that are kept active on purpose. */
  readonly warm: readonly WarmRevision[];
}

/** What came of it: the deployment as it is now, what else to save, and when to look again. */
export interface Turn {
  readonly deployment: RuntimeDeployment;
  readonly saves: readonly Save[];
  readonly againMs: number;
  /** Besides what the deployment says of itself. */
  readonly emits: readonly EmittedMessage[];
}

export function turn(deployment: RuntimeDeployment, againMs = 0, saves: readonly Save[] = [], emits: readonly EmittedMessage[] = []): Turn {
  return { deployment, againMs, saves, emits };
}

export function appOf(run: Run, rollout: ServiceRollout): AppId {
  return appId(run.desired.azure, rollout.service);
}

/** By the name that its revision has. @throws when the commit does not declare it, see `inGit`. */
export function declaredService(run: Run, rollout: ServiceRollout): DesiredService {
  return runningAs(asHeld(run, rollout), rollout.takenOver);
}

/** With what Git leaves to others as it was found: one release is the same from its first look to its end. */
export function asHeld(run: Run, rollout: ServiceRollout): DesiredService {
  const service = inGit(run, rollout);
  return rollout.held === null ? service : withApp(service, rollout.held);
}

/** @throws when the commit does not declare it: the services of a deployment were taken from the same commit. */
export function inGit({ desired }: Run, { service }: ServiceRollout): DesiredService {
  const found = desired.services.find(({ name }) => name === service);
  if (found === undefined) throw new Error(`${desired.name} does not declare ${service}`);
  return found;
}

export function releaseOf({ deployment }: Run, service: DesiredService): Release {
  const { commit, generation, trace } = deployment;
  return { digest: service.digest, commit, generation: String(generation), trace, body: service.app };
}

/** Places that Git leaves to others; none of a service that the commit does not declare. */
export function ignoresOf({ desired }: Run, { service }: ServiceRollout): DesiredService['ignores'] {
  return desired.services.find(({ name }) => name === service)?.ignores ?? [];
}

/** What a way back takes the app from. */
export function takenRelease(run: Run, rollout: ServiceRollout): Release {
  return rollout.taken ?? releaseOf(run, declaredService(run, rollout));
}

export interface Why {
  readonly reason: string;
  readonly needs?: string | null;
}

export function warmOf({ warm }: Run, { service }: Pick<ServiceRollout, 'service'>): ReadonlySet<string> {
  return new Set(warm.flatMap((one) => (one.service === service ? [one.revision] : [])));
}

/** It cannot go on: back to what ran before where something may have been written, an end without effect where nothing was. */
export function backOut(deployment: RuntimeDeployment, at: number, why: Why, isToBlame: (rollout: ServiceRollout) => boolean = nobody): RuntimeDeployment {
  const mayGoBack = deployment.services.some(({ touched }) => touched);
  return inState(blaming(deployment, isToBlame, why.reason), mayGoBack ? 'RollingBack' : 'Failed', at, why);
}

function nobody(): boolean {
  return false;
}

/** Services in the order of the deployment, each with the changes of those before. Stops after the first that wrote. */
export interface Fold {
  readonly deployment: RuntimeDeployment;
  readonly saves: readonly Save[];
  readonly hasWritten: boolean;
  /** Milliseconds until the next look; the shortest that was asked for. */
  readonly againMs: number;
}

export function startFold(run: Run): Fold {
  return { deployment: run.deployment, saves: [], hasWritten: false, againMs: run.timing.lookMs };
}

export function folded(fold: Fold, rollout: ServiceRollout, more: { readonly saves?: readonly Save[]; readonly wrote?: boolean; readonly againMs?: number } = {}): Fold {
  return {
    deployment: withService(fold.deployment, rollout),
    saves: [...fold.saves, ...(more.saves ?? [])],
    hasWritten: fold.hasWritten || (more.wrote ?? false),
    againMs: Math.min(fold.againMs, more.againMs ?? fold.againMs),
  };
}
