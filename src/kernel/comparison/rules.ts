/**
 * What Azure Container Apps does to a body between a write and the next read, as data. A pattern names a place: keys joined by dots,
 * `[]` for an array's items, `*` for the keys of a map. Sources: real recorded traffic ("wire"), the bicep types' read-only flags
 * ("types"), Microsoft's documentation ("doc") and issue threads.
 */
export type Canonical = 'caseless' | 'id' | 'location' | 'memory' | 'number' | 'identity-type' | 'scale-rule' | 'rule-metadata';

export interface Rule {
  readonly pattern: string;
  readonly reason: string;
  readonly source: string;
  /** Azure's alone: never compared, never sent, never shown. */
  readonly ignored?: true;
  /** What absent means. */
  readonly absentMeans?: string | number | boolean;
  /** How equal values may be written differently. */
  readonly canonical?: Canonical;
  /** Fields that identify an item of the array; their order then means nothing. */
  readonly itemKey?: readonly string[];
  /** Items of the array that nobody declared are left alone. */
  readonly othersAllowed?: true;
  /** Azure may not show it: absent in the live body says nothing. */
  readonly mayBeHidden?: true;
  /** Declared by its key alone: an empty object is not the same as absent. */
  readonly presence?: true;
  /** Keys compare without case, here those of a map. */
  readonly map?: true;
  /** Ours although nobody declared it: there when nothing is declared is a difference, and a patch removes it. */
  readonly owned?: true;
  /** A live value that Git does not know may be a secret that somebody typed in: shown as a fingerprint. */
  readonly masked?: true;
}

const wire = 'facts/azure.md A1.6 [wire]';
const types = 'bicep types 2026-01-01, read-only flag';

function rule(pattern: string, reason: string, source: string, does: Omit<Rule, 'pattern' | 'reason' | 'source'>): Rule {
  return { pattern, reason, source, ...does };
}

/** The same rule for containers and for init containers. */
function perContainer(path: string, reason: string, source: string, does: Omit<Rule, 'pattern' | 'reason' | 'source'>): readonly Rule[] {
  return ['containers', 'initContainers'].map((kind) => rule(`properties.template.${kind}[]${path}`, reason, source, does));
}

function readOnly(...patterns: readonly string[]): readonly Rule[] {
  return patterns.map((pattern) => rule(pattern, 'set by Azure', types, { ignored: true }));
}

function defaulted(source: string, defaults: Readonly<Record<string, string | number | boolean>>): readonly Rule[] {
  return Object.entries(defaults).map(([pattern, absentMeans]) => rule(pattern, 'filled in by Azure', source, { absentMeans }));
}

function keyed(items: Readonly<Record<string, readonly string[]>>): readonly Rule[] {
  return Object.entries(items).map(([pattern, itemKey]) => rule(pattern, 'Azure keeps no order', wire, { itemKey }));
}

const ingress = 'properties.configuration.ingress';
const template = 'properties.template';

const probeDefaults = { periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3, successThreshold: 1, initialDelaySeconds: 0 };

