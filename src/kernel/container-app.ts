import { isObject } from './comparison/canonical.ts';
import { fieldsOf } from './comparison/named-field.ts';
import { tagNames, type AzurePlace, type JsonObject } from './desired-state.ts';
import { tenantScope, type TenantId } from './ids.ts';

/** A container app in Azure. Names compare without case. */
export interface AppId {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly name: string;
}

export function appId(place: AzurePlace, name: string): AppId {
  return { subscription: place.subscription, resourceGroup: place.resourceGroup, name };
}

export interface TrafficWeight {
  /** Null when the entry follows the latest revision. */
  readonly revision: string | null;
  readonly weight: number;
  readonly label: string | null;
}

/** A container app as Azure shows it. `raw` is the whole answer as it came: typed SDK models drop what they do not know. */
export interface ObservedApp {
  readonly id: AppId;
  readonly resourceId: string;
  readonly tags: Readonly<Record<string, string>>;
  /** `InProgress`, `Succeeded`, `Failed`, ...: about the last operation, not about the revision. */
  readonly provisioningState: string;
  readonly revisionsMode: 'Single' | 'Multiple';
  readonly fqdn: string | null;
  readonly latestRevision: string | null;
  readonly latestReadyRevision: string | null;
  readonly traffic: readonly TrafficWeight[];
  readonly raw: JsonObject;
}

/**
 * The revision that the app's template makes, when it names one: what runs of an app without ingress. `latestRevision` is the newest that
 * was made, which a rollback may have ended.
 */
export function templateRevision({ id, raw }: ObservedApp): string | null {
  const suffix = liveSuffix({ raw });
  return suffix === '' ? null : `${id.name}--${suffix}`;
}

/** As the app's template says it; empty where Azure chose the name. */
export function liveSuffix({ raw }: Pick<ObservedApp, 'raw'>): string {
  const { template } = fieldsOf(raw['properties']);
  const { revisionSuffix } = fieldsOf(template);
  return typeof revisionSuffix === 'string' ? revisionSuffix : '';
}

export function liveConfiguration({ raw }: Pick<ObservedApp, 'raw'>): JsonObject {
  const { configuration } = fieldsOf(raw['properties']);
  return fieldsOf(configuration);
}

export function hasIngress(app: Pick<ObservedApp, 'raw'>): boolean {
  return isObject(liveConfiguration(app)['ingress']);
}

/** A revision with its replicas. The gate reads this, never the operation's end. */
export interface ObservedRevision {
  readonly name: string;
  readonly active: boolean;
  readonly createdAt: string | null;
  readonly trafficWeight: number;
  readonly replicas: number;
  readonly fqdn: string | null;
  /** `Provisioning`, `Provisioned`, `Failed`, ... */
  readonly provisioningState: string;
  /** `Healthy`, `Unhealthy`, `None`. */
  readonly healthState: string;
  /** `Running`, `Processing`, `Stopped`, `Degraded`, `Failed`, `Activating`, `ScaledToZero`, ... */
  readonly runningState: string;
  /** Azure's own words on why it is in that state, also those on why it was not provisioned: read for what they mean, never shown as they are. */
  readonly runningStateDetails: string | null;
  readonly containers: readonly ObservedContainer[];
}

export interface ObservedContainer {
  readonly replica: string;
  readonly name: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
}

/** Tag names compare without case; an empty tag says nothing. */
export function tagOf({ tags }: Pick<ObservedApp, 'tags'>, name: string): string | null {
  return Object.entries(tags).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] || null;
}

/** GitHub's id of the repository: it outlives a rename and a new installation. */
export function repositoryTag(tenantId: TenantId): string {
  return String(tenantScope(tenantId).repositoryId);
}

/** Another repository or another environment says that the app is theirs. An app without our tags belongs to nobody and may be adopted. */
export function isForeign(app: Pick<ObservedApp, 'tags'>, tenantId: TenantId, environment: string): boolean {
  const repository = tagOf(app, tagNames.repository);
  const where = tagOf(app, tagNames.environment);
  return (repository !== null && repository !== repositoryTag(tenantId)) || (where !== null && where !== environment);
}

/** Somebody writes to it at this moment. */
export function isBusy({ provisioningState }: ObservedApp): boolean {
  return ['inprogress', 'deleting', 'updating', 'waiting'].includes(provisioningState.toLowerCase());
}
