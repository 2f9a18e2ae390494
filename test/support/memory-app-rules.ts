import type { JsonObject } from '../../src/kernel/desired-state.ts';
import { Rejected } from '../../src/kernel/errors.ts';

/** What Azure refuses of a container app, and what it never ends: facts/azure.md A1.3, A1.5. */
export interface LooseApp {
  readonly tags?: Record<string, string>;
  readonly properties: {
    readonly environmentId: string;
    readonly configuration: { readonly activeRevisionsMode?: string; readonly secrets?: readonly { name: string; value?: string; keyVaultUrl?: string }[]; readonly ingress?: { readonly external?: boolean; readonly traffic?: readonly WireTraffic[] } | null };
    readonly template: { readonly revisionSuffix?: string; readonly containers: readonly { image: string; env?: readonly { secretRef?: string }[] }[]; readonly scale?: { readonly minReplicas?: number } };
  };
}

interface WireTraffic {
  readonly revisionName?: string;
  readonly latestRevision?: boolean;
  readonly weight?: number;
  readonly label?: string;
}

export function looseOf(body: JsonObject): LooseApp {
  // Test bodies are ARM's wire shape.
  return body as unknown as LooseApp;
}

export function isSingleMode({ properties }: LooseApp): boolean {
  return (properties.configuration.activeRevisionsMode ?? 'Single').toLowerCase() === 'single';
}

export function secretRefsOf({ properties }: LooseApp): readonly string[] {
  return (properties.template.containers[0]?.env ?? []).flatMap(({ secretRef }) => secretRef ?? []);
}

/** By name only is refused, also for secrets that are there: a read and write back would lose every one of them. */
export function checkSecrets(app: string, loose: LooseApp): void {
  const secrets = loose.properties.configuration.secrets ?? [];
  if (secrets.some(({ value, keyVaultUrl }) => value === undefined && keyVaultUrl === undefined)) {
    throw new Rejected('value or keyVaultUrl and identity should be provided', { code: 'ContainerAppSecretInvalid' });
  }
  const names = new Set(secrets.map(({ name }) => name));
  if (secretRefsOf(loose).some((name) => !names.has(name))) throw new Rejected(`${app} refers to a secret that is not there`, { code: 'ContainerAppSecretRefNotFound' });
}

interface Known {
  readonly name: string;
  readonly active: boolean;
}

/** Whole weights that sum to 100, for revisions that are there and can answer; a label names one revision. `made` is the one that this write makes. */
export function checkTraffic(loose: LooseApp, revisions: Iterable<Known>, made: string): void {
  const traffic = loose.properties.configuration.ingress?.traffic;
  if (!traffic) return;
  const refuse = (why: string): never => {
    throw new Rejected(why, { code: 'InvalidParameterValueInContainerTemplate', field: 'configuration.ingress.traffic' });
  };
  const weights = traffic.map(({ weight }) => weight ?? 0);
  if (weights.some((weight) => weight < 0 || !Number.isInteger(weight))) refuse('weights are whole');
  if (weights.reduce((sum, weight) => sum + weight, 0) !== 100) refuse('weights sum to 100');
  const labels = traffic.flatMap(({ label }) => label ?? []);
  if (new Set(labels).size < labels.length) refuse('a label may be used once');
  const active = new Map([[made, true], ...[...revisions].map(({ name, active }) => [name, active] as const)]);
  for (const { revisionName, weight, latestRevision } of traffic) {
    if (latestRevision === true) continue;
    if (revisionName === undefined || !active.has(revisionName)) refuse('no such revision');
    else if ((weight ?? 0) > 0 && active.get(revisionName) === false && !isSingleMode(loose)) refuse('the revision is not active');
  }
}

/** azure-container-apps#395: taking a secret from a revision, an ended one too, hangs until Azure gives up. */
export function hangs(revisions: Iterable<{ readonly secretRefs: readonly string[] }>, { properties }: LooseApp): boolean {
  const names = new Set((properties.configuration.secrets ?? []).map(({ name }) => name));
  return [...revisions].some(({ secretRefs }) => secretRefs.some((name) => !names.has(name)));
}
