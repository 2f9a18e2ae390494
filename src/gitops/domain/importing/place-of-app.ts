import { fieldsOf } from '../../../kernel/comparison/named-field.ts';
import type { AzurePlace, JsonObject } from '../../../kernel/desired-state.ts';

/** Where an app runs, as an environment in Git says it. */
export interface AppPlace extends AzurePlace {
  /** Azure's short name. */
  readonly region: string;
  readonly notes: readonly string[];
}

const appId = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.App\/containerApps\//i;
const environmentId = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.App\/managedEnvironments\/([^/]+)\/?$/i;

/** Null when the body does not say it. */
export function placeOfApp(app: JsonObject): AppPlace | null {
  const [, subscription, resourceGroup] = appId.exec(textOf(app['id'])) ?? [];
  const properties = fieldsOf(app['properties']);
  const [, itsSubscription, itsGroup, managedEnvironment] = environmentId.exec(textOf(properties['environmentId']) || textOf(properties['managedEnvironmentId'])) ?? [];
  const region = textOf(app['location']).toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (subscription === undefined || resourceGroup === undefined || managedEnvironment === undefined || region === '') return null;
  const isHome = itsSubscription?.toLowerCase() === subscription.toLowerCase() && itsGroup?.toLowerCase() === resourceGroup.toLowerCase();
  const notes = isHome ? [] : [`the Container Apps environment ${managedEnvironment} is in the resource group ${itsGroup ?? ''}, and Git can only name one in the resource group of its apps: ${resourceGroup}`];
  return { subscription, resourceGroup, managedEnvironment, region, notes };
}

/** Where most of the apps run; null where none says it. */
export function homeOf(places: readonly AppPlace[]): AppPlace | null {
  const groups = [...Map.groupBy(places, keyOf).values()];
  return groups.toSorted((a, b) => b.length - a.length)[0]?.[0] ?? null;
}

export function isSamePlace(a: AppPlace, b: AppPlace): boolean {
  return keyOf(a) === keyOf(b);
}

function keyOf({ subscription, resourceGroup, managedEnvironment, region }: AppPlace): string {
  return [subscription, resourceGroup, managedEnvironment, region].join('/').toLowerCase();
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
