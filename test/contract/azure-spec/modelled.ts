import type { DescribedOperation } from '../../support/azure-spec-swagger.ts';
import { group, vault, type Drive } from './drive.ts';

/** The group is there, because Resource Manager refuses for one that is not; nothing else is: what is modelled refuses, what is not answers 501. */
const names: Readonly<Record<string, string>> = {
  resourceGroupName: group,
  location: 'westeurope',
  resourceUri: 'subscriptions/nobody/resourceGroups/rg-nowhere/providers/Microsoft.App/containerApps/nobody',
  'secret-name': 'nobody',
  'secret-version': 'f'.repeat(32),
};

/** The described operations that the local Azure answers with anything but 501. */
export async function modelledOperations(drive: Drive, operations: readonly DescribedOperation[]): Promise<readonly string[]> {
  const { subscription } = drive.azure;
  const found: string[] = [];
  for (const { id, method, path } of operations) {
    const address = path.replaceAll(/\{([^}]+)\}/g, (_whole, name: string) => (name === 'subscriptionId' ? subscription : (names[name] ?? 'nobody')).replace('/nobody/resource', `/${subscription}/resource`));
    const isVault = path.startsWith('/secrets') || path.startsWith('/deletedsecrets');
    const body = method === 'PUT' || method === 'PATCH' ? '{}' : undefined;
    const { status } = await drive.raw(method, `${address}?api-version=${isVault ? '7.5' : path.includes('Insights') ? '2024-02-01' : '2024-03-01'}`, body, isVault ? `${vault}.vault.azure.net` : undefined);
    if (status !== 501) found.push(id);
  }
  return found;
}
