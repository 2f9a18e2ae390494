// A program: what the worker process does of drift detection, with the real reaction and the real Azure SDK, and nothing else.
import { setTimeout as sleep } from 'node:timers/promises';
import { azureAdapters } from '../src/adapters/azure/azure-adapters.ts';
import { azureAgent, managementHost } from '../src/adapters/azure/route.ts';
import { azureCredential } from '../src/adapters/azure/credential.ts';
import { httpCall } from '../src/cli/demo/http-call.ts';
import { driftDetection } from '../src/contexts/drift-detection/context.ts';
import { driftFindings, findingsKey, noFindings } from '../src/contexts/drift-detection/domain/runtime-drift-finding.ts';
import { inBatches } from '../src/kernel/in-batches.ts';
import { Secret } from '../src/kernel/secret.ts';
import { tenantId } from '../src/kernel/ids.ts';
import type { DesiredStateReader } from '../src/kernel/ports.ts';
import { envelopeOf, testDelivery } from '../test/support/delivery.ts';
import { memoryStore } from '../test/support/memory-store.ts';
import { fleetOf, subscription } from './drift-fleet.ts';
import { silent } from '../src/kernel/telemetry.ts';

export interface WorkerOrder {
  readonly apps: number;
  readonly concurrency: number;
  readonly port: number;
  readonly ca: string;
  readonly clientId: string;
}

/** Of one pass over all groups. */
export interface Pass {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMegabytes: number;
  /** `environment/service path`, of what is open after it; empty for the floor. */
  readonly open: readonly string[];
  /** Deliveries that left the rest of Azure's reads to others, and those that failed. */
  readonly restrained: number;
  readonly failed: readonly string[];
}

process.once('message', (order: WorkerOrder) => void work(order));
process.once('disconnect', () => process.exit(0));

async function work({ apps, concurrency, port, ca, clientId }: WorkerOrder): Promise<void> {
  const fleet = fleetOf(apps);
  const tenant = tenantId(100, 7, 'contoso');
  const clock = { now: () => Date.now() };
  const credential = { kind: 'managed-identity', clientId } as const;
  const azure = azureAdapters({ credential, route: { port, ca }, pollMs: 1000, sealKey: new Secret(new Uint8Array(32)), clock, grants: { of: () => ({ subscriptions: [subscription], resourceGroups: ['rg-*'], vaults: [], workspaces: [], gateHosts: [] }) } });
  const store = memoryStore();
  const byName = new Map(fleet.map(({ environment }) => [environment.name, environment]));
  const read = (name: string) => byName.get(name) ?? null;
  const commit = '1'.repeat(40);
  const desired: DesiredStateReader = { current: async (_tenant, name) => ({ commit, generation: 1, environment: read(name) }), at: async (_tenant, name) => read(name) };
  const context = driftDetection({ store, clock, desired, live: azure.live, activity: azure.activity, secrets: azure.vaults, access: azure.access, budget: azure.budget, telemetry: silent });
  const scan = context.reactions.find(({ on }) => on === 'ScanDrift');
  if (scan === undefined) throw new Error('nothing scans');
  const names = [...byName.keys()];
  store.apply({ end: 'done', saves: names.map((name) => ({ key: findingsKey(tenant, name), expectedVersion: 0, value: noFindings })), emits: [] });

  const agent = azureAgent({ port, ca });
  const token = await azureCredential(credential, agent).getToken('https://management.azure.com/.default');
  const passes = {
    floor: async () => void (await inBatches(fleet, concurrency, ({ environment }) => bareList(agent, token?.token ?? '', environment.azure.resourceGroup))),
    scan: async (tally: Tally) => void (await inBatches(names, concurrency, async (name) => {
      for (;;) {
        const outcome = await scan.handle(envelopeOf('ScanDrift', tenant, { environment: name }, clock), testDelivery(clock.now()));
        store.apply(outcome);
        // One that waits and saved nothing did not look; one that saw something waits for its second look.
        if (outcome.end !== 'wait' || outcome.saves.length > 0) return;
        tally.restrained += 1;
        await sleep(outcome.forMs);
      }
    })),
  };
  const open = async (): Promise<readonly string[]> => (await Promise.all(names.map(async (name) => (await store.load(findingsKey(tenant, name), driftFindings))?.value.open.map((one) => `${name}/${one.service} ${one.path}`) ?? []))).flat();

  process.on('message', (what: keyof typeof passes) => {
    void measured(passes[what], what === 'scan' ? open : async () => []).then((pass) => process.send?.(pass));
  });
  process.send?.({ ready: true });
}

/** What a scan cannot do without: all pages, read and parsed. */
async function bareList(agent: ReturnType<typeof azureAgent>, token: string, group: string): Promise<void> {
  for (let next: string | undefined = `https://${managementHost}/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.App/containerApps?api-version=2026-07-01`; next !== undefined; ) {
    const { status, body } = await httpCall(next, { agent, headers: { authorization: `Bearer ${token}` } });
    if (status !== 200) throw new Error(`the list of ${group} was answered ${status}`);
    next = (JSON.parse(body) as { nextLink?: string }).nextLink; // ARM's page
  }
}

interface Tally {
  restrained: number;
}

async function measured(run: (tally: Tally) => Promise<void>, open: () => Promise<readonly string[]>): Promise<Pass> {
  const tally: Tally = { restrained: 0 };
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  const failed = await run(tally).then(() => [], (error: unknown) => [String(error)]);
  const { user, system } = process.cpuUsage(cpu);
  const wallMs = performance.now() - began;
  return { wallMs, cpuMs: (user + system) / 1000, peakMegabytes: process.resourceUsage().maxRSS / 1024, open: await open(), restrained: tally.restrained, failed };
}
