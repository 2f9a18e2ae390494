import { isObject } from '../../../kernel/comparison/canonical.ts';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import { listAt, numberAt, objectAt, withoutNulls } from './reading.ts';

/** A template as the service echoes it on acceptance: what was sent, without nulls inside, the ephemeral storage filled in. */
export function acceptedTemplate(sent: JsonObject): JsonObject {
  const init = listAt(sent, 'initContainers');
  const volumes = listAt(sent, 'volumes');
  const binds = listAt(sent, 'serviceBinds');
  return {
    ...sent,
    revisionSuffix: sent['revisionSuffix'] ?? null,
    terminationGracePeriodSeconds: sent['terminationGracePeriodSeconds'] ?? null,
    containers: listAt(sent, 'containers').map(acceptedContainer),
    initContainers: init.length === 0 ? null : init.map(acceptedContainer),
    scale: acceptedScale(objectAt(sent, 'scale')),
    volumes: volumes.length === 0 ? null : volumes.map(withoutNulls),
    serviceBinds: binds.length === 0 ? null : binds,
  };
}

/** The same as it is read after the operation: every default filled in (facts/azure.md A1.6). */
export function settledTemplate(accepted: JsonObject): JsonObject {
  const scale = objectAt(accepted, 'scale') ?? {};
  const rules = listAt(scale, 'rules');
  const { minReplicas, maxReplicas, cooldownPeriod, pollingInterval, ...others } = scale;
  const init = listAt(accepted, 'initContainers');
  return {
    ...accepted,
    revisionSuffix: accepted['revisionSuffix'] ?? '',
    containers: listAt(accepted, 'containers').map(settledContainer),
    initContainers: init.length === 0 ? null : init.map(settledContainer),
    scale: {
      ...others,
      minReplicas: minReplicas ?? null,
      maxReplicas: maxReplicas ?? 10,
      cooldownPeriod: cooldownPeriod ?? 300,
      pollingInterval: pollingInterval ?? 30,
      rules: rules.length === 0 ? null : rules.map(settledRule),
    },
  };
}

function acceptedContainer(sent: JsonObject): JsonObject {
  const { resources, env, imageType, ...rest } = sent;
  const lists = Object.fromEntries(Object.entries(rest).filter(([, value]) => !(Array.isArray(value) && value.length === 0)));
  const named = listAt({ env }, 'env').map(withoutNulls);
  return {
    ...withoutNulls(lists),
    ...(typeof imageType === 'string' && { imageType }),
    ...(named.length > 0 && { env: named }),
    ...(isObject(resources) && { resources: { ...withoutNulls(resources), ephemeralStorage: ephemeralStorage(numberAt(resources, 'cpu') ?? 0.5) } }),
  };
}

function settledContainer(accepted: JsonObject): JsonObject {
  const resources = objectAt(accepted, 'resources');
  const cpu = numberAt(resources, 'cpu') ?? 0.5;
  const memory = resources?.['memory'];
  return {
    ...accepted,
    resources: { ...resources, cpu, memory: typeof memory === 'string' ? plainMemory(memory) : '1Gi', ephemeralStorage: ephemeralStorage(cpu) },
  };
}

function ephemeralStorage(cpu: number): string {
  if (cpu <= 0.25) return '1Gi';
  if (cpu <= 0.5) return '2Gi';
  return cpu <= 1 ? '4Gi' : '8Gi';
}

/** `1.0Gi` comes back as `1Gi`. */
function plainMemory(memory: string): string {
  const match = /^([0-9]+(?:\.[0-9]+)?)([A-Za-z]*)$/.exec(memory.trim());
  return match === null ? memory : `${Number(match[1])}${match[2] ?? ''}`;
}

function acceptedScale(sent: JsonObject | null): JsonObject | null {
  if (sent === null) return null;
  return { ...sent, minReplicas: numberAt(sent, 'minReplicas'), maxReplicas: numberAt(sent, 'maxReplicas'), rules: Array.isArray(sent['rules']) ? listAt(sent, 'rules').map(withoutNulls) : null };
}

/** KEDA's names for the rules that Azure gives a field of their own; metadata are texts. */
function settledRule(accepted: JsonObject): JsonObject {
  const { custom, azureQueue, ...rest } = accepted;
  if (isObject(azureQueue)) return { ...rest, azureQueue: { accountName: '', ...azureQueue } };
  if (!isObject(custom)) return withTexts(rest);
  const { type, metadata, ...others } = custom;
  if (type === 'http' || type === 'tcp') return withTexts({ ...rest, [type]: { metadata, ...others } });
  if (type !== 'azure-queue') return { ...rest, custom: { ...custom, ...(isObject(metadata) && { metadata: texts(metadata) }) } };
  const { accountName, queueName, queueLength } = isObject(metadata) ? metadata : {};
  return { ...rest, azureQueue: { accountName, queueName, queueLength: Number(queueLength), ...others } };
}

function withTexts(rule: JsonObject): JsonObject {
  const entries = Object.entries(rule).map(([key, value]) => [key, isObject(value) && isObject(value['metadata']) ? { ...value, metadata: texts(value['metadata']) } : value]);
  return Object.fromEntries(entries);
}

function texts(metadata: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)]));
}
