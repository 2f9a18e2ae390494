import type { AzurePlace, DesiredConfiguration, DesiredPromotion, DesiredScalingPolicy, DesiredSecretBinding, DesiredService, Probe } from '../../../kernel/desired-state.ts';
import type { DriftSpec } from '../kinds/drift.ts';
import { rawPathsOf } from '../kinds/raw-properties.ts';
import type { ProbeSpec, ServiceSpec } from '../kinds/runtime-service.ts';
import type { SpecOf } from '../kinds/kinds.ts';
import type { Manifest } from '../reading/manifest.ts';
import { renderApp } from './container-app.ts';
import type { Declared } from './declared.ts';
import { configurationOf, identityIdOf, managedEnvironmentId, scalingOf, secretOf } from './documents.ts';
import { ignoresOf } from './drift.ts';
import { policyFor } from './policies.ts';
import { reapplyOf } from './reapply.ts';
import { rolloutOf } from './rollout.ts';
import { oneReplica, scaleOf } from './scale.ts';

/** A service in one environment with the documents that it names. `service` is null when any of them, or itself, is wrong. */
export interface CompiledService {
  readonly service: DesiredService | null;
  readonly configuration: DesiredConfiguration | null;
  readonly secrets: readonly DesiredSecretBinding[];
  readonly scaling: DesiredScalingPolicy | null;
  readonly identities: readonly string[];
}

/** Of an environment, what a service in it depends on. */
export interface Surroundings {
  readonly name: string;
  readonly region: string;
  readonly place: AzurePlace;
  readonly drift: DriftSpec;
}

/** `isRefused` when something is wrong about it among the other documents. */
export function compileService(declared: Declared, manifest: Manifest<'RuntimeService'>, surroundings: Surroundings, isRefused: boolean): CompiledService {
  const spec = manifest.specIn(surroundings.name);
  if (spec === null) return { service: null, configuration: null, secrets: [], scaling: null, identities: [] };
  const { place, name: environment } = surroundings;
  const named = resolve(declared, manifest, spec, environment);
  const configuration = named.configuration === null ? null : configurationOf(named.configuration.manifest, named.configuration.spec);
  const secrets = named.secrets.map(({ manifest: one, spec: its }) => secretOf(one, its, place));
  const scaling = named.scaling === null ? null : scalingOf(named.scaling.manifest, named.scaling.spec);
  const identities = identitiesOf(spec, secrets);
  if (isRefused || named.incomplete) return { service: null, configuration, secrets, scaling, identities };
  const reapply = reapplyOf(manifest.metadata, environment);
  const rendered = renderApp({
    environment,
    region: surroundings.region,
    managedEnvironmentId: managedEnvironmentId(place),
    metadata: manifest.metadata,
    reapply,
    spec,
    configuration,
    secrets,
    identityIds: identities.map((identity) => identityIdOf(place, identity)),
    scale: scaleOf(named.scaling?.spec ?? null),
  });
  const { name, tenant, project, module } = manifest.metadata;
  const service: DesiredService = {
    name,
    tenant,
    project,
    module,
    type: spec.type,
    image: spec.image,
    resources: spec.resources,
    ingress: spec.ingress ?? null,
    configuration: spec.configuration ?? null,
    secrets: [...spec.secrets].sort(),
    scalingPolicy: scaling?.name ?? null,
    replicas: scaling?.replicas ?? oneReplica,
    health: { readiness: probeOf(spec.health.readiness), liveness: probeOf(spec.health.liveness) },
    rollout: rolloutOf(spec.rollout),
    promotion: promotionOf(spec),
    ...rendered,
    ignores: ignoresOf(surroundings.drift, name),
    reapply,
    rawPaths: rawPathsOf(spec.azure),
    source: manifest.source,
  };
  return { service, configuration, secrets, scaling, identities };
}

interface Named {
  readonly configuration: Pair<'RuntimeConfiguration'> | null;
  readonly secrets: readonly Pair<'SecretBinding'>[];
  readonly scaling: Pair<'ScalingPolicy'> | null;
  /** Something that it names is wrong. */
  readonly incomplete: boolean;
}

type NamedKind = 'RuntimeConfiguration' | 'SecretBinding' | 'ScalingPolicy';
interface Pair<Name extends NamedKind> {
  readonly manifest: Manifest<Name>;
  readonly spec: SpecOf<Name>;
}

function resolve(declared: Declared, manifest: Manifest<'RuntimeService'>, spec: ServiceSpec, environment: string): Named {
  let incomplete = false;
  const take = <Name extends NamedKind>(found: Manifest<Name> | undefined): readonly Pair<Name>[] => {
    const its = found !== undefined && found.metadata.tenant === manifest.metadata.tenant ? found.specIn(environment) : null;
    if (found === undefined || its === null) {
      incomplete = true;
      return [];
    }
    return [{ manifest: found, spec: its }];
  };
  const { RuntimeConfiguration, SecretBinding } = declared.manifests;
  const [configuration = null] = spec.configuration === undefined ? [] : take(RuntimeConfiguration.get(spec.configuration));
  const secrets = spec.secrets.flatMap((name) => take(SecretBinding.get(name)));
  const policy = policyFor(declared, manifest);
  if ('wrong' in policy) incomplete = true;
  const [scaling = null] = 'wrong' in policy || policy.found === null ? [] : take(policy.found);
  return { configuration, secrets, scaling, incomplete };
}

function identitiesOf({ identity }: ServiceSpec, secrets: readonly DesiredSecretBinding[]): readonly string[] {
  const others = [...new Set(secrets.map((secret) => secret.identity))].filter((one) => one !== identity).sort();
  return identity === undefined ? others : [identity, ...others];
}

function probeOf(probe: ProbeSpec | undefined): Probe | null {
  return probe === undefined ? null : { path: probe.path, timeoutMs: probe.timeout };
}

function promotionOf({ promotion }: ServiceSpec): DesiredPromotion | null {
  return promotion === undefined ? null : { from: promotion.from, values: [...promotion.values].sort() };
}
