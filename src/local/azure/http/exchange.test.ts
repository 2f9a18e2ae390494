import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { faultBoard } from '../control/faults.ts';
import { journal } from '../control/journal.ts';
import { exchange } from './exchange.ts';

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

/** A front whose services all fail. */
async function failing(): Promise<{ ask(host: string, path: string): Promise<{ readonly status: number | undefined; readonly body: string }>; readonly logged: object[]; readonly observed: string[] }> {
  const logged: object[] = [];
  const observed: string[] = [];
  const fails = () => Promise.reject(new Error('planted'));
  const handle = exchange({
    clock: Date,
    faults: faultBoard((token) => token === 'nobody'),
    journal: journal(),
    log: (line) => void logged.push(line),
    observe: ({ url }) => void observed.push(url),
    ingress: () => {},
    control: () => null,
    services: { management: fails, vault: fails, logs: fails, login: fails },
  });
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  // It listens on TCP.
  const { port } = server.address() as AddressInfo;
  const ask = async (host: string, path: string) => {
    const [answer] = (await once(get({ host: '127.0.0.1', port, path, agent: false, headers: { host } }), 'response')) as [IncomingMessage]; // what this event carries
    return { status: answer.statusCode, body: await text(answer) };
  };
  return { ask, logged, observed };
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
