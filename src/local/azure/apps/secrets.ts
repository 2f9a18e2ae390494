import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { World } from '../world.ts';
import type { App, AppBody } from './app.ts';
import type { ResolvedSecret } from './resolved-secret.ts';
import { principalOf } from './identity.ts';
import { listAt, objectAt, textAt } from './reading.ts';

interface Resolution {
  readonly secrets: ReadonlyMap<string, ResolvedSecret>;
  /** References that could not be read, in the service's words. */
  readonly faults: readonly { readonly field: string; readonly details: string }[];
}

/** Reads every secret of the app: given values as they are, Key Vault references with the identity that each names. */
export function resolveSecrets(world: World, app: Pick<App, 'id'>, body: AppBody): Resolution {
  const secrets = new Map<string, ResolvedSecret>();
  const faults: { field: string; details: string }[] = [];
  for (const secret of listAt(body.configuration, 'secrets')) {
    const name = String(secret['name']);
    const url = textAt(secret, 'keyVaultUrl');
    const identity = textAt(secret, 'identity') ?? 'system';
    if (url === null) {
      secrets.set(name, { value: textAt(secret, 'value') ?? '', version: null });
      continue;
    }
    const principal = principalOf(app.id, body.identity, identity);
    const read = principal === null ? null : world.vaults.read(principal, url);
    if (read?.ok === true) secrets.set(name, { value: read.value, version: read.version });
    else faults.push({ field: 'configuration.secrets', details: unreadable(name, identity) });
  }
  return { secrets, faults };
}

/**
 * Whether a write takes secrets away that revisions refer to, ended ones too as long as the service keeps them: it accepts that and never
 * comes to an end (azure-container-apps#395). A name that was never there is nobody's concern [wire: rules of the scale].
 */
export function takesUsedSecrets({ applied, desired, revisions }: Pick<App, 'applied' | 'desired' | 'revisions'>): boolean {
  const names = namesOf(desired);
  const taken = new Set(applied === null ? [] : namesOf(applied).filter((name) => !names.includes(name)));
  return taken.size > 0 && revisions.some((revision) => usedSecrets(revision.template).some((name) => taken.has(name)));
}

function namesOf(body: AppBody): readonly string[] {
  return listAt(body.configuration, 'secrets').map((secret) => String(secret['name']));
}

/** By variables, by rules of the scale and by volumes. */
function usedSecrets(template: JsonObject): readonly string[] {
  const variables = [...listAt(template, 'containers'), ...listAt(template, 'initContainers')].flatMap((container) => listAt(container, 'env'));
  const rules = listAt(objectAt(template, 'scale'), 'rules').flatMap((rule) => ['http', 'tcp', 'custom', 'azureQueue'].flatMap((kind) => listAt(objectAt(rule, kind), 'auth')));
  const files = listAt(template, 'volumes').flatMap((volume) => listAt(volume, 'secrets'));
  return [...variables, ...rules, ...files].flatMap((use) => textAt(use, 'secretRef') ?? []);
}

function unreadable(name: string, identity: string): string {
  return `Invalid value: "${name}": Unable to get value using Managed identity ${identity} for secret ${name}. Error: unable to fetch secret '${name}' using Managed identity '${identity}'`;
}

/** The names of Key Vault references without a version, which the service reads again on its own. */
export function followedSecrets(body: AppBody): readonly string[] {
  const followed = listAt(body.configuration, 'secrets').filter((secret) => /\/secrets\/[^/]+\/?$/.test(textAt(secret, 'keyVaultUrl') ?? ''));
  return followed.map((secret) => String(secret['name']));
}

/** Whether one of these secrets could be read and is another than was known. */
export function haveMoved(names: readonly string[], known: ReadonlyMap<string, ResolvedSecret>, read: ReadonlyMap<string, ResolvedSecret>): boolean {
  return names.some((name) => {
    const [before, after] = [known.get(name), read.get(name)];
    return after !== undefined && (before?.value !== after.value || before.version !== after.version);
  });
}
