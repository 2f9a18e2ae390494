import { anchors, caseless, defaulted, ids, keyed, rule, types, typedIn, wire, type Does, type Rule } from './rule.ts';

const template = 'properties.template';
const scale = `${template}.scale`;

/** The same for containers and for init containers. */
function perContainer(path: string, reason: string, source: string, does: Does): readonly Rule[] {
  return kinds.map((kind) => rule(`${template}.${kind}[]${path}`, reason, source, does));
}

const kinds = ['containers', 'initContainers'] as const;
const probeDefaults = { periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3, successThreshold: 1, initialDelaySeconds: 0 };

/**
 * Nothing in a template is left to others: its revision is named by its content, and Azure refuses other content under a name that is
 * there (azure-container-apps#1278). So only what Azure itself fills in has a default here.
 */
export const rulesOfTemplate: readonly Rule[] = [
  ...defaulted('filled in by Azure', wire, { [`${scale}.minReplicas`]: 0, [`${scale}.maxReplicas`]: 10, [`${scale}.cooldownPeriod`]: 300, [`${scale}.pollingInterval`]: 30 }),
  ...defaulted('off is what absent means', 'SDK 4.0.0', { [`${scale}.allowScalingRuleOverride`]: false }),
  rule(`${scale}.rules`, 'a rule that nobody declared scales the service', anchors, { owned: true, itemKey: ['name'] }),
  rule(`${scale}.rules[]`, 'custom rules of known types come back as such', wire, { canonical: 'scale-rule' }),
  rule(`${scale}.rules[].*.metadata`, 'numbers become texts', wire, { canonical: 'rule-metadata', map: true }),
  rule(`${scale}.rules[].*.identity`, 'ids compare without case', ids, { canonical: 'id' }),
  ...typedIn(`${scale}.rules[].*.metadata.*`),

  rule(`${template}.initContainers`, 'a container that nobody declared runs code', anchors, { owned: true, itemKey: ['name'] }),
  ...perContainer('.resources.ephemeralStorage', 'set by Azure', `${types}, read-only flag`, { ignored: true }),
  ...perContainer('.resources.memory', '`1.0Gi` comes back as `1Gi`', wire, { canonical: 'memory', absentMeans: '1Gi' }),
  ...perContainer('.resources.cpu', 'filled in by Azure', wire, { canonical: 'number', absentMeans: 0.5 }),
  ...perContainer('.imageType', 'filled in by Azure', wire, { canonical: 'caseless', absentMeans: 'ContainerImage' }),
  ...perContainer('.env', 'the order means nothing', wire, { itemKey: ['name'] }),
  ...perContainer('.volumeMounts', 'the order means nothing', wire, { itemKey: ['mountPath'] }),
  ...perContainer('.probes', 'the order means nothing', wire, { itemKey: ['type'] }),
  ...perContainer('.probes[].httpGet.httpHeaders', 'the order means nothing', types, { itemKey: ['name'] }),
  ...kinds.flatMap((kind) => typedIn(...['env[].value', 'command[]', 'args[]', 'probes[].httpGet.path', 'probes[].httpGet.httpHeaders[].value'].map((path) => `${template}.${kind}[].${path}`))),
  ...kinds.flatMap((kind) => caseless(wire, `${template}.${kind}[].probes[].type`)),
  ...perContainer('.probes[].httpGet.scheme', 'filled in by Azure', wire, { canonical: 'caseless', absentMeans: 'HTTP' }),
  ...Object.entries(probeDefaults).flatMap(([field, absentMeans]) => perContainer(`.probes[].${field}`, 'filled in by Azure', 'doc: health probes', { absentMeans })),

  rule(`${template}.volumes[].storageType`, 'empty unless it says otherwise', types, { canonical: 'caseless', absentMeans: 'EmptyDir' }),
  ...typedIn(`${template}.volumes[].mountOptions`),
  rule(`${template}.serviceBinds[].serviceId`, 'ids compare without case', ids, { canonical: 'id' }),
  ...keyed({
    [`${template}.containers`]: ['name'],
    [`${template}.volumes`]: ['name'],
    [`${template}.volumes[].secrets`]: ['secretRef', 'path'],
    [`${template}.serviceBinds`]: ['name'],
    [`${scale}.rules[].*.auth`]: ['triggerParameter', 'secretRef'],
  }),
];
