import { once } from 'node:events';
import { createServer, type RequestOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpCall } from '../../src/cli/demo/http-call.ts';
import { until as patiently } from '../../src/cli/demo/until.ts';
import { appsService, type AppsOptions } from '../../src/local/azure/apps/apps-service.ts';
import { newestBuild, type ServiceBuild } from '../../src/local/azure/apps/service-build.ts';
import { systemClock, type ClosableClock } from '../../src/local/azure/clock.ts';
import { faultBoard } from '../../src/local/azure/control/faults.ts';
import type { AzureAnswer, AzureRequest, FaultBoard, Pace, World } from '../../src/local/azure/world.ts';

export const subscription = '00000000-0000-0000-0000-000000000000';
export const groupPath = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.App`;
export const environmentId = `${groupPath}/managedEnvironments/env`;
export const identityId = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app-identity`;

export interface Sample {
  readonly metric: string;
  readonly revision: string;
  readonly value: number;
}

export interface AppsUnderTest extends AsyncDisposable {
  readonly faults: FaultBoard;
  /** Secrets that the app's identity can read, by their url; the value is the version, too. */
  readonly vault: Map<string, string>;
  /** How often somebody read from the vault. */
  vaultReads(): number;
  readonly samples: Sample[];
  /** The newest build but for this, from here on. */
  rollOut(build: Partial<ServiceBuild>): void;
  call(method: string, path: string, body?: unknown, query?: Readonly<Record<string, string>>): Promise<AzureAnswer>;
  /** Through the ingress, to a host below azurecontainerapps.io. */
  visit(host: string, path?: string, more?: Pick<RequestOptions, 'signal' | 'method'> & { readonly headers?: Readonly<Record<string, string>> }): Promise<{ readonly status: number; readonly body: string }>;
  /** A write, and the end of its operation as its status shows it. */
  settle(method: string, path: string, body?: unknown): Promise<{ readonly status: string; readonly error?: { readonly code: string; readonly message: string } }>;
}

const quick: Pace = { operationMs: 10, environmentMs: 10, readyMs: 20, metricsDelayMs: 0, activityDelayMs: 0, expiryMs: 100, vaultSyncMs: 60_000 };

/** Microsoft.App alone, in a world that has one resource group, every user-assigned identity and the vault of the test. */
export async function appsUnderTest(options: AppsOptions & { readonly pace?: Partial<Pace>; readonly build?: Partial<ServiceBuild>; readonly anyGroup?: boolean; readonly clock?: ClosableClock } = {}): Promise<AppsUnderTest> {
  const clock = options.clock ?? systemClock();
  const faults = faultBoard(() => false);
  const build = { ...newestBuild, ...options.build };
  const vault = new Map<string, string>();
  const samples: Sample[] = [];
  let vaultReads = 0;
  const world: World = {
    subscription,
    directory: '00000000-0000-0000-0000-0000000000aa',
    clock,
    pace: { ...quick, ...options.pace },
    build,
    faults,
    groups: { get: (name) => (options.anyGroup === true || name.toLowerCase() === 'rg' ? { name, location: 'westeurope' } : null) },
    identities: { byId: (id) => (id.includes('/missing') ? null : { id, principalId: 'principal', clientId: 'client' }) },
    vaults: {
      read: (principalId, url) => {
        vaultReads += 1;
        const value = vault.get(url);
        if (principalId !== 'principal') return { ok: false, code: 'Forbidden' };
        return value === undefined ? { ok: false, code: 'SecretNotFound' } : { ok: true, value, version: value };
      },
    },
    authorOf: (principalId) => ({ name: principalId, type: 'Application' }),
    metrics: {
      request: ({ revision, statusCode }) => void samples.push({ metric: 'Requests', revision, value: statusCode }),
      gauge: (metric, { revision, value }) => void samples.push({ metric, revision, value }),
    },
    activity: { ended: () => undefined },
  };
  const service = appsService(world, options);
  const edge = createServer((request, response) => service.ingress(request, response));
  edge.listen(0, '127.0.0.1');
  await once(edge, 'listening');
  // It listens on TCP.
  const { port } = edge.address() as AddressInfo;

  async function call(method: string, path: string, body: unknown = null, query: Readonly<Record<string, string>> = {}): Promise<AzureAnswer> {
    const request: AzureRequest = {
      method,
      host: 'management.azure.com',
      origin: 'https://management.azure.com',
      path,
      segments: path.split('/').filter(Boolean),
      query: new Map(Object.entries({ 'api-version': '2026-07-01', ...query })),
      headers: {},
      body,
      principalId: 'somebody',
    };
    return (await service.handle(request)) ?? { status: 501 };
  }

  return {
    faults,
    vault,
    vaultReads: () => vaultReads,
    samples,
    rollOut: (change) => void Object.assign(build, newestBuild, change),
    call,
    visit: (host, path = '/', { headers, ...more } = {}) => httpCall(`http://127.0.0.1:${port}${path}`, { agent: false, headers: { host, ...headers }, ...more }),
    async settle(method, path, body) {
      const answer = await call(method, path, body);
      const address = answer.headers?.['azure-asyncoperation'];
      if (address === undefined) throw new Error(`${method} ${path} was answered with ${answer.status}: ${JSON.stringify(answer.body)}`);
      return until(`the end of ${method} ${path}`, async () => {
        const status = await call('GET', new URL(address).pathname);
        const shown = status.body as { status: string; error?: { code: string; message: string } };
        return shown.status === 'InProgress' ? null : shown;
      });
    },
    async [Symbol.asyncDispose]() {
      clock.close();
      await service[Symbol.asyncDispose]();
      edge.closeAllConnections();
      await new Promise((resolve) => edge.close(resolve));
    },
  };
}

/** Looks every few milliseconds until `look` answers something. */
export function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  return patiently(what, look, { withinMs: 30_000, everyMs: 5 });
}
