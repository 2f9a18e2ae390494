import { once } from 'node:events';
import https from 'node:https';
import net, { isIP, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { endpointProbe } from '../../src/adapters/azure/endpoint-probe.ts';
import { isPublicAddress, publicLookup } from '../../src/adapters/azure/public-addresses.ts';
import { tenantCheck } from '../../src/adapters/azure/tenant-check.ts';
import { httpGates } from '../../src/adapters/gates/http-gate.ts';
import { publicAddress } from '../../src/gitops/domain/values/public-address.ts';
import { tenantId } from '../../src/kernel/ids.ts';
import { scriptedAzure } from '../support/scripted-azure.ts';
import { hostCases, redirectCases, resolverCases } from './url-cases.ts';

const contoso = tenantId(100, 7, 'contoso');
const check = tenantCheck({ of: () => ({ subscriptions: [], resourceGroups: [], vaults: [], workspaces: [], gateHosts: ['gates.example.com', '*.vault.azure.net'] }) });
const question = { environment: 'prod', service: 'checkout', revision: 'checkout--t1', image: 'contoso.azurecr.io/checkout:1', commit: 'c'.repeat(40), weight: 10, deploymentId: 'prod-3' };
const { signal } = new AbortController();

describe('no connection is made to', () => {
  test.each(hostCases)('$reason', async ({ host, isPublic = false }) => {
    await using azure = await scriptedAzure(() => ({ status: 200, body: { verdict: 'pass' } }));
    const probed = await endpointProbe(check, azure.agent).probe(contoso, { fqdn: host, path: '/', timeoutMs: 200 }, signal).catch((error: Error) => error.name);
    const asked = await httpGates(check, azure.agent).ask(contoso, { url: `https://${host}/`, timeoutMs: 200 }, question, signal).catch((error: Error) => error.name);
    expect({ probed, asked: ['Rejected', 'NotAllowed'].includes(String(asked)), connected: azure.connected }).toEqual({ probed: 'Rejected', asked: true, connected: [] });
    expect(publicAddress.safeParse(`https://${host}/`).success).toBe(isPublic);
  });

  test.each(['//evil.example/', '/\\evil.example', '@evil.example/', ':8443/', '.evil.example/', 'http://169.254.169.254/', '', ' /', '?x', '#x'])('another host by the path %j', async (path) => {
    await using azure = await scriptedAzure(() => ({ status: 200 }));
    const fqdn = 'web.westeurope.azurecontainerapps.io';
    const ended = await endpointProbe(check, azure.agent).probe(contoso, { fqdn, path, timeoutMs: 200 }, signal).catch((error: Error) => error.name);
    expect(azure.connected.every((host) => host === fqdn)).toBe(true);
    expect(ended === 'Rejected' || azure.connected.length === 1).toBe(true);
  });
});

describe('a name leads nowhere where it means', () => {
  test.each(resolverCases)('$addresses: $reason', async ({ addresses }) => {
    let accepted = 0;
    const server = net.createServer((socket) => {
      accepted += 1;
      socket.destroy();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const agent = new https.Agent({ lookup: publicLookup((_name, _options, answer) => answer(null, addresses.map((address) => ({ address, family: isIP(address) })))) });
    const request = https.get({ host: 'gates.example.com', port, agent });
    const [error] = await once(request, 'error') as [NodeJS.ErrnoException];
    server.close();
    await once(server, 'close');
    expect({ code: error.code, accepted }).toEqual({ code: 'ENOTFOUND', accepted: 0 });
    if (addresses.length > 0) expect(addresses.every((address) => isPublicAddress(address))).toBe(false);
  });

  test('something else the second time: each connection goes to an answer that was looked at', () => {
    const answers = ['8.8.8.8', '169.254.169.254'];
    const lookup = publicLookup((_name, _options, answer) => answer(null, [{ address: answers.shift() ?? '', family: 4 }]));
    const given: unknown[] = [];
    for (const _ of [1, 2]) lookup('gates.example.com', {}, (error, address) => given.push(error === null ? address : error.code));
    expect({ given, left: answers }).toEqual({ given: ['8.8.8.8', 'ENOTFOUND'], left: [] });
  });
});

describe('a redirect', () => {
  test.each(redirectCases)('$status to $location is an answer and not followed', async ({ status, location }) => {
    await using azure = await scriptedAzure(() => ({ status, headers: { location } }));
    const probed = await endpointProbe(check, azure.agent).probe(contoso, { fqdn: 'gates.example.com', path: '/', timeoutMs: 5000 }, signal);
    const asked = await httpGates(check, azure.agent).ask(contoso, { url: 'https://gates.example.com/', timeoutMs: 5000 }, question, signal);
    expect([probed.status, asked.verdict]).toEqual([status, 'inconclusive']);
    expect(azure.connected).toEqual(['gates.example.com', 'gates.example.com']);
  });
});
