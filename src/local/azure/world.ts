import type { IncomingHttpHeaders } from 'node:http';
import type { AskedFaults } from '../faults/board.ts';
import type { ServiceBuild } from './apps/service-build.ts';
import type { FaultName } from './control/fault-descriptions.ts';

/** What the parts of the local Azure share. `core.ts` builds it; every service is a function of it. */
export interface World {
  readonly subscription: string;
  /** Entra tenant id. */
  readonly directory: string;
  readonly clock: LocalClock;
  readonly pace: Pace;
  /** What Microsoft.App runs; another one may be rolled out at any time. */
  readonly build: ServiceBuild;
  readonly faults: FaultBoard;
  readonly groups: ResourceGroups;
  readonly identities: Identities;
  readonly vaults: VaultReader;
  readonly metrics: MetricSink;
  readonly activity: OperationEnds;
  /** As whom `systemData` shows somebody. */
  authorOf(principalId: string): Author;
}

export interface Author {
  readonly name: string;
  readonly type: 'User' | 'Application';
}

/** How long things take, in milliseconds. The real service is slower; the order of events is the same. */
export interface Pace {
  /** A write of a container app, from accepted to finished. */
  readonly operationMs: number;
  /** A managed environment, from `Waiting` to `Succeeded`. */
  readonly environmentMs: number;
  /** From the operation's end to the first ready replica: an operation that succeeded is not a revision that is ready. */
  readonly readyMs: number;
  readonly metricsDelayMs: number;
  /** From a write until the Activity Log tells of it. */
  readonly activityDelayMs: number;
  /** From its start to the end of an operation that the service cannot finish. */
  readonly expiryMs: number;
  /** Unversioned Key Vault references are read again on this tick. */
  readonly vaultSyncMs: number;
}

export interface LocalClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs once, unless the world closes before. @returns a function that cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** Faults that were asked for by name, `azure:429` for example. Services ask before they answer. */
export interface FaultBoard extends AskedFaults<FaultName> {
  /** What `azure:echo` says besides what the request sent. */
  echoing(texts: readonly string[]): void;
  /** @returns the fault that applies to this request, used up once per call; null for none. */
  next(about: Pick<AzureRequest, 'method' | 'path'> & { readonly headers?: IncomingHttpHeaders }): Fault | null;
}

export interface Fault {
  readonly name: FaultName;
}

export interface ResourceGroups {
  /** Null when there is no such group; names compare without case. */
  get(name: string): { readonly name: string; readonly location: string } | null;
}

export interface Identities {
  /** By ARM resource id, without case; null when there is no such identity. */
  byId(resourceId: string): { readonly id: string; readonly principalId: string; readonly clientId: string } | null;
}

/** What a workload's identity sees of Key Vault. */
export interface VaultReader {
  /** `url` is `https://<vault>.vault.azure.net/secrets/<name>[/<version>]`. */
  read(
    principalId: string,
    url: string,
  ): { readonly ok: true; readonly value: string; readonly version: string } | { readonly ok: false; readonly code: 'VaultNotFound' | 'SecretNotFound' | 'Forbidden' | 'SecretDisabled' };
}

export interface MetricSink {
  /** One request that the ingress passed to a replica. */
  request(sample: { readonly app: string; readonly revision: string; readonly pod: string; readonly statusCode: number; readonly ms: number }): void;
  /** Replicas that run, or restarts so far. `app` is the ARM resource id. */
  gauge(metric: 'Replicas' | 'RestartCount', sample: { readonly app: string; readonly revision: string; readonly pod: string | null; readonly value: number }): void;
}

/** The Activity Log hears of every operation's end. */
interface OperationEnds {
  ended(operation: string, failed: boolean): void;
}

/** A request as a service sees it: the host decides which service, doubled slashes and trailing ones are gone. */
export interface AzureRequest {
  readonly method: string;
  /** Lower case, without port. */
  readonly host: string;
  /** `https://<host as the client named it>`, for addresses in answers. */
  readonly origin: string;
  /** Collapsed, without query, as sent otherwise. */
  readonly path: string;
  /** Percent-decoded, case kept. Compare ARM's fixed segments without case. */
  readonly segments: readonly string[];
  /** Keys decoded and lower case. */
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; null for an empty body. Broken JSON was answered with 400 before. */
  readonly body: unknown;
  /** Object id of whose token came along. */
  readonly principalId: string;
}

export interface AzureAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; absent or null for an empty body. */
  readonly body?: unknown;
}

/** Answers what it models; null for what it does not, which becomes a 501 that names the path. */
export type AzureService = (request: AzureRequest) => Promise<AzureAnswer | null> | AzureAnswer | null;
