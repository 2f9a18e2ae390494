import type { JsonObject } from '../../../kernel/desired-state.ts';
import { listAt, numberAt, objectAt, textAt, withoutNulls } from './reading.ts';

/** How many inactive revisions stay when nobody says. */
export const defaultMaxInactive = 100;

/** The app's configuration as it was accepted. Secrets keep their values here: `configurationView` never shows them. */
export function acceptedConfiguration(sent: JsonObject, isNew: boolean): JsonObject {
  const registries = listAt(sent, 'registries');
  return {
    ...sent,
    secrets: Array.isArray(sent['secrets']) ? listAt(sent, 'secrets') : null,
    activeRevisionsMode: capitalised(textAt(sent, 'activeRevisionsMode') ?? 'Single'),
    ingress: acceptedIngress(objectAt(sent, 'ingress')),
    registries: registries.length === 0 ? null : registries.map(withoutNulls),
    identitySettings: listAt(sent, 'identitySettings'),
    dapr: sent['dapr'] ?? null,
    runtime: sent['runtime'] ?? null,
    maxInactiveRevisions: numberAt(sent, 'maxInactiveRevisions') ?? (isNew ? defaultMaxInactive : null),
    service: sent['service'] ?? null,
  };
}

function acceptedIngress(sent: JsonObject | null): JsonObject | null {
  if (sent === null) return null;
  const traffic = Array.isArray(sent['traffic']) ? listAt(sent, 'traffic').map(trafficEntry) : null;
  const kept = ['customDomains', 'ipSecurityRestrictions', 'corsPolicy', 'clientCertificateMode', 'stickySessions', 'additionalPortMappings', 'targetPortHttpScheme'];
  return {
    fqdn: null,
    external: sent['external'] === true,
    targetPort: numberAt(sent, 'targetPort'),
    exposedPort: numberAt(sent, 'exposedPort'),
    transport: capitalised(textAt(sent, 'transport') ?? 'Auto'),
    traffic,
    allowInsecure: sent['allowInsecure'] === true,
    ...Object.fromEntries(kept.map((key) => [key, sent[key] ?? null])),
  };
}

function trafficEntry(sent: JsonObject): JsonObject {
  const revisionName = textAt(sent, 'revisionName');
  const label = textAt(sent, 'label');
  return {
    ...(revisionName !== null && { revisionName }),
    weight: numberAt(sent, 'weight') ?? 0,
    ...(sent['latestRevision'] === true && { latestRevision: true }),
    ...(label !== null && { label }),
  };
}

/** Every default filled in, as after the operation. */
export function settledConfiguration(accepted: JsonObject): JsonObject {
  const ingress = objectAt(accepted, 'ingress');
  const registries = listAt(accepted, 'registries').map((one) => ({ username: '', passwordSecretRef: '', identity: '', ...one }));
  const traffic = listAt(ingress, 'traffic');
  return {
    ...accepted,
    secrets: listAt(accepted, 'secrets').length === 0 ? null : accepted['secrets'],
    registries: registries.length === 0 ? null : registries,
    ingress: ingress && { ...ingress, exposedPort: ingress['exposedPort'] ?? 0, traffic: traffic.length === 0 ? [{ weight: 100, latestRevision: true }] : traffic },
  };
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).toLowerCase()}`;
}
