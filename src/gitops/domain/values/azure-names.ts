import { didYouMean } from './nearest.ts';
import { shaped, written } from './written.ts';

/** Names of things in Azure; shapes are Azure's own. */
export const subscriptionId = shaped(
  { pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$', description: 'Id of the subscription.' },
  { code: 'invalid-azure-name', message: 'This is not the id of a subscription', expected: 'a UUID, such as 00000000-0000-0000-0000-000000000000' },
);

export const workspaceId = shaped(
  { pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$', description: 'Id of the Log Analytics workspace; it must be granted to the tenant.' },
  {
    code: 'invalid-azure-name',
    message: 'This is not the id of a Log Analytics workspace',
    expected: 'a UUID, such as 00000000-0000-0000-0000-000000000000',
    hint: 'The portal shows it as the Workspace ID; it is neither the name nor the resource id',
  },
);

export const resourceGroup = shaped(
  { pattern: '^[A-Za-z0-9_()][A-Za-z0-9_().-]{0,88}[A-Za-z0-9_()-]$', description: 'Name of the resource group, not its id.' },
  {
    code: 'invalid-azure-name',
    message: 'This is not the name of a resource group',
    expected: '2 to 90 letters, digits, hyphens, underscores, dots and parentheses, not ending with a dot',
    hint: 'Write the name alone; the subscription has a field of its own',
  },
);

export const managedEnvironment = shaped(
  { pattern: '^[a-z]([a-z0-9]|-(?=[a-z0-9])){1,59}$', description: 'Name of the Container Apps environment.' },
  {
    code: 'invalid-azure-name',
    message: 'This is not the name of a Container Apps environment',
    expected: '2 to 60 lower-case letters, digits and single hyphens, starting with a letter',
  },
);

export const vaultName = shaped(
  { pattern: '^[a-z]([a-z0-9]|-(?=[a-z0-9])){2,23}$', description: 'Name of the Key Vault: never a URL or a resource id.' },
  {
    code: 'invalid-vault',
    message: 'This is not the name of a Key Vault',
    expected: '3 to 24 lower-case letters, digits and single hyphens',
    hint: 'Write the name alone, such as `kv-storefront`: a URL or a resource id could lead elsewhere',
  },
);

export const vaultSecretName = shaped(
  { pattern: '^[0-9a-zA-Z-]{1,127}$', description: 'Name of the secret in the vault.' },
  { code: 'invalid-secret-name', message: 'This is not the name of a Key Vault secret', expected: '1 to 127 letters, digits and hyphens' },
);

export const vaultSecretVersion = shaped(
  { pattern: '^[0-9a-f]{1,32}$', description: 'Version of the secret: 32 hexadecimal digits.' },
  {
    code: 'invalid-secret-version',
    message: 'This is not a version of a Key Vault secret',
    expected: '32 hexadecimal digits in lower case',
    hint: '`az keyvault secret list-versions` shows them',
  },
);

export const identityName = shaped(
  { pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$', description: "Name of a user-assigned identity in the environment's resource group." },
  {
    code: 'invalid-azure-name',
    message: 'This is not the name of a user-assigned identity',
    expected: '3 to 128 letters, digits, hyphens and underscores',
    hint: "Write the name alone: it lives in the environment's resource group",
  },
);

/** Where Container Apps runs. A region that is not here and looks like none of these is taken with a warning. */
const regions = new Set([
  'australiacentral', 'australiaeast', 'australiasoutheast', 'brazilsouth', 'canadacentral', 'canadaeast', 'centralindia', 'centralus',
  'eastasia', 'eastus', 'eastus2', 'francecentral', 'germanywestcentral', 'israelcentral', 'italynorth', 'japaneast', 'japanwest',
  'koreacentral', 'mexicocentral', 'northcentralus', 'northeurope', 'norwayeast', 'polandcentral', 'southafricanorth', 'southcentralus',
  'southeastasia', 'southindia', 'spaincentral', 'swedencentral', 'switzerlandnorth', 'switzerlandwest', 'uaenorth', 'uksouth', 'ukwest',
  'westcentralus', 'westeurope', 'westindia', 'westus', 'westus2', 'westus3',
]);

export const region = written({ pattern: '^[a-z]+[0-9]?$', examples: ['westeurope'], description: "Azure's short name of the region." }, (text, refuse) => {
  if (regions.has(text) || isNewNumber(text)) return text;
  const hint = didYouMean(text.toLowerCase().replaceAll(/[^a-z0-9]/g, ''), regions);
  if (hint === null && /^[a-z]{4,30}[0-9]?$/.test(text)) return text;
  return refuse({
    code: 'unknown-region',
    message: 'This is not a region of Azure that is known here',
    expected: "Azure's short name of a region, such as westeurope",
    ...(hint !== null && { hint }),
  });
});

/** `eastus3` beside `eastus2`: not a typing error. */
function isNewNumber(text: string): boolean {
  return /^[a-z]+[0-9]$/.test(text) && [...regions].some((known) => known.replace(/[0-9]$/, '') === text.slice(0, -1));
}

export function isKnownRegion(text: string): boolean {
  return regions.has(text);
}
