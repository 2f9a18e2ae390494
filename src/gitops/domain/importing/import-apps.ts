import type { JsonObject } from '../../../kernel/desired-state.ts';
import { serviceName } from '../values/names.ts';
import { importService, type ImportedService } from './import-service.ts';
import { manifestText } from './manifest-text.ts';
import { homeOf, isSamePlace, placeOfApp, type AppPlace } from './place-of-app.ts';
import { environmentManifest, tenantManifest, type ImportOptions } from './surroundings.ts';

export interface Imported {
  /** Paths from the root of the repository. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** What could not be taken over, or has to be looked at, a sentence each. */
  readonly notes: readonly string[];
}

/** Manifests that declare container apps as they run. Bodies as ARM answers them. Nothing is made up: what cannot be said is a note. */
export function importApps(apps: readonly JsonObject[], options: ImportOptions): Imported {
  const placed = apps.map((app) => ({ app, name: String(app['name'] ?? ''), place: placeOfApp(app) }));
  const home = homeOf(placed.flatMap(({ place }) => place ?? []));
  if (home === null) return { files: [], notes: ['no container app says which Container Apps environment it runs in'] };
  const inHome = placed.filter(({ place, name }) => place !== null && isSamePlace(place, home) && serviceName.safeParse(name).success);
  const left = placed.filter((one) => !inHome.includes(one)).map(({ name, place }) => `${name}: ${whyLeft(place, home)}`);
  const environment = environmentManifest(home, options);
  const services = inHome.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ app, name }) => importService(app, name, { options, home, environment }));
  const files = [
    { path: `trueup/environments/${options.environment}.yaml`, text: manifestText([environment]) },
    ...(options.stage === 'prod' ? [{ path: `trueup/tenants/${options.tenant}.yaml`, text: manifestText([tenantManifest(options)]) }] : []),
    ...services.map(({ name, manifests }) => ({ path: `trueup/services/${name}.yaml`, text: manifestText(manifests) })),
  ];
  return { files, notes: [...left, ...home.notes, ...services.flatMap(ownNotes)] };
}

function ownNotes({ name, notes }: ImportedService): readonly string[] {
  return notes.map((note) => `${name}: ${note}`);
}

function whyLeft(place: AppPlace | null, home: AppPlace): string {
  if (place === null) return 'it does not say which Container Apps environment it runs in';
  if (!isSamePlace(place, home)) return `it runs in the Container Apps environment ${place.managedEnvironment} (${place.region}): an environment of its own in Git`;
  return 'its name is not one that a service can have';
}
