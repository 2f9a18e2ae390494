import { applyMergePatch } from '../../../kernel/comparison/merge-patch.ts';
import {
  tagNames,
  type ContainerAppBody,
  type DesiredConfiguration,
  type DesiredSecretBinding,
  type JsonObject,
} from '../../../kernel/desired-state.ts';
import { digestOf } from '../../../kernel/digest.ts';
import { revisionSuffixOf } from '../../../kernel/revision-suffix.ts';
import type { Metadata } from '../kinds/metadata.ts';
import type { ProbeSpec, ServiceSpec } from '../kinds/runtime-service.ts';
import { azureRegistry } from '../values/image.ts';
import { inGibibytes } from '../values/units.ts';
import { byName } from './by-name.ts';

/** Everything that a container app is made of. */
export interface AppParts {
  readonly environment: string;
  readonly region: string;
  readonly managedEnvironmentId: string;
  readonly metadata: Metadata;
  /** Another value is another digest, so the service is applied again. */
  readonly reapply: string | null;
  readonly spec: ServiceSpec;
  readonly configuration: DesiredConfiguration | null;
  /** In any order. */
  readonly secrets: readonly DesiredSecretBinding[];
  /** Resource ids, the one that pulls the image first. */
  readonly identityIds: readonly string[];
  readonly scale: JsonObject;
}

export interface RenderedApp {
  readonly app: ContainerAppBody;
  readonly revisionSuffix: string;
  readonly digest: string;
}

/** The same parts always give the same body, whatever order they came in. */
export function renderApp(parts: AppParts): RenderedApp {
  const { spec, region, managedEnvironmentId } = parts;
  const ours = { environmentId: managedEnvironmentId, configuration: configurationOf(parts), template: templateOf(parts) };
  // The escape hatch cannot remove what a container app has: the schema of `spec.azure` refuses that.
  const merged = applyMergePatch(ours, spec.azure) as typeof ours & JsonObject;
  const revisionSuffix = revisionSuffixOf(merged.template);
  const app: ContainerAppBody = {
    location: region,
    tags: tagsOf(parts),
    identity: identityOf(parts.identityIds),
    properties: { ...merged, template: { ...merged.template, revisionSuffix } },
  };
  return { app, revisionSuffix, digest: digestOf(app) };
}

function tagsOf({ environment, metadata, reapply }: AppParts): Readonly<Record<string, string>> {
  return {
    [tagNames.tenant]: metadata.tenant,
    [tagNames.environment]: environment,
    [tagNames.service]: metadata.name,
    ...(metadata.project !== null && { [tagNames.project]: metadata.project }),
    ...(metadata.module !== null && { [tagNames.module]: metadata.module }),
    ...(reapply !== null && { [tagNames.reapply]: reapply }),
  };
}

function identityOf(ids: readonly string[]): JsonObject {
  if (ids.length === 0) return { type: 'None' };
  return { type: 'UserAssigned', userAssignedIdentities: Object.fromEntries([...ids].sort().map((id) => [id, {}])) };
}

function configurationOf({ spec, secrets, identityIds }: AppParts): JsonObject {
  const registry = azureRegistry(spec.image);
  const [puller] = identityIds;
  return {
    activeRevisionsMode: 'Multiple',
    ...(spec.ingress && { ingress: { external: spec.ingress.external, targetPort: spec.ingress.port, transport: 'auto' } }),
    ...(registry !== null && puller !== undefined && { registries: [{ server: registry, identity: puller }] }),
    ...(secrets.length > 0 && {
      secrets: byName(secrets.map(({ appSecretName, keyVaultUrl, identityId }) => ({ name: appSecretName, keyVaultUrl, identity: identityId }))),
    }),
  };
}

function templateOf(parts: AppParts): JsonObject {
  const { spec, metadata, scale } = parts;
  const env = variablesOf(parts);
  const probes = (['readiness', 'liveness'] as const).flatMap((kind) => probeOf(kind, spec.health[kind], spec.ingress?.port));
  const container = {
    name: metadata.name,
    image: spec.image,
    resources: { cpu: spec.resources.cpu, memory: inGibibytes(spec.resources.memory) },
    ...(env.length > 0 && { env }),
    ...(probes.length > 0 && { probes }),
  };
  return { containers: [container], scale };
}

/** The service's own values win over its configuration. */
function variablesOf({ spec, configuration, secrets }: AppParts): readonly JsonObject[] {
  const plain = new Map([...Object.entries(configuration?.values ?? {}), ...Object.entries(spec.env)]);
  return byName([
    ...[...plain].map(([name, value]) => ({ name, value })),
    ...secrets.map(({ env, appSecretName }) => ({ name: env, secretRef: appSecretName })),
  ]);
}

const probeTypes = { readiness: 'Readiness', liveness: 'Liveness' } as const;

function probeOf(kind: keyof typeof probeTypes, probe: ProbeSpec | undefined, ingressPort: number | undefined): readonly JsonObject[] {
  const port = probe?.port ?? ingressPort;
  if (probe === undefined || port === undefined) return [];
  return [
    {
      type: probeTypes[kind],
      httpGet: { path: probe.path, port },
      timeoutSeconds: probe.timeout / 1000,
      ...(probe.period !== undefined && { periodSeconds: probe.period / 1000 }),
      ...(probe.initialDelay !== undefined && { initialDelaySeconds: probe.initialDelay / 1000 }),
      ...(probe.failures !== undefined && { failureThreshold: probe.failures }),
    },
  ];
}
