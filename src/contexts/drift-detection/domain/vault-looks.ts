import type { DesiredEnvironment, DesiredSecretBinding, DesiredService } from '../../../kernel/desired-state.ts';
import type { ActivitySeen } from './activity.ts';
import { isIll } from './health.ts';
import { placeOf, type DriftFindings } from './runtime-drift-finding.ts';
import { accessPath, secretPaths } from './vault-sightings.ts';

const everyMs = 60 * 60_000;
/** Of a service that does not do well. */
const illEveryMs = 10 * 60_000;
const atOnce = 20;

interface Use {
  readonly service: string;
  readonly binding: DesiredSecretBinding;
}

/** One read that serves every service that shares it. */
export interface VaultTarget {
  readonly key: string;
  readonly of: 'secret' | 'access';
  readonly binding: DesiredSecretBinding;
  /** At least one. */
  readonly uses: readonly Use[];
}

/** A secret of a vault, and an identity's access to a vault: each once, whoever shares it. */
export function vaultTargets({ secrets }: Pick<DesiredEnvironment, 'secrets'>, services: readonly DesiredService[]): readonly VaultTarget[] {
  const bindings = new Map(secrets.map((binding) => [binding.name, binding]));
  const targets = new Map<string, { of: VaultTarget['of']; binding: DesiredSecretBinding; uses: Use[] }>();
  for (const { name: service, secrets: names } of services) {
    for (const binding of names.flatMap((name) => bindings.get(name) ?? [])) {
      const { tenant, vault, secret, identity } = binding;
      for (const [of, what] of [['secret', secret], ['access', identity]] as const) {
        const key = [of, tenant, vault, what].join('|').toLowerCase();
        const target = targets.get(key) ?? { of, binding, uses: [] };
        target.uses.push({ service, binding });
        targets.set(key, target);
      }
    }
  }
  return [...targets].map(([key, target]) => ({ key, ...target }));
}

/** Places of findings that only a look at this target may close. */
export function placesOf({ of, uses }: VaultTarget): readonly string[] {
  return uses.flatMap(({ service, binding }) => {
    const { reference, url } = secretPaths(binding);
    if (of === 'access') return [placeOf({ class: 'access-lost', service, path: accessPath(binding) })];
    return [reference, url].map((path) => placeOf({ class: 'secret-reference', service, path }));
  });
}

/** What is looked at in this scan: what is open always, the rest in turn, sooner where somebody wrote or a service does not do well. */
export function dueTargets(targets: readonly VaultTarget[], before: DriftFindings, { others }: Pick<ActivitySeen, 'others'>, now: number): readonly VaultTarget[] {
  const open = new Set(before.open.map(placeOf));
  const rated = targets.map((target) => {
    const at = before.looked[target.key] ?? 0;
    const isOpen = placesOf(target).some((place) => open.has(place));
    const isWritten = others.some(({ resource, at: writtenAt }) => Date.parse(writtenAt) > at && touches(target, resource));
    const waitMs = target.uses.some(({ service }) => isIll(before, service)) ? illEveryMs : everyMs;
    return { target, at, isFirst: isOpen || isWritten, isDue: isOpen || isWritten || now - at >= waitMs };
  });
  const due = rated.filter(({ isDue }) => isDue).toSorted((a, b) => Number(b.isFirst) - Number(a.isFirst) || a.at - b.at);
  return due.slice(0, atOnce).map(({ target }) => target);
}

function touches({ binding: { vault, identity } }: VaultTarget, resource: string): boolean {
  const id = `${resource.toLowerCase()}/`;
  return id.includes(`/vaults/${vault.toLowerCase()}/`) || id.includes(`/userassignedidentities/${identity.toLowerCase()}/`);
}
