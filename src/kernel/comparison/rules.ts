import { ids, readOnly, rule, types, wire, type Rule } from './rule.ts';
import { rulesOfConfiguration } from './rules-of-configuration.ts';
import { rulesOfTemplate } from './rules-of-template.ts';

const rulesOfApp: readonly Rule[] = [
  ...['id', 'name', 'type', 'apiVersion'].map((pattern) => rule(pattern, 'it says which app this is, and of which version of the API: another is another app', `${types}, flags`, { ignored: true })),
  ...readOnly(
    'systemData',
    'identity.principalId',
    'identity.tenantId',
    'identity.userAssignedIdentities.*.principalId',
    'identity.userAssignedIdentities.*.clientId',
    'properties.provisioningState',
    'properties.runningStatus',
    'properties.latestRevisionName',
    'properties.latestReadyRevisionName',
    'properties.latestRevisionFqdn',
    'properties.customDomainVerificationId',
    'properties.outboundIpAddresses',
    'properties.eventStreamEndpoint',
    'properties.delegatedIdentities',
  ),
  rule('properties', 'managedEnvironmentId stands for environmentId where that is absent', 'spec examples 2024-03-01', { canonical: 'environment-twin' }),
  rule('properties.managedEnvironmentId', 'the deprecated twin of environmentId: the server fills both', wire, { ignored: true }),
  rule('location', 'comes back as display name', ids, { canonical: 'location' }),
  rule('properties.environmentId', 'ids compare without case', ids, { canonical: 'id' }),
  rule('properties.workloadProfileName', 'case varies', wire, { canonical: 'caseless', absentMeans: 'Consumption' }),
  rule('properties.patchingMode', 'filled in by Azure', wire, { canonical: 'caseless', absentMeans: 'Automatic' }),
  rule('properties.networking.outboundVnetSubnetId', 'ids compare without case', ids, { canonical: 'id' }),

  rule('tags', 'tag names compare without case', 'doc: ARM tags', { map: true }),
  rule('tags.*', 'policies and people put tags on everything, for costs and owners: a tag runs nothing', 'ours', { others: true }),
  rule('kind', 'Azure names itself what kind of app it keeps, and it cannot be changed afterwards', 'ours', { others: true, canonical: 'caseless' }),
  rule('managedBy', 'the resource that manages this one, set by that one', 'ours', { others: true, canonical: 'id' }),
  rule('extendedLocation', 'where an Arc cluster runs it, which cannot be changed afterwards', 'ours', { others: true }),
  rule('extendedLocation.type', 'an enumeration: Azure changes its case', ids, { canonical: 'caseless' }),
  rule('extendedLocation.name', 'ids compare without case', ids, { canonical: 'id' }),

  rule('identity.type', 'order and spaces vary; an identity is access, so one that nobody declared is told and goes', wire, { canonical: 'identity-type', absentMeans: 'None' }),
  rule('identity.userAssignedIdentities', 'keys come back with resourcegroups in lower case', ids, { map: true }),
  rule('identity.userAssignedIdentities.*', 'the key is the declaration, Azure fills the ids in', wire, { presence: true }),
];

/** Several may speak about one place. */
export const rules: readonly Rule[] = [...rulesOfApp, ...rulesOfConfiguration, ...rulesOfTemplate];