/** Several rules may speak about one place. */
export const rules: readonly Rule[] = [
  ...readOnly(
    'id',
    'name',
    'type',
    'apiVersion',
    'systemData',
    'identity.principalId',
    'identity.tenantId',
    'properties.provisioningState',
    'properties.runningStatus',
    'properties.latestRevisionName',
    'properties.latestReadyRevisionName',
    'properties.latestRevisionFqdn',
    'properties.customDomainVerificationId',
    'properties.outboundIpAddresses',
    'properties.eventStreamEndpoint',
    'properties.delegatedIdentities',
    `${ingress}.fqdn`,
  ),
  rule('properties.managedEnvironmentId', 'the deprecated twin of environmentId: the server fills both', wire, { ignored: true }),
  rule('location', 'comes back as display name', 'facts/azure.md A1.4 [wire]', { canonical: 'location' }),
  rule('properties.environmentId', 'ids compare without case', 'facts/azure.md A1.4 [wire]', { canonical: 'id' }),
  rule('properties.workloadProfileName', 'case varies', wire, { canonical: 'caseless', absentMeans: 'Consumption' }),
  rule('tags', 'tag names compare without case', 'doc: ARM tags', { map: true }),

  rule('identity.type', 'order and spaces vary', wire, { canonical: 'identity-type', absentMeans: 'None' }),
  rule('identity.userAssignedIdentities', 'keys come back with resourcegroups in lower case', 'facts/azure.md A1.4 [wire]', { map: true }),
  rule('identity.userAssignedIdentities.*', 'the key is the declaration, Azure fills the ids in', wire, { presence: true }),
  ...readOnly('identity.userAssignedIdentities.*.principalId', 'identity.userAssignedIdentities.*.clientId'),

  rule('properties.configuration.activeRevisionsMode', '`single` comes back as `Single`', wire, { canonical: 'caseless', absentMeans: 'Single' }),
  ...defaulted(wire, { 'properties.configuration.maxInactiveRevisions': 100, 'properties.patchingMode': 'Automatic' }),
  rule('properties.configuration.secrets', 'older versions stay while a revision may use them', 'azure-container-apps#395', {
    itemKey: ['name'],
    othersAllowed: true,
  }),
  rule('properties.configuration.secrets[].value', 'write-only', types, { ignored: true }),
  rule('properties.configuration.secrets[].keyVaultUrl', 'secrets may come back by name only', wire, { mayBeHidden: true }),
  rule('properties.configuration.secrets[].identity', 'secrets may come back by name only', wire, { mayBeHidden: true, canonical: 'id' }),
  rule('properties.configuration.registries[].identity', 'ids compare without case', wire, { canonical: 'id' }),
  rule('properties.configuration.identitySettings[].identity', 'ids compare without case', wire, { canonical: 'id' }),
  rule('properties.configuration.dapr.appProtocol', 'enumeration', wire, { canonical: 'caseless' }),

  rule(ingress, 'an ingress that nobody declared exposes the service', 'facts/gitops-anchors.md 6', { owned: true }),
  rule(`${ingress}.transport`, '`auto` comes back as `Auto`', wire, { canonical: 'caseless', absentMeans: 'Auto' }),
  rule(`${ingress}.targetPortHttpScheme`, 'enumeration', wire, { canonical: 'caseless' }),
  rule(`${ingress}.clientCertificateMode`, 'enumeration', wire, { canonical: 'caseless' }),
  rule(`${ingress}.targetPort`, '`"80"` comes back as `80`', wire, { canonical: 'number' }),
  ...defaulted(wire, { [`${ingress}.exposedPort`]: 0, [`${ingress}.allowInsecure`]: false, [`${ingress}.external`]: false }),
  ...defaulted(wire, { [`${ingress}.traffic[].latestRevision`]: false, [`${ingress}.traffic[].weight`]: 0 }),

  ...defaulted(wire, {
    [`${template}.scale.minReplicas`]: 0,
    [`${template}.scale.maxReplicas`]: 10,
    [`${template}.scale.cooldownPeriod`]: 300,
    [`${template}.scale.pollingInterval`]: 30,
  }),
  rule(`${template}.scale.rules[]`, 'custom rules of known types come back as such', wire, { canonical: 'scale-rule' }),
  rule(`${template}.scale.rules[].*.metadata`, 'numbers become texts', wire, { canonical: 'rule-metadata', map: true }),
  rule(`${template}.scale.rules[].*.metadata.*`, 'somebody may have typed a secret in', 'facts/reliability.md 2.3', { masked: true }),
  rule(`${template}.scale.rules`, 'a rule that nobody declared scales the service', 'facts/gitops-anchors.md 6', { owned: true, itemKey: ['name'] }),
  rule(`${template}.initContainers`, 'a container that nobody declared runs code', 'facts/gitops-anchors.md 6', { owned: true, itemKey: ['name'] }),

  ...perContainer('.resources.ephemeralStorage', 'set by Azure', types, { ignored: true }),
  ...perContainer('.resources.memory', '`1.0Gi` comes back as `1Gi`', wire, { canonical: 'memory', absentMeans: '1Gi' }),
  ...perContainer('.resources.cpu', 'filled in by Azure', wire, { canonical: 'number', absentMeans: 0.5 }),
  ...perContainer('.imageType', 'filled in by Azure', wire, { canonical: 'caseless', absentMeans: 'ContainerImage' }),
  ...perContainer('.env', 'Azure keeps no order', wire, { itemKey: ['name'] }),
  ...perContainer('.env[].value', 'somebody may have typed a secret in', 'facts/reliability.md 2.3', { masked: true }),
  ...perContainer('.command[]', 'somebody may have typed a secret in', 'facts/reliability.md 2.3', { masked: true }),
  ...perContainer('.args[]', 'somebody may have typed a secret in', 'facts/reliability.md 2.3', { masked: true }),
  ...perContainer('.probes[].httpGet.httpHeaders[].value', 'somebody may have typed a secret in', 'facts/reliability.md 2.3', { masked: true }),
  ...perContainer('.volumeMounts', 'Azure keeps no order', wire, { itemKey: ['mountPath'] }),
  ...perContainer('.probes', 'Azure keeps no order', wire, { itemKey: ['type'] }),
  ...perContainer('.probes[].type', 'enumeration', wire, { canonical: 'caseless' }),
  ...perContainer('.probes[].httpGet.scheme', 'enumeration', wire, { canonical: 'caseless', absentMeans: 'HTTP' }),
  ...Object.entries(probeDefaults).flatMap(([field, absentMeans]) =>
    perContainer(`.probes[].${field}`, 'filled in by Azure', 'doc: health probes', { absentMeans }),
  ),

  rule(`${template}.volumes[].storageType`, 'enumeration', wire, { canonical: 'caseless' }),
  ...keyed({
    'properties.configuration.registries': ['server'],
    'properties.configuration.identitySettings': ['identity'],
    [`${ingress}.traffic`]: ['revisionName', 'latestRevision', 'label'],
    [`${ingress}.customDomains`]: ['name'],
    [`${ingress}.ipSecurityRestrictions`]: ['name'],
    [`${ingress}.additionalPortMappings`]: ['targetPort'],
    [`${template}.containers`]: ['name'],
    [`${template}.volumes`]: ['name'],
    [`${template}.serviceBinds`]: ['name'],
    [`${template}.scale.rules[].*.auth`]: ['triggerParameter', 'secretRef'],
  }),
];
