import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { intakeForFile, secrets, signed } from '../support/intake-bench.ts';

const body = JSON.stringify({ ref: 'refs/heads/main', deleted: false, installation: { id: 100 }, repository: { id: 7, default_branch: 'main' } });
const good = signed(body);
const signature = good['x-hub-signature-256'] ?? '';
const path = '/api/github/webhooks';

const intake = intakeForFile();

interface Given {
  readonly start?: string;
  readonly without?: string;
  readonly lines?: readonly string[];
  readonly text?: string;
}

/** Bytes as no client library would send them. */
function bytes({ start = `POST ${path} HTTP/1.1`, without = '', lines = [], text = body }: Given): string {
  const headers = Object.entries({ host: 'x', connection: 'close', 'content-length': String(Buffer.byteLength(text)), ...good }).filter(([name]) => name !== without).map(([name, value]) => `${name}: ${value}`);
  return `${[start, ...headers, ...lines].join('\r\n')}\r\n\r\n${text}`;
}

const withLf = '{\r\n"ref":"refs/heads/main"}';

/** `lines`: what is logged. What Node refuses before anybody is asked is not logged, so a flood of it fills no disk. */
const cases: readonly (Given & { readonly reason: string; readonly status: number; readonly logged: 0 | 1 })[] = [
  { reason: 'two signature headers, the good one first', lines: [`X-Hub-Signature-256: sha256=${'0'.repeat(64)}`], status: 401, logged: 1 },
  { reason: 'two signature headers, both good', lines: [`X-Hub-Signature-256: ${signature}`], status: 401, logged: 1 },
  { reason: 'SHA-1 only', without: 'x-hub-signature-256', lines: [`X-Hub-Signature: sha1=${'0'.repeat(40)}`], status: 401, logged: 1 },
  { reason: 'two GUIDs', lines: [`X-GitHub-Delivery: ${good['x-github-delivery']}`], status: 400, logged: 1 },
  { reason: 'two events', lines: ['X-GitHub-Event: push'], status: 400, logged: 1 },
  { reason: 'an event called __proto__', without: 'x-github-event', lines: ['X-GitHub-Event: __proto__'], status: 400, logged: 1 },
  { reason: 'an event in upper case', without: 'x-github-event', lines: ['X-GitHub-Event: PUSH'], status: 400, logged: 1 },
  { reason: 'a GUID that was made from a path', without: 'x-github-delivery', lines: ['X-GitHub-Delivery: ../../../../etc/passwd'], status: 400, logged: 1 },
  { reason: 'a GUID with a line break in percent', without: 'x-github-delivery', lines: ['X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958%0a'], status: 400, logged: 1 },
  { reason: 'a GUID of 10 kB', without: 'x-github-delivery', lines: [`X-GitHub-Delivery: ${'a'.repeat(10_000)}`], status: 400, logged: 1 },
  { reason: 'headers of 20 kB', lines: [`X-A: ${'a'.repeat(20_000)}`], status: 431, logged: 0 },
  { reason: 'a length and chunks', lines: ['Transfer-Encoding: chunked'], status: 400, logged: 0 },
  { reason: 'two lengths', lines: ['Content-Length: 3'], status: 400, logged: 0 },
  { reason: 'a length below zero', without: 'content-length', lines: ['Content-Length: -1'], status: 400, logged: 0 },
  { reason: 'a length beyond all numbers', without: 'content-length', lines: [`Content-Length: ${'9'.repeat(30)}`], status: 400, logged: 0 },
  { reason: '600 MB, said before', without: 'content-length', lines: ['Content-Length: 629145600'], status: 413, logged: 1 },
  { reason: 'the body with other line ends than were signed', text: withLf.replace('\r\n', '\n'), status: 401, logged: 1 },
  { reason: 'GET with a body', start: `GET ${path} HTTP/1.1`, status: 405, logged: 1 },
  { reason: 'TRACE', start: `TRACE ${path} HTTP/1.1`, status: 405, logged: 1 },
  { reason: 'no method of HTTP', start: `BREW ${path} HTTP/1.1`, status: 400, logged: 0 },
  { reason: 'another slash in front', start: `POST /${path} HTTP/1.1`, status: 404, logged: 0 },
  { reason: 'a slash in percent', start: 'POST /api%2fgithub/webhooks HTTP/1.1', status: 404, logged: 0 },
  { reason: 'dots', start: 'POST /api/x/../github/webhooks HTTP/1.1', status: 404, logged: 0 },
  { reason: 'a whole address', start: `POST http://evil.example${path} HTTP/1.1`, status: 404, logged: 0 },
  { reason: 'what operators read', start: 'POST /metrics HTTP/1.1', status: 404, logged: 0 },
];

describe('hostile HTTP', () => {
  test.each(cases)('$reason: $status', async ({ status, logged, ...given }) => {
    const answer = await intake.raw(bytes(given));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(Buffer.byteLength(answer.split('\r\n\r\n').slice(1).join(''))).toBeLessThanOrEqual(200);
    expect(intake.lines).toHaveLength(logged);
    for (const line of intake.lines) expect(Buffer.byteLength(line)).toBeLessThan(1024);
    expect(await intake.stored()).toBe(0);
  });

  test.each(['/livez', '/readyz', '/metrics'])('a body of 1 GB for %s is not read: the connection ends with the answer', async (to) => {
    const socket = connect(intake.port, '127.0.0.1').on('error', () => undefined);
    socket.write(`POST ${to} HTTP/1.1\r\nHost: x\r\nContent-Length: ${2 ** 30}\r\n\r\n`);
    const piece = Buffer.alloc(2 ** 20);
    let sent = 0;
    const pour = (): void => {
      while (sent < 256 && socket.writable && socket.write(piece)) sent += 1;
      sent += 1;
    };
    socket.resume().on('connect', pour).on('drain', pour);
    await expect.poll(() => socket.closed || sent >= 256, { timeout: 20_000 }).toBe(true);
    socket.destroy();
    expect(sent).toBeLessThan(64); // MiB; the kernel holds some
  });

  test('the same bytes without any of that are stored', async () => {
    expect(await intake.raw(bytes({}))).toMatch(/^HTTP\/1\.1 202 /);
    expect(await intake.stored()).toBe(1);
  });

  test.each(['', ' ', 'null', 'undefined', secrets[0].slice(0, -1), `${secrets[0]} `])('a signature by the secret %j: 401', async (secret) => {
    expect(await intake.post(body, signed(body, secret))).toMatchObject({ status: 401 });
  });
});
