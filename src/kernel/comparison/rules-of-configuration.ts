import { anchors, caseless, defaulted, ids, keyed, readOnly, rule, typedIn, types, wire, type Rule } from './rule.ts';

const configuration = 'properties.configuration';
const ingress = `${configuration}.ingress`;
const dapr = `${configuration}.dapr`;

const neverOn = 'off is what absent means';

export const rulesOfConfiguration: readonly Rule[] = [
  rule(`${configuration}.activeRevisionsMode`, '`single` comes back as `Single`', wire, { canonical: 'caseless', absentMeans: 'Single' }),
  ...defaulted('filled in by Azure', wire, { [`${configuration}.maxInactiveRevisions`]: 100 }),

  rule(`${configuration}.secrets`, 'older versions stay while a revision may use them, and a secret that no revision uses does nothing', 'azure-container-apps#395', {
    itemKey: ['name'],
    othersAllowed: true,
  }),
  rule(`${configuration}.secrets[].value`, 'write-only: no read shows it', `${types}, write-only flag`, { ignored: true }),
  rule(`${configuration}.secrets[].keyVaultUrl`, 'secrets may come back by name only, all of them', wire, { mayBeHidden: true }),
  rule(`${configuration}.secrets[].identity`, 'secrets may come back by name only, all of them', wire, { mayBeHidden: true, canonical: 'id' }),

  rule(`${configuration}.registries[].server`, 'host names compare without case', 'RFC 4343', { canonical: 'caseless' }),
  rule(`${configuration}.registries[].identity`, 'ids compare without case', ids, { canonical: 'id' }),
  rule(`${configuration}.identitySettings[].identity`, 'ids compare without case', ids, { canonical: 'id' }),
  rule(`${configuration}.identitySettings[].lifecycle`, 'an identity is there in all of an app’s life unless it says less', types, { canonical: 'caseless', absentMeans: 'All' }),
  ...typedIn(`${configuration}.registries[].username`),

  ...defaulted(neverOn, types, { [`${dapr}.enabled`]: false, [`${dapr}.enableApiLogging`]: false, [`${dapr}.appHealth.enabled`]: false }),
  ...defaulted('the default of the sidecar', types, { [`${dapr}.httpReadBufferSize`]: 65, [`${dapr}.httpMaxRequestSize`]: 4 }),
  rule(`${dapr}.appProtocol`, 'the default of the sidecar', types, { canonical: 'caseless', absentMeans: 'http' }),
  rule(`${dapr}.logLevel`, 'the default of the sidecar', types, { canonical: 'caseless', absentMeans: 'info' }),
  ...typedIn(`${dapr}.appHealth.path`),
  ...defaulted(neverOn, types, { [`${configuration}.runtime.java.enableMetrics`]: false }),

  rule(ingress, 'an ingress that nobody declared exposes the service', anchors, { owned: true }),
  rule(`${ingress}.traffic`, 'it belongs to the rollout, and drift of it is a class of its own', anchors, { others: true, itemKey: ['revisionName', 'latestRevision', 'label'] }),
  rule(`${ingress}.customDomains`, 'domains and their certificates are bound by people, by azd and by Azure itself', 'azure-container-apps#957, azure-dev#5552', { others: true, itemKey: ['name'] }),
  rule(`${ingress}.customDomains[].bindingType`, 'not bound is what absent means', types, { canonical: 'caseless', absentMeans: 'Disabled' }),
  rule(`${ingress}.customDomains[].certificateId`, 'ids compare without case', ids, { canonical: 'id' }),
  rule(`${ingress}.customDomains[].name`, 'host names compare without case', 'RFC 4343', { canonical: 'caseless' }),
  rule(`${ingress}.transport`, '`auto` comes back as `Auto`', wire, { canonical: 'caseless', absentMeans: 'Auto' }),
  rule(`${ingress}.targetPort`, '`"80"` comes back as `80`', wire, { canonical: 'number' }),
  rule(`${ingress}.stickySessions.affinity`, 'off is what absent means', types, { canonical: 'caseless', absentMeans: 'none' }),
  rule(`${ingress}.clientCertificateMode`, 'certificates are not asked for unless it says so', types, { canonical: 'caseless', absentMeans: 'ignore' }),
  ...caseless(wire, `${ingress}.targetPortHttpScheme`, `${ingress}.ipSecurityRestrictions[].action`),
  ...defaulted('filled in by Azure', wire, { [`${ingress}.exposedPort`]: 0, [`${ingress}.allowInsecure`]: false, [`${ingress}.external`]: false }),
  ...defaulted('left out by Azure', wire, { [`${ingress}.traffic[].latestRevision`]: false, [`${ingress}.traffic[].weight`]: 0 }),
  ...defaulted(neverOn, types, { [`${ingress}.corsPolicy.allowCredentials`]: false, [`${ingress}.additionalPortMappings[].external`]: false }),
  rule(`${ingress}.additionalPortMappings[]`, 'the exposed port is the target port unless it says otherwise', types, { canonical: 'port-mapping' }),
  ...typedIn(`${ingress}.ipSecurityRestrictions[].description`),
  ...readOnly(`${ingress}.fqdn`),

  ...keyed({
    [`${configuration}.registries`]: ['server'],
    [`${configuration}.identitySettings`]: ['identity'],
    [`${ingress}.ipSecurityRestrictions`]: ['name'],
    [`${ingress}.additionalPortMappings`]: ['targetPort'],
  }),
];
