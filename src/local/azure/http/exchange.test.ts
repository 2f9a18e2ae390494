import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { faultBoard, type LocalFaults } from '../control/faults.ts';
import { journal, type JournalEntry } from '../control/journal.ts';
import { exchange, type Served } from './exchange.ts';
import type { ReadRequest } from './read-request.ts';

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

interface Front {
  ask(host: string, path: string, method?: string, signal?: AbortSignal): Promise<{ readonly status: number | undefined; readonly body: string }>;
  readonly logged: object[];
  readonly observed: string[];
  readonly faults: LocalFaults;
  readonly entries: () => readonly JournalEntry[];
}

/** A front whose services all fail. */
function failing(): Promise<Front> {
  return front(() => Promise.reject(new Error('planted')));
}

async function front(service: (request: ReadRequest) => Promise<Served>): Promise<Front> {
  const logged: object[] = [];
  const observed: string[] = [];
  const faults = faultBoard((token) => token === 'nobody');
  const noted = journal();
  const handle = exchange({
    clock: Date,
    faults,
    journal: noted,
    log: (line) => void logged.push(line),
    observe: ({ url, status }) => void observed.push(status === 500 ? url : `${status} ${url}`),
    ingress: () => {},
    control: () => null,
    services: { management: service, vault: service, logs: service, login: service },
  });
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  // It listens on TCP.
  const { port } = server.address() as AddressInfo;
  const ask = async (host: string, path: string, method = 'GET', signal?: AbortSignal) => {
    const [answer] = (await once(request({ method, host: '127.0.0.1', port, path, agent: false, headers: { host }, ...(signal && { signal }) }).end(), 'response')) as [IncomingMessage]; // what this event carries
    return { status: answer.statusCode, body: await text(answer) };
  };
  return { ask, logged, observed, faults, entries: () => noted.entries() };
}

describe('a service that fails', () => {
  it('is answered with 500 and logged with its stack, without the signature in the address of an operation', async () => {
    const { ask, logged } = await failing();
    const { status, body } = await ask('management.azure.com', '/subscriptions/1/operationStatuses/2?t=1&s=signature');
    expect({ status, body: JSON.parse(body) as unknown }).toEqual({ status: 500, body: { error: { code: 'InternalServerError', message: 'Encountered internal server error.' } } });
    expect(logged).toContainEqual({ message: 'request failed', path: '/subscriptions/1/operationStatuses/2', error: expect.stringContaining('planted') });
    expect(JSON.stringify(logged)).not.toContain('signature');
  });

  it.each([
    { reason: 'Resource Manager', host: 'management.azure.com', seen: ['https://management.azure.com/a'] },
    { reason: 'a vault', host: 'kv-one.vault.azure.net', seen: ['https://kv-one.vault.azure.net/a'] },
    { reason: 'the login, which nobody observes', host: 'login.microsoftonline.com', seen: [] },
  ])('is observed: $reason', async ({ host, seen }) => {
    const { ask, observed } = await failing();
    expect((await ask(host, '/a')).status).toBe(500);
    expect(observed).toEqual(seen);
  });
});

describe('a write whose answer is kept back', () => {
  it.each([
    { name: 'azure:cut-after', isDone: true, says: /socket hang up|ECONNRESET/ },
    { name: 'azure:hang-after', isDone: true, says: /aborted/ },
    { name: 'azure:reset', isDone: false, says: /socket hang up|ECONNRESET/ },
    { name: 'azure:hang', isDone: false, says: /aborted/ },
  ] as const)('$name: carried out and observed: $isDone', async ({ name, isDone, says }) => {
    const done: string[] = [];
    const { ask, faults, observed, entries } = await front(({ method }) => {
      done.push(method);
      return Promise.resolve({ answer: { status: 202 }, principalId: null });
    });
    const fault = faults.ask({ name, times: 1, path: null, method: 'PUT' });
    const leaving = new AbortController();
    const answer = ask('management.azure.com', '/a', 'PUT', leaving.signal).catch(String);
    await vi.waitFor(() => expect([fault.struck, observed.length]).toEqual([1, isDone ? 1 : 0]), 5000);
    if (name.includes('hang')) leaving.abort();
    expect(await answer).toMatch(says);
    expect(done).toEqual(isDone ? ['PUT'] : []);
    expect(observed).toEqual(isDone ? ['202 https://management.azure.com/a'] : []);
    await vi.waitFor(() => expect(entries()).toMatchObject([{ method: 'PUT', status: 0 }]), 5000);
    expect((await ask('management.azure.com', '/a', 'PUT')).status).toBe(202);
  });
});
