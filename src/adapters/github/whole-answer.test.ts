import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { shapesOnly } from '../../kernel/scrubbing/scrubber.ts';
import { Unavailable } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import { clientsOf, probotOf } from './client.ts';
import { translated } from './translate.ts';
import { wholeAnswer } from './whole-answer.ts';

const body = JSON.stringify({ id: 7, name: 'trueup' });

/** Answers `/app` with as much of the body as told, and then breaks off. */
async function serverSaying(part: string) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.write(part, () => (part === body ? response.end() : response.destroy()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // what listens on a port has one
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => void (await new Promise((resolve) => server.close(resolve))) };
}

async function askedAt(url: string): Promise<unknown> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
  const probot = probotOf({ appId: 1, privateKey: new Secret(privateKey), secret: new Secret('a secret that is not used here 0123'), apiUrl: url, throttle: false, scrubber: shapesOnly.to('github'), onToken: () => undefined, log: pino({ level: 'silent' }) });
  const client = await clientsOf(probot).app();
  return client.request('GET /app').then(({ data }) => data, (error: unknown) => translated(error, 'asking', 0));
}

describe('an answer of GitHub', () => {
  test('is handed on with its address', async () => {
    await using server = await serverSaying(body);
    const { url, status, headers } = await wholeAnswer(await fetch(`${server.url}/app`));
    expect([url, status, headers.get('content-type')]).toEqual([`${server.url}/app`, 200, 'application/json']);
    expect(await askedAt(server.url)).toEqual({ id: 7, name: 'trueup' });
  });

  test('without a body is one too', async () => {
    expect((await wholeAnswer(new Response(null, { status: 204 }))).status).toBe(204);
  });

  test.each([
    { part: body.slice(0, 9), reason: 'in the middle' },
    { part: '', reason: 'before its first byte' },
  ])('that breaks off is none: $reason', async ({ part }) => {
    await using server = await serverSaying(part);
    expect(await askedAt(server.url)).toBeInstanceOf(Unavailable);
  });
});
