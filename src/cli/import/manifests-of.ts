import { importApps } from '../../gitops/domain/importing/import-apps.ts';
import type { ImportOptions } from '../../gitops/domain/importing/surroundings.ts';
import { homeOf, placeOfApp } from '../../gitops/domain/importing/place-of-app.ts';
import type { ParsedFile } from '../../gitops/domain/parsed-file.ts';
import { environmentName } from '../../gitops/domain/values/names.ts';
import { isObject } from '../../kernel/comparison/canonical.ts';
import type { JsonObject } from '../../kernel/desired-state.ts';
import type { ManifestFile } from './write-files.ts';

/** The apps cannot be imported as they were asked for: said to whoever asked. */
export class ImportMisuse extends Error {}

export interface Wanted extends Omit<ImportOptions, 'environment'> {
  /** Name in Git; null: after the Container Apps environment. */
  readonly environment: string | null;
}

export interface Manifests {
  readonly files: readonly ManifestFile[];
  readonly notes: readonly string[];
}

/**
 * Of the Container Apps environment that most of them run in: Git declares one per resource group, and the notes name what is left out.
 * `there`: what the folder declares already. @throws {ImportMisuse}
 */
export function manifestsOf(apps: readonly JsonObject[], wanted: Wanted, there: readonly ParsedFile[]): Manifests {
  const home = homeOf(apps.flatMap((app) => placeOfApp(app) ?? []));
  const environment = wanted.environment ?? (home === null ? 'main' : nameFor(home.managedEnvironment));
  if (!environmentName.safeParse(environment).success) throw new ImportMisuse(`--environment ${environment} is not a name in Git: at most 32 lower-case letters, digits and single hyphens, starting with a letter`);
  return withBinding(importApps(apps, { ...wanted, environment }), environment, wanted, there);
}

/** @throws {ImportMisuse} where nothing of the name can be kept. */
function nameFor(place: string): string {
  const name = place.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '').slice(0, 32).replace(/-$/, '');
  if (!environmentName.safeParse(name).success) throw new ImportMisuse(`the Container Apps environment ${place || '(without a name)'} gives no name in Git: say one with --environment`);
  return name;
}

/** Without a binding where the folder has one of the tenant, which a person has to widen. */
function withBinding({ files, notes }: Manifests, environment: string, { tenant }: Wanted, there: readonly ParsedFile[]): Manifests {
  const path = `trueup/tenants/${tenant}.yaml`;
  const known = bindingIn(there, tenant);
  if (known === null) return { files, notes };
  const toDo = known.environments.includes(environment) ? [] : [`the tenant ${tenant} is bound in ${known.file} already: add ${environment} to its environments`];
  return { files: files.filter((file) => file.path !== path), notes: [...notes, ...toDo] };
}

function bindingIn(files: readonly ParsedFile[], tenant: string): { readonly file: string; readonly environments: readonly unknown[] } | null {
  for (const { path, documents } of files) {
    for (const { value } of documents) {
      if (!isObject(value) || value['kind'] !== 'RuntimeTenantBinding' || !isObject(value['metadata']) || value['metadata']['tenant'] !== tenant) continue;
      const environments = isObject(value['spec']) ? value['spec']['environments'] : null;
      return { file: path, environments: Array.isArray(environments) ? environments : [] };
    }
  }
  return null;
}

/** The one tenant that a folder speaks of; null when there is none, or several. */
export function soleTenantIn(files: readonly ParsedFile[]): string | null {
  const tenants = new Set(
    files.flatMap(({ documents }) => documents.flatMap(({ value }) => {
      const metadata = isObject(value) ? value['metadata'] : null;
      return isObject(metadata) && typeof metadata['tenant'] === 'string' ? [metadata['tenant']] : [];
    })),
  );
  const [tenant = null, ...others] = tenants;
  return others.length === 0 ? tenant : null;
}
