import type {
  DesiredConfiguration,
  DesiredEnvironment,
  DesiredScalingPolicy,
  DesiredSecretBinding,
  DesiredService,
  DesiredTenantBinding,
} from '../../kernel/desired-state.ts';
import { digestOf } from '../../kernel/digest.ts';
import { digestBesideReapply } from '../../kernel/reapplied.ts';
import type { SyncedEnvironment } from '../records/repository-sync.ts';

/** What of an environment is not as it was when it was turned into commands last. What a command did not achieve is for its context to remember. */
export interface EnvironmentDifference {
  readonly bindings: readonly DesiredTenantBinding[];
  readonly provision: boolean;
  readonly configurations: readonly DesiredConfiguration[];
  readonly bound: readonly DesiredSecretBinding[];
  /** The same vault, secret and identity at another version. */
  readonly rotated: readonly DesiredSecretBinding[];
  readonly services: readonly DesiredService[];
  /** Of `services`, those that are only to be applied again: nothing of them changed but the annotation that asks for it. */
  readonly reapplied: readonly DesiredService[];
  readonly scaling: readonly DesiredScalingPolicy[];
}

/** Everything differs when nothing is known. What wrong or hidden documents declared before is no difference. */
export function environmentDifference(known: SyncedEnvironment | null, environment: DesiredEnvironment): EnvironmentDifference {
  const secrets = environment.secrets.filter(({ name, digest }) => known?.secrets[name]?.digest !== digest);
  const isRotated = (secret: DesiredSecretBinding): boolean => {
    const before = known?.secrets[secret.name];
    return before !== undefined && before.version !== secret.version && before.rest === restOf(secret);
  };
  const services = environment.services.filter(({ name, digest }) => known?.services[name] !== digest);
  return {
    bindings: environment.bindings.filter(({ name, digest }) => known?.bindings[name] !== digest),
    // Also when a wrong document only takes something out: the deployment waits for exactly what this commit declares.
    provision: known?.digest !== environment.digest,
    configurations: environment.configurations.filter(({ name, version }) => known?.configurations[name] !== version),
    bound: secrets.filter((secret) => !isRotated(secret)),
    rotated: secrets.filter(isRotated),
    services,
    reapplied: services.filter((service) => known?.besideReapply[service.name] === digestBesideReapply(service)),
    scaling: environment.scaling.filter(({ name, digest }) => known?.scaling[name] !== digest),
  };
}

export function hasDifference({ provision, ...lists }: EnvironmentDifference): boolean {
  return provision || Object.values(lists).some((list) => list.length > 0);
}

/** Reports of older deployments are forgotten when their end was written; GitHub's checks and deployments keep them. */
const reportsKept = 20;

/**
 * What to remember of an environment. While something of it is wrong, what is missing counts as still declared: a wrong service takes
 * what only it uses out of the environment as well.
 */
export function rememberedEnvironment(
  known: SyncedEnvironment | null,
  environment: DesiredEnvironment,
  at: { readonly commit: string; readonly difference: EnvironmentDifference },
): SyncedEnvironment {
  const keepsAll = environment.invalid.length > 0;
  const kept = <T>(before: Readonly<Record<string, T>> | undefined, current: readonly (readonly [string, T])[]): Record<string, T> => ({
    ...(keepsAll ? before : {}),
    ...Object.fromEntries(current),
  });
  const keptNames = (before: readonly string[] = [], current: readonly string[]): string[] => [...new Set([...(keepsAll ? before : []), ...current])].sort();
  const before = known?.deployed ?? [];
  return {
    tenant: environment.tenant,
    commit: at.commit,
    digest: environment.digest,
    bindings: kept(known?.bindings, environment.bindings.map(({ name, digest }) => [name, digest])),
    configurations: kept(known?.configurations, environment.configurations.map(({ name, version }) => [name, version])),
    secrets: kept(known?.secrets, environment.secrets.map((secret) => [secret.name, rememberedSecret(secret)])),
    services: kept(known?.services, environment.services.map(({ name, digest }) => [name, digest])),
    besideReapply: kept(known?.besideReapply, environment.services.map((service) => [service.name, digestBesideReapply(service)])),
    scaling: kept(known?.scaling, environment.scaling.map(({ name, digest }) => [name, digest])),
    scaled: keptNames(known?.scaled, environment.services.flatMap(({ name, scalingPolicy }) => (scalingPolicy === null ? [] : name))),
    deployed: at.difference.services.length > 0 ? [at.commit, ...before.filter((commit) => commit !== at.commit)].slice(0, reportsKept) : before,
    forgottenTo: known?.forgottenTo ?? 0,
  };
}

function rememberedSecret(secret: DesiredSecretBinding): SyncedEnvironment['secrets'][string] {
  return { digest: secret.digest, version: secret.version, rest: restOf(secret) };
}

function restOf({ env, vault, secret, identityId }: DesiredSecretBinding): string {
  return digestOf([env, vault, secret, identityId]);
}
