import type { DesiredEnvironment, DesiredTenantBinding } from '../../../kernel/desired-state.ts';
import { digestOf } from '../../../kernel/digest.ts';
import { isError, type DocumentRef, type Problem } from '../../../kernel/problem.ts';
import { locate } from '../reading/locate.ts';
import type { Manifest } from '../reading/manifest.ts';
import { byName } from './by-name.ts';
import type { Declared } from './declared.ts';
import { bindingOf } from './documents.ts';
import { driftFaults, driftOf } from './drift.ts';
import { ownerFaults, placementFaults } from './placement.ts';
import { serviceFaults } from './service-faults.ts';
import { compileService, type CompiledService } from './service.ts';

interface Placed {
  readonly manifest: Manifest<'RuntimeService'>;
  readonly compiled: CompiledService;
}

/** Null when its own document says too little. */
export function compileEnvironment(declared: Declared, manifest: Manifest<'RuntimeEnvironment'>): DesiredEnvironment | null {
  const spec = manifest.specIn('');
  if (spec === null) return null;
  const { name, tenant, project } = manifest.metadata;
  const bindings = bindingsOf(declared, name);
  const surroundings = { name, region: spec.region, place: spec.azure, drift: spec.drift };
  const isPlaced = (one: Manifest): boolean => one.metadata.tenant === tenant || bindings.some((binding) => binding.tenant === one.metadata.tenant);
  const services = [...declared.manifests.RuntimeService.values()]
    .filter(({ environments }) => environments.includes(name))
    .map((one): Placed => {
      const isRefused = !isPlaced(one) || [...serviceFaults(declared, one, name), ...placementFaults(declared, one, manifest)].some(isError);
      return { manifest: one, compiled: compileService(declared, one, surroundings, isRefused) };
    });
  const parts = services.map(({ compiled }) => compiled);
  const identities = [...new Set(parts.flatMap((one) => one.identities))].sort();
  const provisioning = { stage: spec.stage, region: spec.region, azure: spec.azure, identities };
  return {
    name,
    tenant,
    project,
    ...provisioning,
    drift: driftOf(spec.drift),
    freezes: spec.freeze.map(({ cron, timezone, duration: durationMs, reason = null }) => ({ cron, timezone, durationMs, reason })),
    bindings,
    services: onceByName(parts.flatMap(({ service }) => service ?? [])),
    configurations: onceByName(parts.flatMap(({ configuration }) => configuration ?? [])),
    secrets: onceByName(parts.flatMap(({ secrets }) => secrets)),
    scaling: onceByName(parts.flatMap(({ scaling }) => scaling ?? [])),
    invalid: invalidIn(declared, name, services, ownerFaults(declared, manifest).some(isError) ? manifest : null),
    source: manifest.source,
    digest: digestOf(provisioning),
  };
}

/** What is wrong about environments and services where they meet, of every document that can be read. */
export function placedProblems(declared: Declared): readonly Problem[] {
  const environments = new Map([...declared.drafts.RuntimeEnvironment].reverse().flatMap((draft) => (draft.ref === null ? [] : [[draft.ref.name, draft]])));
  const ofEnvironments = declared.drafts.RuntimeEnvironment.flatMap((draft) =>
    [...ownerFaults(declared, draft), ...driftFaults(declared, draft)].map((found) => locate(draft.document, draft.ref, found)),
  );
  const ofServices = declared.drafts.RuntimeService.flatMap((draft) => {
    const everywhere = draft.environments.length === 0 ? serviceFaults(declared, draft, '').map((found) => locate(draft.document, draft.ref, found)) : [];
    return [...everywhere, ...draft.environments.flatMap((name) => {
      const environment = environments.get(name);
      const placement = environment === undefined ? [] : placementFaults(declared, draft, environment);
      return [...serviceFaults(declared, draft, name), ...placement].map((found) => locate(draft.document, draft.ref, found, name));
    })];
  });
  return [...ofEnvironments, ...ofServices];
}

function bindingsOf(declared: Declared, environment: string): readonly DesiredTenantBinding[] {
  const all = [...declared.manifests.RuntimeTenantBinding.values()].flatMap((manifest) => {
    const spec = manifest.specIn('');
    return spec === null || !spec.environments.includes(environment) ? [] : [bindingOf(manifest, spec)];
  });
  return onceByName(all);
}

function invalidIn(declared: Declared, environment: string, services: readonly Placed[], self: Manifest | null): readonly DocumentRef[] {
  const elsewhere = declared.broken.filter(({ environments }) => environments === null || environments.includes(environment));
  const refs = [
    ...elsewhere.flatMap(({ ref }) => (ref === null || ref.kind === 'RuntimeEnvironment' ? [] : [ref])),
    ...services.filter(({ compiled }) => compiled.service === null).map(({ manifest }) => manifest.ref),
    ...wrongHere(declared, environment),
    ...(self === null ? [] : [self.ref]),
  ];
  const unique = new Map(refs.map((ref) => [`${ref.kind} ${ref.name}`, ref]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, ref]) => ref);
}

/** Documents that are right elsewhere and wrong in this environment. */
function wrongHere({ manifests }: Declared, environment: string): readonly DocumentRef[] {
  const overlaid: readonly Manifest[] = [...manifests.RuntimeConfiguration.values(), ...manifests.SecretBinding.values(), ...manifests.ScalingPolicy.values()];
  return overlaid.filter(({ specIn }) => specIn(environment) === null).map(({ ref }) => ref);
}

function onceByName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return byName(new Map(items.map((item) => [item.name, item])).values());
}
