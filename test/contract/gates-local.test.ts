import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { azureAdapters, type AzureAdapters } from '../../src/adapters/azure/azure-adapters.ts';
import { probeAgent } from '../../src/adapters/azure/endpoint-probe.ts';
import { tenantCheck } from '../../src/adapters/azure/tenant-check.ts';
import { httpGates } from '../../src/adapters/gates/http-gate.ts';
import type { HttpGates, RequestCount } from '../../src/contexts/deployment/ports.ts';
import { appId } from '../../src/kernel/container-app.ts';
import { tenantId } from '../../src/kernel/ids.ts';
import { appsThroughSdk, group, type AppsThroughSdk } from '../support/apps-through-sdk.ts';
import { Secret } from '../../src/kernel/secret.ts';

/** What gates of a rollout ask, against workloads of the local Azure. */
const contoso = tenantId(100, 7, 'contoso');
const { signal } = new AbortController();
const question = { environment: 'prod', service: 'shop', revision: 'shop--one', image: 'r.azurecr.io/shop:1', commit: 'c'.repeat(40), weight: 10, deploymentId: 'prod-1' };

let bench: AppsThroughSdk;
let gates: HttpGates;
let azure: AzureAdapters;
beforeAll(async () => {
  bench = await appsThroughSdk({ pace: { metricsDelayMs: 0 } });
  const route = { port: bench.azure.port, ca: bench.azure.ca };
  const grants = { of: () => ({ subscriptions: [bench.azure.subscription], resourceGroups: [group], vaults: [], workspaces: [], gateHosts: [`*.${bench.domain}`] }) };
  gates = httpGates(tenantCheck(grants), probeAgent(route));
  process.env['IDENTITY_ENDPOINT'] = bench.azure.identity.endpoint;
  process.env['IDENTITY_HEADER'] = bench.azure.identity.header;
  const clock = { now: () => Date.now() };
  azure = azureAdapters({ credential: { kind: 'managed-identity', clientId: bench.azure.identity.clientId }, route, pollMs: 20, sealKey: new Secret(new Uint8Array(32).fill(3)), clock, grants });
  for (const verdict of ['pass', 'fail']) await bench.put(`desk-${verdict}`, bench.app(`r.azurecr.io/desk:1-gate-${verdict}`, 'one'));
  await bench.put('shop', bench.app('r.azurecr.io/shop:1-5xx-50', 'one'));
  for (const name of ['desk-pass', 'desk-fail', 'shop']) await bench.untilRunning(name, `${name}--one`);
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

describe('a system that gives a verdict', () => {
  test.each(['pass', 'fail'])('is heard: %s', async (verdict) => {
    const url = `https://desk-${verdict}.${bench.domain}/verdict`;
    await expect(gates.ask(contoso, { url, timeoutMs: 20_000 }, question, signal)).resolves.toEqual({ verdict, detail: `says desk:1-gate-${verdict}` });
  });

  test('that gives none is inconclusive', async () => {
    await expect(gates.ask(contoso, { url: `https://shop.${bench.domain}/nothing`, timeoutMs: 20_000 }, question, signal)).resolves.toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('requests of a revision', () => {
  test('are those since the full minute, server errors apart, and null for a revision that nobody asked', async () => {
    const app = appId({ subscription: bench.azure.subscription, resourceGroup: group, managedEnvironment: 'env' }, 'shop');
    const from = Date.now();
    const answers = await Promise.all(Array.from({ length: 20 }, async () => (await bench.visit(`shop.${bench.domain}`)).status));
    let counted: RequestCount | null = null;
    await expect.poll(async () => (counted = await azure.metrics.since(contoso, app, 'shop--one', from, signal))?.total, { message: 'every request is counted', timeout: 20_000 }).toBeGreaterThanOrEqual(20);
    const failed = answers.filter((status) => status === 500).length;
    expect(failed).toBe(10);
    // The request of another test may be of the same minute.
    expect(counted).toMatchObject({ serverErrors: expect.toSatisfy((errors: number) => errors === failed || errors === failed + 1) });
    await expect(azure.metrics.since(contoso, app, 'shop--two', from, signal)).resolves.toBeNull();
  });
});
