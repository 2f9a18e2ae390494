import type { AppId, ObservedApp, ObservedRevision } from '../../kernel/container-app.ts';
import type { ContainerAppBody, JsonObject } from '../../kernel/desired-state.ts';
import type { AbortSignal } from '../../kernel/context.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { OperationStatus, OperationToken } from '../../kernel/operation.ts';
import type { Clock, DesiredStateReader, Store } from '../../kernel/ports.ts';

export interface DeploymentPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly desired: DesiredStateReader;
  readonly apps: ContainerApps;
  readonly endpoints: EndpointProbe;
  readonly requests: RevisionRequests;
  readonly logs: LogNumbers;
  readonly gates: HttpGates;
  readonly outages: Outages;
}

/** Whether Azure is asked at all just now. */
export interface Outages {
  /** Milliseconds since the epoch since when nothing is sent to this subscription because it does not answer; null while it is asked. */
  since(place: { readonly subscription: string }): Promise<number | null>;
}

/** Microsoft.App as the deployment needs it. Observing changes nothing; every write may be repeated. All throw `kernel/errors.ts`. */
export interface ContainerApps {
  /** Null when there is no such app. */
  observe(tenant: TenantId, app: AppId, signal: AbortSignal): Promise<ObservedApp | null>;
  /** Null when there is no such revision. With its replicas. */
  revision(tenant: TenantId, app: AppId, revision: string, signal: AbortSignal): Promise<ObservedRevision | null>;
  /** All revisions, without their replicas' containers. */
  revisions(tenant: TenantId, app: AppId, signal: AbortSignal): Promise<readonly ObservedRevision[]>;
  /** PUT of the whole body, for an app that is not there. Sent byte for byte as given: no SDK model filters it. */
  create(tenant: TenantId, app: AppId, body: ContainerAppBody, signal: AbortSignal): Promise<OperationToken>;
  /** JSON merge patch: null deletes, arrays are replaced whole. Sent as given. */
  patch(tenant: TenantId, app: AppId, patch: JsonObject, signal: AbortSignal): Promise<OperationToken>;
  operation(tenant: TenantId, token: OperationToken, signal: AbortSignal): Promise<OperationStatus>;
  activate(tenant: TenantId, app: AppId, revision: string, signal: AbortSignal): Promise<void>;
  deactivate(tenant: TenantId, app: AppId, revision: string, signal: AbortSignal): Promise<void>;
}

/** An HTTP request to a workload. */
export interface EndpointProbe {
  /**
   * GET `https://<fqdn><path>`, no redirects followed, at most 64 KiB read. `fqdn` must have been read from ARM.
   * Never throws for what the workload does: no answer is `status: null`.
   */
  probe(tenant: TenantId, target: ProbeTarget, signal: AbortSignal): Promise<ProbeAnswer>;
}

export interface ProbeTarget {
  readonly fqdn: string;
  readonly path: string;
  readonly timeoutMs: number;
}

export interface ProbeAnswer {
  readonly status: number | null;
  readonly ms: number;
}

/** How many requests a revision got, as Azure counts them: some minutes late. */
export interface RevisionRequests {
  /** Since `from`, in milliseconds since the epoch, rounded down to a full minute. Null when Azure has no data, which is not zero. */
  since(tenant: TenantId, app: AppId, revision: string, from: number, signal: AbortSignal): Promise<RequestCount | null>;
}

export interface RequestCount {
  readonly total: number;
  readonly serverErrors: number;
}

/** Log Analytics. */
export interface LogNumbers {
  /** The one number that the query answers over the last `minutes`; null when it answers no row or no number. @throws Rejected when the query is wrong. */
  ask(tenant: TenantId, question: LogQuestion, signal: AbortSignal): Promise<number | null>;
}

export interface LogQuestion {
  readonly workspace: string;
  readonly query: string;
  readonly minutes: number;
}

/** A system of the user's own. */
export interface HttpGates {
  /** POST of the question as JSON, answered with `{"verdict": ...}`. Never throws for what that system does: any other answer is inconclusive, none is no data. */
  ask(tenant: TenantId, gate: { readonly url: string; readonly timeoutMs: number }, question: GateQuestion, signal: AbortSignal): Promise<HttpVerdict>;
}

export interface GateQuestion {
  readonly environment: string;
  readonly service: string;
  readonly revision: string;
  readonly image: string;
  readonly commit: string;
  /** Percent of the traffic that the revision has. */
  readonly weight: number;
  readonly deploymentId: string;
}

export interface HttpVerdict {
  readonly verdict: 'pass' | 'fail' | 'inconclusive' | 'no-data';
  /** For people; at most 200 characters, not trusted. */
  readonly detail: string | null;
}
