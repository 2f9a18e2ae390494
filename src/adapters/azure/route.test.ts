import https from 'node:https';
import { expect, test } from 'vitest';
import { azureAgent, isPinned, managementHost } from './route.ts';

/** What becomes of a request that uses the agent directly, past every check above it. */
function outcome(host: string): Promise<unknown> {
  return new Promise((resolve) => {
    try {
      const request = https.get({ host, path: '/', agent: azureAgent(null), signal: AbortSignal.timeout(500) }, (response) => {
        response.destroy();
        resolve('answered');
      });
      request.on('error', resolve);
    } catch (error) {
      resolve(error);
    }
  });
}

test.each([
  { reason: 'any host', host: 'evil.example' },
  { reason: 'a host that ends like ARM', host: 'management.azure.com.evil.example' },
  { reason: 'a host that ends like a vault', host: 'vault.azure.net' },
  { reason: 'a deeper name under the vaults', host: 'a.b.vault.azure.net' },
  { reason: 'an address', host: '169.254.169.254' },
  { reason: "a workload: probes have an agent of their own", host: 'app.x.westeurope.azurecontainerapps.io' },
])('without a route nothing is connected to $reason', async ({ host }) => {
  expect(await outcome(host)).toMatchObject({ name: 'NotAllowed', code: 'HostNotAllowed' });
});

test.each([
  { reason: 'as it should be', url: 'https://management.azure.com/x?y', isIt: true },
  { reason: 'another host', url: 'https://evil.example/', isIt: false },
  { reason: 'another port', url: 'https://management.azure.com:8443/', isIt: false },
  { reason: 'no TLS', url: 'http://management.azure.com/', isIt: false },
  { reason: 'with a user, as a trick would write it', url: 'https://evil.example@management.azure.com/', isIt: false },
  { reason: 'no address', url: 'management.azure.com', isIt: false },
])('an address of ARM: $reason', async ({ url, isIt }) => {
  expect(isPinned(url, managementHost)).toBe(isIt);
});
