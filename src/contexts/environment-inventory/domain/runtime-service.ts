import { z } from 'zod';
import { tagOf, type ObservedApp, type ObservedRevision } from '../../../kernel/container-app.ts';
import { componentTypes, tagNames, type ComponentType } from '../../../kernel/desired-state.ts';
import { canonicalJson } from '../../../kernel/digest.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { name } from '../../../kernel/messages/shapes.ts';
import type { PayloadOf } from '../../../kernel/messages/catalogue.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';

export const runtimeService = z
  .strictObject({
    service: name,
    environment: name,
    tenant: name,
    module: z.string().nullable(),
    /** Null when Git does not declare the service. */
    componentType: z.enum(componentTypes).nullable(),
    image: z.string(),
    /** The image's tag or digest. */
    version: z.string(),
    /** ARM resource id of the container app. */
    computeTarget: z.string(),
    revision: z.string().nullable(),
    replicas: z.number().int().nonnegative(),
    healthyReplicas: z.number().int().nonnegative(),
    endpointUrl: z.string().nullable(),
    status: z.enum(['Running', 'Degraded', 'Stopped', 'Unknown']),
    /** Since when it was observed to be so. */
    observedSince: z.iso.datetime(),
  })
  .refine(({ status, healthyReplicas }) => status !== 'Running' || healthyReplicas > 0, 'nothing is Running without a healthy instance')
  .refine(({ image, version }) => version === versionOf(image), 'the version is that of the image');

/** One running component, as Azure shows it. */
export type RuntimeService = z.infer<typeof runtimeService>;

export function serviceKey(tenantId: TenantId, environment: string, service: string): AggregateKey {
  return { tenantId, type: 'RuntimeService', id: `${environment}.${service}` };
}

/** `1.4.2` of `r.azurecr.io/checkout:1.4.2`, the digest where there is one. */
export function versionOf(image: string): string {
  const [, digest] = image.split('@');
  if (digest !== undefined) return digest;
  const last = image.slice(image.lastIndexOf('/') + 1);
  const colon = last.indexOf(':');
  return colon === -1 ? 'unknown' : last.slice(colon + 1);
}

/** The revision that serves: the one with the most traffic, or without ingress the latest that is ready. */
export function servingRevision({ traffic, latestReadyRevision, latestRevision }: ObservedApp): string | null {
  const most = traffic.toSorted((a, b) => b.weight - a.weight)[0];
  return most?.revision ?? latestReadyRevision ?? latestRevision;
}

export interface Sighting {
  readonly app: ObservedApp;
  readonly revision: ObservedRevision | null;
  readonly environment: string;
  /** What Git declares of it. */
  readonly declared: { readonly type: ComponentType; readonly module: string | null } | null;
  readonly known: RuntimeService | null;
  readonly now: string;
}

/** The record of what was seen; the known one itself when nothing differs. */
export function recordOf({ app, revision, environment, declared, known, now }: Sighting): RuntimeService {
  const image = imageOf(app, known);
  const healthyReplicas = healthyReplicasOf(revision);
  const seen = {
    // Its app has the service's name. A tag may be copied or mistyped, and two apps cannot be one service.
    service: app.id.name,
    environment,
    tenant: name.safeParse(tagOf(app, tagNames.tenant)).data ?? 'unknown',
    module: tagOf(app, tagNames.module) ?? declared?.module ?? null,
    componentType: declared?.type ?? null,
    image,
    version: versionOf(image),
    computeTarget: app.resourceId,
    revision: servingRevision(app),
    replicas: revision?.replicas ?? 0,
    healthyReplicas,
    endpointUrl: app.fqdn === null ? null : `https://${app.fqdn}`,
    status: statusOf(revision, healthyReplicas),
  };
  const isSame = known !== null && canonicalJson({ ...seen, observedSince: known.observedSince }) === canonicalJson(known);
  return isSame ? known : { ...seen, observedSince: now };
}

/** Azure shows the template of the latest revision; of an older one that serves, only what was recorded is known. */
function imageOf(app: ObservedApp, known: RuntimeService | null): string {
  const serving = servingRevision(app);
  if (serving !== app.latestRevision && serving !== null) return known?.revision === serving ? known.image : 'unknown';
  return z.looseObject({ properties: template }).safeParse(app.raw).data?.properties.template.containers[0].image ?? 'unknown';
}

const template = z.looseObject({ template: z.looseObject({ containers: z.tuple([z.looseObject({ image: z.string() })], z.unknown()) }) });

function healthyReplicasOf(revision: ObservedRevision | null): number {
  const replicas = Map.groupBy(revision?.containers ?? [], ({ replica }) => replica);
  return [...replicas.values()].filter((containers) => containers.every(({ ready }) => ready)).length;
}

function statusOf(revision: ObservedRevision | null, healthyReplicas: number): RuntimeService['status'] {
  if (revision === null) return 'Unknown';
  if (!revision.active || revision.replicas === 0) return 'Stopped';
  return healthyReplicas > 0 && revision.healthState !== 'Unhealthy' ? 'Running' : 'Degraded';
}

export function inventoried({ service, tenant, image, revision, replicas, status, endpointUrl }: RuntimeService): PayloadOf<'RuntimeInventoryUpdated'>['services'][number] {
  return { service, tenant, image, revision, replicas, status, endpointUrl };
}
