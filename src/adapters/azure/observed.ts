import * as z from 'zod';
import type { AppId, ObservedApp, ObservedContainer, ObservedRevision } from '../../kernel/container-app.ts';
import type { JsonObject } from '../../kernel/desired-state.ts';
import { parseArmId, sameName } from './names.ts';
import { readAs, unexpectedAnswer } from './translate.ts';

/** Enumerations stay open and everything that Azure may leave out or set to null is optional (facts: real traffic). */
const text = z.string().nullish();
const ingressSchema = z.object({
  fqdn: text,
  traffic: z.array(z.object({ revisionName: text, weight: z.number().nullish(), latestRevision: z.boolean().nullish(), label: text })).nullish(),
});
const appSchema = z.object({
  id: z.string(),
  name: z.string(),
  tags: z.record(z.string(), z.string()).nullish(),
  properties: z.object({
    provisioningState: text,
    latestRevisionName: text,
    latestReadyRevisionName: text,
    configuration: z.object({ activeRevisionsMode: text, ingress: ingressSchema.nullish() }).nullish(),
  }),
});

/** @throws Unavailable when the body is no container app of the group that was asked for: ids in answers are read, not trusted. */
export function observedApp(body: unknown, asked: Omit<AppId, 'name'>, call: string): ObservedApp {
  const { id, name, tags, properties } = readAs(appSchema, body, call);
  if (!isAppOf(asked, id, name)) throw unexpectedAnswer(call);
  const { configuration } = properties;
  return {
    id: { subscription: asked.subscription, resourceGroup: asked.resourceGroup, name },
    resourceId: id,
    tags: tags ?? {},
    provisioningState: properties.provisioningState ?? 'Unknown',
    revisionsMode: configuration?.activeRevisionsMode?.toLowerCase() === 'multiple' ? 'Multiple' : 'Single',
    latestRevision: properties.latestRevisionName || null,
    latestReadyRevision: properties.latestReadyRevisionName || null,
    ...observedIngress(configuration?.ingress ?? null),
    // The schema found an object, and JSON objects have nothing else in them.
    raw: body as JsonObject,
  };
}

function isAppOf(asked: Omit<AppId, 'name'>, id: string, name: string): boolean {
  const place = parseArmId(id);
  if (place?.type !== 'microsoft.app/containerapps') return false;
  return sameName(place.subscription, asked.subscription) && sameName(place.resourceGroup, asked.resourceGroup) && sameName(place.name, name);
}

function observedIngress(ingress: z.infer<typeof ingressSchema> | null): Pick<ObservedApp, 'fqdn' | 'traffic'> {
  const traffic = (ingress?.traffic ?? []).map((entry) => ({
    revision: entry.latestRevision ? null : (entry.revisionName ?? null),
    weight: entry.weight ?? 0,
    label: entry.label ?? null,
  }));
  return { fqdn: ingress?.fqdn || null, traffic };
}

const revisionSchema = z.object({
  name: z.string(),
  properties: z.object({
    active: z.boolean().nullish(),
    createdTime: text,
    trafficWeight: z.number().nullish(),
    replicas: z.number().nullish(),
    fqdn: text,
    provisioningState: text,
    healthState: text,
    runningState: text,
    runningStateDetails: text,
    provisioningError: text,
  }),
});

export function observedRevision(body: unknown, containers: readonly ObservedContainer[], call: string): ObservedRevision {
  const { name, properties } = readAs(revisionSchema, body, call);
  return {
    name,
    active: properties.active ?? false,
    createdAt: properties.createdTime ?? null,
    trafficWeight: properties.trafficWeight ?? 0,
    replicas: properties.replicas ?? 0,
    fqdn: properties.fqdn || null,
    provisioningState: properties.provisioningState ?? 'Unknown',
    healthState: properties.healthState ?? 'None',
    runningState: properties.runningState ?? 'Unknown',
    runningStateDetails: properties.runningStateDetails || properties.provisioningError || null,
    containers,
  };
}

const containerSchema = z.object({
  name: z.string(),
  ready: z.boolean().nullish(),
  started: z.boolean().nullish(),
  restartCount: z.number().nullish(),
});
const replicaSchema = z.object({ name: z.string(), properties: z.object({ containers: z.array(containerSchema).nullish() }) });

/** A container of which Azure does not say that it is ready is not ready. */
export function observedContainers(replicas: readonly unknown[], call: string): readonly ObservedContainer[] {
  return readAs(z.array(replicaSchema), replicas, call).flatMap(({ name: replica, properties }) =>
    (properties.containers ?? []).map(({ name, ready, started, restartCount }) => ({
      replica,
      name,
      ready: ready ?? false,
      started: started ?? false,
      restartCount: restartCount ?? 0,
    })),
  );
}
