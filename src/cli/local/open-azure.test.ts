import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { UsageFault } from '../usage-fault.ts';
import { openAzure } from './open-azure.ts';

const directory = mkdtempSync(join(tmpdir(), 'trueup-open-azure-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const empty = { resourceGroups: [], vaults: [], identities: [], workspaces: [] };

test.each([
  { reason: 'a group', seed: { ...empty, resourceGroups: [{ name: 'rg-a', location: 'westeurope', tags: {} }, { name: 'rg-b', location: 'mars', tags: {} }] }, path: 'azure.resourceGroups.1', says: "LocationNotAvailableForResourceGroup: The provided location 'mars' is not available for resource group." },
  { reason: 'an identity', seed: { ...empty, identities: [{ name: '-', resourceGroup: 'rg-a', location: 'westeurope', tags: {} }] }, path: 'azure.identities.0', says: "InvalidResourceName: The resource name '-' is invalid." },
])('what Azure refuses of a seed is told with its place and in Azure\'s words: $reason', async ({ seed, path, says }) => {
  const refuse = ({ path: at, message }: { readonly path: readonly (string | number)[]; readonly message: string }): UsageFault => new UsageFault(`${at.join('.')} ${message}`);
  const opening = openAzure({ directory, port: undefined, pace: {}, seed, refuse, log: () => undefined });
  await expect(opening).rejects.toThrow(new UsageFault(`${path} ${says}`));
});
