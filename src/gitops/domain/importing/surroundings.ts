import type { DesiredEnvironment, JsonObject } from '../../../kernel/desired-state.ts';
import { apiVersion } from '../kinds/kinds.ts';
import type { NewManifest } from './manifest-text.ts';
import type { AppPlace } from './place-of-app.ts';

export interface ImportOptions {
  /** Names in Git. */
  readonly environment: string;
  readonly tenant: string;
  readonly stage: DesiredEnvironment['stage'];
  readonly project?: string | null;
}

/** What the apps of one import have in common. */
export interface ImportWork {
  readonly options: ImportOptions;
  readonly home: AppPlace;
  readonly environment: NewManifest;
}

export function environmentManifest({ subscription, resourceGroup, managedEnvironment, region }: AppPlace, options: ImportOptions): NewManifest {
  const value = {
    apiVersion,
    kind: 'RuntimeEnvironment',
    metadata: metadataOf(options.environment, options),
    spec: { stage: options.stage, region, azure: { subscription, resourceGroup, managedEnvironment } },
  };
  return { value, above: [], behind: [] };
}

export function tenantManifest({ tenant, environment }: ImportOptions): NewManifest {
  const value = { apiVersion, kind: 'RuntimeTenantBinding', metadata: { name: tenant, tenant }, spec: { isolation: 'silo', environments: [environment] } };
  return { value, above: [], behind: [{ path: ['spec', 'isolation'], words: 'or pool, or shared' }] };
}

export function metadataOf(name: string, { tenant, project }: ImportOptions): JsonObject {
  return { name, tenant, ...(project !== undefined && project !== null && { project }) };
}
