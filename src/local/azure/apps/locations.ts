import type { JsonObject } from '../../../kernel/desired-state.ts';
import { ArmError } from './arm-error.ts';
import { textAt } from './reading.ts';

/** Regions as they are written in requests and as the service shows them. */
const displayNames: Readonly<Record<string, string>> = {
  australiaeast: 'Australia East',
  brazilsouth: 'Brazil South',
  canadacentral: 'Canada Central',
  centralus: 'Central US',
  eastasia: 'East Asia',
  eastus: 'East US',
  eastus2: 'East US 2',
  francecentral: 'France Central',
  germanywestcentral: 'Germany West Central',
  italynorth: 'Italy North',
  japaneast: 'Japan East',
  koreacentral: 'Korea Central',
  northcentralus: 'North Central US',
  northcentralusstage: 'North Central US (Stage)',
  northeurope: 'North Europe',
  norwayeast: 'Norway East',
  polandcentral: 'Poland Central',
  southafricanorth: 'South Africa North',
  southcentralus: 'South Central US',
  southeastasia: 'Southeast Asia',
  spaincentral: 'Spain Central',
  swedencentral: 'Sweden Central',
  switzerlandnorth: 'Switzerland North',
  uaenorth: 'UAE North',
  uksouth: 'UK South',
  ukwest: 'UK West',
  westcentralus: 'West Central US',
  westeurope: 'West Europe',
  westus: 'West US',
  westus2: 'West US 2',
  westus3: 'West US 3',
};

export const locationNames: readonly string[] = Object.keys(displayNames);

/** `West Europe` and `westeurope` are one region; null for a region that Container Apps does not have. */
export function locationOf(written: string): string | null {
  const name = written.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return name in displayNames ? name : null;
}

export function displayLocation(name: string): string {
  return displayNames[name] ?? name;
}

/** Where a resource of this type is to be. @throws ArmError when it says nowhere, or where Container Apps are not. */
export function validLocation(body: JsonObject, type: string): string {
  const written = textAt(body, 'location');
  if (written === null) throw new ArmError(400, 'LocationRequired', 'The location property is required for this definition.', false);
  const location = locationOf(written);
  if (location !== null) return location;
  const message = `The provided location '${written}' is not available for resource type '${type}'. List of available regions for the resource type is '${locationNames.join(',')}'.`;
  throw new ArmError(400, 'LocationNotAvailableForResourceType', message, false);
}
