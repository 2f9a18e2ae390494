import type { TenantId } from './ids.ts';
import type { DeploymentProgress } from './messages/deployment.ts';

/** How an environment's deployments stand, for whoever asks: read only, and never desired state. */
export interface EnvironmentStanding {
  /** The deployment that runs, or ran last; null before the first. */
  readonly deployment: DeploymentProgress | null;
  /** Commit of the one that takes over next. */
  readonly next: string | null;
  /** `at`: ISO-8601. */
  readonly paused: { readonly by: string; readonly at: string } | null;
  readonly services: readonly ServiceStanding[];
}

export interface ServiceStanding {
  readonly service: string;
  readonly tenant: string;
  /** The known-good ledger, newest last. */
  readonly knownGood: readonly KnownGood[];
  readonly quarantined: readonly Quarantined[];
}

/** Null where nothing of the service is remembered. */
export function serviceStanding(standing: EnvironmentStanding | null, service: string): ServiceStanding | null {
  return standing?.services.find((one) => one.service === service) ?? null;
}

/** A release that passed its gates and its watch with all of the traffic. */
export interface KnownGood {
  readonly image: string;
  /** Of the whole rendered app. */
  readonly digest: string;
  readonly commit: string;
  readonly revision: string;
  readonly configuration: { readonly name: string; readonly version: string } | null;
  readonly secrets: readonly { readonly binding: string; readonly version: string | null }[];
  /** One sentence: what it was judged by. */
  readonly verdict: string;
  /** ISO-8601. */
  readonly at: string;
}

/** A release that was taken back and is not tried again as it is. */
export interface Quarantined {
  readonly digest: string;
  readonly commit: string;
  readonly image: string;
  readonly reason: string;
  /** ISO-8601. */
  readonly at: string;
}

/** Null when the environment was never deployed to. Changes nothing. */
export type StandingReader = (tenantId: TenantId, environment: string) => Promise<EnvironmentStanding | null>;
