/**
 * Every field of a container app that a write may set, of the API's versions up to 2026-07-01 and what previews showed. What is live and
 * undeclared counts only here: Azure shows fields of versions to come in the answers of older ones (facts/azure.md B9), and a field that
 * no model knows must not turn into drift of every app on the day it appears.
 */
interface Fields {
  readonly [key: string]: Fields | null;
}

/** Keys without fields of their own; a list's key ends with `[]`. */
function values(...keys: readonly string[]): Fields {
  return Object.fromEntries(keys.map((key) => [key, null]));
}

const container: Fields = {
  ...values('name', 'image', 'imageType', 'command[]', 'args[]'),
  'env[]': values('name', 'value', 'secretRef'),
  resources: values('cpu', 'memory'),
  'volumeMounts[]': values('volumeName', 'mountPath', 'subPath'),
  'probes[]': {
    ...values('type', 'initialDelaySeconds', 'periodSeconds', 'timeoutSeconds', 'failureThreshold', 'successThreshold', 'terminationGracePeriodSeconds'),
    httpGet: { ...values('host', 'path', 'port', 'scheme'), 'httpHeaders[]': values('name', 'value') },
    tcpSocket: values('host', 'port'),
  },
};

const ingress: Fields = {
  ...values('external', 'targetPort', 'exposedPort', 'transport', 'allowInsecure', 'targetPortHttpScheme', 'clientCertificateMode'),
  'traffic[]': values('revisionName', 'weight', 'latestRevision', 'label'),
  'customDomains[]': values('name', 'bindingType', 'certificateId'),
  'ipSecurityRestrictions[]': values('name', 'description', 'ipAddressRange', 'action'),
  stickySessions: values('affinity'),
  corsPolicy: values('allowedOrigins[]', 'allowedMethods[]', 'allowedHeaders[]', 'exposeHeaders[]', 'maxAge', 'allowCredentials'),
  'additionalPortMappings[]': values('external', 'targetPort', 'exposedPort'),
};

const configuration: Fields = {
  ...values('activeRevisionsMode', 'maxInactiveRevisions'),
  'secrets[]': values('name', 'value', 'identity', 'keyVaultUrl'),
  ingress,
  'registries[]': values('server', 'username', 'passwordSecretRef', 'identity'),
  dapr: {
    ...values('enabled', 'appId', 'appProtocol', 'appPort', 'httpReadBufferSize', 'httpMaxRequestSize', 'logLevel', 'enableApiLogging', 'maxConcurrency'),
    appHealth: values('enabled', 'path', 'probeIntervalSeconds', 'probeTimeoutMilliseconds', 'threshold'),
  },
  runtime: { java: { ...values('enableMetrics'), javaAgent: { ...values('enabled'), logging: { 'loggerSettings[]': values('logger', 'level') } } } },
  service: values('type'),
  'identitySettings[]': values('identity', 'lifecycle'),
};

const template: Fields = {
  ...values('revisionSuffix', 'terminationGracePeriodSeconds'),
  'containers[]': container,
  'initContainers[]': container,
  scale: {
    ...values('minReplicas', 'maxReplicas', 'cooldownPeriod', 'pollingInterval', 'allowScalingRuleOverride'),
    'rules[]': { name: null, '*': { ...values('type', 'identity', 'accountName', 'queueName', 'queueLength'), metadata: values('*'), 'auth[]': values('secretRef', 'triggerParameter') } },
  },
  'volumes[]': { ...values('name', 'storageType', 'storageName', 'mountOptions'), 'secrets[]': values('secretRef', 'path') },
  'serviceBinds[]': { ...values('serviceId', 'name', 'clientType'), customizedKeys: values('*') },
};

const app: Fields = {
  ...values('location', 'managedBy', 'kind'),
  tags: values('*'),
  extendedLocation: values('name', 'type'),
  identity: { type: null, userAssignedIdentities: values('*') },
  properties: { ...values('environmentId', 'workloadProfileName', 'patchingMode'), networking: values('outboundVnetSubnetId'), configuration, template },
};

function patterns(fields: Fields, above: string): readonly string[] {
  return Object.entries(fields).flatMap(([key, below]) => {
    const at = above === '' ? key : `${above}.${key}`;
    return [at, ...(at.endsWith('[]') ? [at.slice(0, -2)] : []), ...(below === null ? [] : patterns(below, at))];
  });
}

/** As patterns of places: every field, every object and list on the way to one. */
export const writableFields: ReadonlySet<string> = new Set(patterns(app, ''));
