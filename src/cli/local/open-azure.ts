import { createHash } from 'node:crypto';
import { z } from 'zod';
import { fault, type Fault } from '../../gitops/domain/reading/fault.ts';
import { jsonOrNull } from '../../kernel/json-or-null.ts';
import { startLocalAzure, type LocalAzure, type LocalAzureOptions, type VaultSeed } from '../../local/azure/start.ts';
import type { Pace } from '../../local/azure/world.ts';
import { httpCall } from '../demo/http-call.ts';
import { listeningAt } from './ports.ts';
import { paceOf } from './pace.ts';
import type { ReadSeed } from './read-seed.ts';
import type { AzureSeed } from './seed.ts';

interface AzureOptions {
  readonly directory: string;
  readonly port: number | undefined;
  /** Before what the seed says. */
  readonly pace: Partial<Pace>;
  readonly seed: AzureSeed | undefined;
  readonly refuse: ReadSeed['refuse'];
  readonly log: (line: object) => void;
}

/** Vaults cannot be made through Azure's API here, so there is one to begin with. */
const sandbox: AzureSeed = { resourceGroups: [], identities: [], workspaces: [], vaults: [{ name: 'kv-sandbox', resourceGroup: 'rg-sandbox', location: 'westeurope', secrets: [] }] };

/** The local Azure with what the seed says. */
export async function openAzure({ directory, port, pace, seed = sandbox, refuse, log }: AzureOptions): Promise<LocalAzure> {
  const { subscription } = seed;
  const vaults = seed.vaults.map(vaultSeed);
  const azure = await listeningAt('azure', port, () =>
    startLocalAzure({ directory, resourceGroups: groupsOf(seed), vaults, workspaces: seed.workspaces, log, pace: { ...paceOf(seed.pace), ...pace }, ...(port !== undefined && { port }), ...(subscription !== undefined && { subscription }) }),
  );
  try {
    await makeResources(azure, seed, refuse);
  } catch (error) {
    await azure[Symbol.asyncDispose]();
    throw error;
  }
  // What was asked for here is nobody's doing.
  azure.journal.clear();
  return azure;
}

function vaultSeed({ secrets, ...vault }: AzureSeed['vaults'][number]): VaultSeed {
  return {
    ...vault,
    secrets: secrets.map(({ name, value = '', versions = [{ version: undefined, value, enabled: true, expiresOn: null }] }) => ({
      name,
      // The same id at every start, so that it can be written down.
      versions: versions.map((one, index) => ({ ...one, version: one.version ?? createHash('sha256').update(`${vault.name}/${name}/${index}`).digest('hex').slice(0, 32) })),
    })),
  };
}

/** Those that are named, and those that only identities are in. A group's location never changes, so all of them come first. */
function groupsOf({ resourceGroups, identities }: AzureSeed): NonNullable<LocalAzureOptions['resourceGroups']> {
  return [...resourceGroups, ...identities.map(({ resourceGroup: name, location }) => ({ name, location }))];
}

/** Through Azure's own API, as a person would. @throws {UsageFault} at the seed's place of what Azure refuses. */
async function makeResources(azure: LocalAzure, { resourceGroups, identities }: AzureSeed, refuse: ReadSeed['refuse']): Promise<void> {
  const group = (name: string): string => `/subscriptions/${azure.subscription}/resourcegroups/${name}`;
  const made = async (place: Fault['path'], path: string, body: object): Promise<void> => {
    const message = await refusalOf(azure, path, body);
    if (message !== null) throw refuse(fault({ code: 'refused-by-azure', path: ['azure', ...place], message, expected: 'what Azure takes', hint: 'Change it as Azure says' }));
  };
  for (const [index, { name, location, tags }] of resourceGroups.entries()) {
    await made(['resourceGroups', index], `${group(name)}?api-version=2025-04-01`, { location, tags });
  }
  for (const [index, { name, resourceGroup, location, tags }] of identities.entries()) {
    await made(['identities', index], `${group(resourceGroup)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}?api-version=2023-01-31`, { location, tags });
  }
}

/** What Azure says instead of making it; null when it is made. */
async function refusalOf({ arm, ca, token }: LocalAzure, path: string, body: object): Promise<string | null> {
  const { status, body: answer } = await httpCall(`${arm}${path}`, { method: 'PUT', ca, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, agent: false }, JSON.stringify(body));
  if (status < 300) return null;
  const { data } = armError.safeParse(jsonOrNull(answer));
  return data ? `${data.error.code}: ${data.error.message}` : `Azure refuses it with ${status}`;
}

const armError = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
