import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fast } from '../../support/apps-through-sdk.ts';
import { openAzureSpec, type AzureSpec } from '../../support/azure-spec.ts';
import { hasSpec } from '../../support/azure-spec-finding.ts';
import { specWatch, type SpecWatch } from '../../support/azure-spec-watch.ts';
import { all } from '../../support/local-azure.ts';
import { sharedPath } from '../../support/shared-folder.ts';
import { heldTotals } from '../../support/totals.ts';
import { group, openDrive, vault, type Drive } from './drive.ts';

const folder = sharedPath('azure', 'spec-examples');
const appExamples = join(folder, 'microsoft.app-2024-03-01');

interface Example {
  readonly parameters: Readonly<Record<string, unknown>>;
}

interface Sent {
  readonly file: string;
  readonly operation: string;
  /** Sent after the traffic was given to the latest revision: the examples name revisions of their author. */
  readonly toLatest?: true;
  readonly status: number;
  readonly reason: string;
}

/** In this order. Real traffic answers a PUT with 201 and a PATCH with 202, whatever the examples say. */
const writes: readonly Sent[] = [
  { file: 'microsoft.app-2024-03-01/ManagedEnvironments_CreateOrUpdate.json', operation: 'ManagedEnvironments_CreateOrUpdate', status: 201, reason: 'made' },
  { file: 'microsoft.app-2024-03-01/ContainerApps_CreateOrUpdate.json', operation: 'ContainerApps_CreateOrUpdate', status: 201, reason: 'made', toLatest: true },
  { file: 'microsoft.app-2024-03-01/ContainerApps_TcpApp_CreateOrUpdate.json', operation: 'ContainerApps_CreateOrUpdate', status: 201, reason: 'made', toLatest: true },
  { file: 'microsoft.app-2024-03-01/ContainerApps_ManagedBy_CreateOrUpdate.json', operation: 'ContainerApps_CreateOrUpdate', status: 201, reason: 'made', toLatest: true },
  { file: 'microsoft.app-2024-03-01/ContainerApps_Patch.json', operation: 'ContainerApps_Update', status: 202, reason: 'changed', toLatest: true },
  { file: 'microsoft.app-2024-03-01/ManagedEnvironments_CustomInfrastructureResourceGroup_Create.json', operation: 'ManagedEnvironments_CreateOrUpdate', status: 201, reason: 'changed' },
  { file: 'microsoft.app-2024-03-01/ManagedEnvironments_Patch.json', operation: 'ManagedEnvironments_Update', status: 202, reason: 'changed' },
  { file: 'keyvault-7.5/SetSecret-example.json', operation: 'SetSecret', status: 200, reason: 'made' },
  { file: 'keyvault-7.5/UpdateSecret-example.json', operation: 'UpdateSecret', status: 404, reason: 'that version is not there' },
];

describe.skipIf(!hasSpec || !existsSync(folder))('the examples of the specification, sent to the local Azure (skipped where ../shared/azure is absent)', () => {
  let spec: AzureSpec;
  let watch: SpecWatch;
  let drive: Drive;

  beforeAll(async () => {
    spec = await openAzureSpec();
    watch = specWatch(spec);
    drive = await openDrive(watch.observe);
    const workloadProfiles = [{ name: 'Consumption', workloadProfileType: 'Consumption' }, { name: 'My-GP-01', workloadProfileType: 'D4', minimumCount: 1, maximumCount: 3 }];
    await drive.apps().managedEnvironments.createOrUpdate(group, 'demokube', { location: 'East US', workloadProfiles, zoneRedundant: false }, fast);
  });

  afterAll(() => drive[Symbol.asyncDispose]());

  async function send({ file, operation, toLatest }: Pick<Sent, 'file' | 'operation' | 'toLatest'>): Promise<{ readonly status: number; readonly body: string }> {
    const text = readFileSync(join(folder, file), 'utf8').replaceAll(/\/subscriptions\/[^/"]+\/resourceGroups\/[^/"]+\//g, `/subscriptions/${drive.azure.subscription}/resourceGroups/${group}/`);
    const { parameters } = JSON.parse(text) as Example; // the form of every such file
    const described = spec.operations.find(({ id }) => id === operation);
    if (!described) throw new Error(`no description has ${operation}`);
    const known: Readonly<Record<string, unknown>> = { ...parameters, subscriptionId: drive.azure.subscription, resourceGroupName: group };
    const address = described.path.replaceAll(/\{([^}]+)\}/g, (_whole, name: string) => String(known[name]));
    const body = Object.entries(parameters).find(([, value]) => typeof value === 'object')?.[1];
    const sent = body === undefined ? undefined : JSON.stringify(body).replaceAll(/"revisionName":"[^"]+"/g, (name) => (toLatest ? '"latestRevision":true' : name));
    return drive.raw(described.method, `${address}?api-version=${String(parameters['api-version'])}`, sent, file.startsWith('keyvault') ? `${vault}.vault.azure.net` : undefined);
  }

  it('answers as real traffic has it', async () => {
    const answers: string[] = [];
    for (const { file, operation, toLatest, status, reason } of writes) {
      const answer = await send({ file, operation, ...(toLatest && { toLatest }) });
      answers.push(`${file}: ${answer.status}, ${reason}${answer.status === status ? '' : ` ${answer.body}`}`);
      await expect.poll(unsettled, { message: 'every write has ended' }).toEqual([]);
    }
    expect(answers).toEqual(writes.map(({ file, status, reason }) => `${file}: ${status}, ${reason}`));
  });

  async function unsettled(): Promise<readonly string[]> {
    const resources = [...(await all(drive.apps().managedEnvironments.listBySubscription())), ...(await all(drive.apps().containerApps.listBySubscription()))];
    return resources.flatMap(({ name, provisioningState: state = '' }) => (state === 'Succeeded' || state === 'Failed' ? [] : [`${name} ${state}`]));
  }

  it('reads and acts as described, refuses where nothing is, never fails', async () => {
    const answers = await Promise.all(others(spec).map(async (other) => [other.operation, (await send(other)).status] as const));
    expect(answers.filter(([, status]) => ![200, 204, 404, 501].includes(status))).toEqual([]);
    expect(answers.filter(([, status]) => status === 501).map(([operation]) => operation)).toEqual(['Jobs_ListBySubscription', 'Operations_List']);
    const { violations } = await watch.verdict();
    const differing = violations.filter((line) => !line.includes('NOT_MODELLED'));
    expect(differing).toEqual([]);
    heldTotals('azure-spec-examples', { writes: writes.length, 'reads and actions': answers.length, violations: differing.length });
  });
});

/** The examples are named after their operations, some of them nearly. */
function others({ operations }: AzureSpec): readonly Pick<Sent, 'file' | 'operation'>[] {
  return readdirSync(appExamples).flatMap((file) => {
    const named = file.replace('.json', '');
    const id = named.replace(/^Revisions_(\w+)$/, 'ContainerAppsRevisions_$1Revision').replace(/^Replicas_(\w+)$/, 'ContainerAppsRevisionReplicas_$1Replica');
    const operation = operations.find((one) => one.method !== 'PUT' && one.method !== 'PATCH' && (one.id === id || one.id === `${id}s`));
    return operation ? [{ file: `microsoft.app-2024-03-01/${file}`, operation: operation.id }] : [];
  });
}
