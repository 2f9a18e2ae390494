import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { intakeBench, intakeForFile, secrets, signed } from '../../test/support/intake-bench.ts';
import { silent } from '../kernel/telemetry.ts';
import { webhookIntake } from './intake.ts';
import { bodyLimits } from './read-body.ts';
import { Secret } from '../kernel/secret.ts';

const mib = 2 ** 20;
const push = JSON.stringify({ ref: 'refs/heads/main', deleted: false, installation: { id: 100 }, repository: { id: 7, default_branch: 'main' } });

const intake = intakeForFile();
const { redis, stored } = intake;

/** As short as it was promised: an answer of at most 200 bytes, and one line of less than 1 kB. */
function expectModest(body: string, lines: readonly string[] = intake.lines): void {
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(200);
  expect(lines).toHaveLength(1);
  expect(Buffer.byteLength(lines.join(''))).toBeLessThan(1024);
}

describe('what is signed', () => {
  test.each(secrets.map((secret, index) => ({ secret, reason: index === 0 ? 'the current secret' : 'the one before, while it is rotated' })))('is stored: $reason', async ({ secret }) => {
    const answer = await intake.post(push, signed(push, secret));
    expect(answer).toMatchObject({ status: 202, body: '{"message":"stored"}' });
    expect(await stored()).toBe(1);
  });

  test('is stored once, however often the same delivery comes at the same time', async () => {
    const headers = signed(push);
    const answers = await Promise.all(Array.from({ length: 100 }, () => intake.post(push, headers)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(await stored()).toBe(1);
  });

  test('under another GUID is another look at the same thing', async () => {
    await intake.post(push, signed(push));
    await intake.post(push, signed(push));
    expect(await stored()).toBe(2);
  });

  test.each([
    { body: `[${'['.repeat(100_000)}${']'.repeat(100_000)}]`, status: 400, reason: 'an array of great depth' },
    { body: `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, status: 400, reason: 'an object of great depth' },
    { body: '{"__proto__":{"installation":{"id":1}},"constructor":{"prototype":{"x":1}},"toString":1}', status: 202, reason: 'keys that are methods' },
    { body: '{"installation":{"id":1e400},"repository":{"id":-0,"default_branch":"main"},"ref":"refs/heads/main"}', status: 202, reason: 'numbers that are none' },
    { body: '{"installation":{"id":9007199254740993},"repository":{"id":7,"default_branch":"main"},"ref":"refs/heads/main"}', status: 202, reason: 'a number that cannot be held' },
    { body: '{"ref":"a","ref":"refs/heads/main","ref":1}', status: 202, reason: 'a key three times' },
    { body: '{"ref":NaN}', status: 400, reason: 'NaN' },
    { body: '{"ref":"\\ud800"}', status: 202, reason: 'a lone surrogate' },
    { body: `{${Array.from({ length: 200_000 }, (_, index) => `"k${index}":1`).join(',')}}`, status: 202, reason: '200,000 keys' },
    { body: '\uFEFF{}', status: 400, reason: 'a byte order mark' },
    { body: 'null', status: 400, reason: 'null' },
    { body: '', status: 400, reason: 'an empty body' },
    { body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), status: 400, reason: 'invalid UTF-8' },
  ])('but nobody can work with is not stored, and hurts nobody: $reason', async ({ body, status }) => {
    const answer = await intake.post(body, signed(body));
    expect(answer.status).toBe(status);
    expect(await stored()).toBe(0);
    for (const line of intake.lines) expect(line.length).toBeLessThan(1024);
    expect((await intake.post(push, signed(push))).status).toBe(202);
  });

  test.each(['constructor', 'ping', 'not_an_event'])('an event called %s is none of ours', async (event) => {
    expect((await intake.post(push, { ...signed(push), 'x-github-event': event })).status).toBe(202);
    expect(await stored()).toBe(0);
  });
});

describe('what is refused', () => {
  const good = signed(push);
  const signature = good['x-hub-signature-256'] ?? '';
  const header = (name: string, value: string | null) => ({ ...good, [name]: value });

  test.each([
    { headers: header('x-hub-signature-256', null), status: 401, reason: 'no signature' },
    { headers: header('x-hub-signature-256', signature.slice(0, -1)), status: 401, reason: 'a short signature' },
    { headers: header('x-hub-signature-256', `${signature}0`), status: 401, reason: 'a long signature' },
    { headers: header('x-hub-signature-256', signature.toUpperCase()), status: 401, reason: 'an upper-case signature' },
    { headers: header('x-hub-signature-256', signature.replace('sha256=', 'sha1=')), status: 401, reason: 'another algorithm' },
    { headers: { ...header('x-hub-signature-256', null), 'x-hub-signature': `sha1=${'0'.repeat(40)}` }, status: 401, reason: 'SHA-1 only' },
    { headers: header('x-hub-signature-256', `${signature}, ${signature}`), status: 401, reason: 'two signatures' },
    { headers: signed(push, 'development'), status: 401, reason: 'the secret that Probot would fall back to' },
    { headers: signed(`${push}\n`), status: 401, reason: 'the signature of another body' },
    { headers: header('x-github-delivery', null), status: 400, reason: 'no GUID' },
    { headers: header('x-github-delivery', 'a'.repeat(10_000)), status: 400, reason: 'a GUID of 10 kB' },
    { headers: header('x-github-delivery', '72d3162e:cc78:11e3:81ab:4c9367dc0958'), status: 400, reason: 'a GUID with colons' },
    { headers: header('x-github-delivery', '12345'), status: 400, reason: 'a GUID of digits' },
    { headers: header('x-github-event', '__proto__'), status: 400, reason: 'an event called __proto__' },
    { headers: header('x-github-event', null), status: 400, reason: 'no event' },
    { headers: header('content-encoding', 'gzip'), status: 415, reason: 'a compressed body' },
    { headers: header('content-type', 'application/x-www-form-urlencoded'), status: 415, reason: 'a form' },
    { headers: header('content-type', 'application/json-patch+json'), status: 415, reason: 'something like JSON' },
    { headers: header('content-type', null), status: 415, reason: 'no type' },
    { headers: header('content-length', String(25 * mib + 1)), status: 413, reason: 'a length above the limit' },
  ])('$reason: $status', async ({ headers, status }) => {
    const answer = await intake.post(push, headers);
    expect(answer.status).toBe(status);
    expectModest(answer.body);
    expect(await stored()).toBe(0);
  });

  test.each(['GET', 'PUT', 'DELETE'])('%s: 405', async (method) => {
    const answer = await intake.post('', {}, { method });
    expect(answer.status).toBe(405);
    expectModest(answer.body);
  });

  test.each(['//api/github/webhooks', '/api%2fgithub/webhooks', '/api/github/webhooks/', '/'])('another path, %s: 404', async (path) => {
    expect((await intake.post(push, signed(push), { path })).status).toBe(404);
    expect(await stored()).toBe(0);
  });

  test('two lengths, as smugglers send them: 400', async () => {
    const text = `POST /api/github/webhooks HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
    expect(await intake.raw(text)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('one body of exactly the limit is read, one more byte is not, in chunks without a length', async () => {
    await using patient = await intakeBench(redis.server.url, { limits: { ...bodyLimits, maxMs: 60_000 } });
    const chunks = Array.from({ length: 25 }, () => Buffer.alloc(mib, 0x20));
    const accepted = await patient.post(chunks, { ...signed(Buffer.concat(chunks)), 'transfer-encoding': 'chunked' });
    expect(accepted.status).toBe(400);
    expect(accepted.body).toContain('not a JSON object');
    patient.lines.length = 0;
    const refused = await patient.post([...chunks, ' '], { ...good, 'transfer-encoding': 'chunked' });
    expect(refused.status).toBe(413);
    expectModest(refused.body, patient.lines);
  });

  test('a process without a secret, or with an empty one', () => {
    const rest = { receive: async () => undefined, log: { warn: () => undefined }, telemetry: silent };
    expect(() => webhookIntake({ secrets: [], ...rest })).toThrow(RangeError);
    expect(() => webhookIntake({ secrets: [secrets[0], ''].map((secret) => new Secret(secret)), ...rest })).toThrow(RangeError);
  });
});

describe('senders that take their time', () => {
  test('a body that never ends is refused', async () => {
    await using slow = await intakeBench(redis.server.url, { limits: { ...bodyLimits, maxBytes: mib, maxMs: 100, maxBytesAtOnce: mib } });
    const head = ['POST /api/github/webhooks HTTP/1.1', 'Host: x', 'Content-Length: 1000', ...Object.entries(signed(push)).map(([name, value]) => `${name}: ${value}`)];
    const answer = await slow.raw(`${head.join('\r\n')}\r\n\r\n{"a"`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(slow.lines).toHaveLength(1);
  });

  test('all together hold only so much', async () => {
    await using small = await intakeBench(redis.server.url, { limits: { ...bodyLimits, maxBytes: mib, maxMs: 3000, maxBytesAtOnce: mib } });
    const body = Buffer.alloc(mib, 0x20);
    const answers = await Promise.all(Array.from({ length: 8 }, () => small.post([body.subarray(0, mib / 2), body.subarray(mib / 2)], signed(body)).catch(() => ({ status: 0 }))));
    for (const { status } of answers) expect([400, 503]).toContain(status);
    expect((await small.post(push, signed(push))).status).toBe(202);
  });
});

describe('with Redis away', () => {
  test('a delivery is answered with 503 within 3 s, and nothing that was acknowledged is missing', async () => {
    await intake.client.call('CLIENT', 'PAUSE', '4000', 'ALL');
    const answers = await Promise.all(Array.from({ length: 20 }, () => intake.post(push, signed(push))));
    for (const { status, ms } of answers) {
      expect(status).toBe(503);
      expect(ms).toBeLessThan(3000);
    }
    for (const line of intake.lines) expect(line.length).toBeLessThan(1024);
    expect(intake.lines.join('')).not.toContain('default_branch');
    await expect.poll(async () => (await intake.post(push, signed(push))).status).toBe(202);
  });

  test('every acknowledged delivery survives crashes of Redis', async () => {
    const acknowledged: string[] = [];
    const stop = new AbortController();
    const sender = (async () => {
      while (!stop.signal.aborted) {
        const headers = { ...signed(push), 'x-github-delivery': randomUUID() };
        const { status } = await intake.post(push, headers);
        if (status === 202) acknowledged.push(headers['x-github-delivery']);
      }
    })();
    for (let crash = 0; crash < 3; crash += 1) {
      const before = acknowledged.length;
      await expect.poll(() => acknowledged.length).toBeGreaterThan(before + 5);
      await redis.server.crash();
    }
    stop.abort();
    await sender;
    await expect.poll(() => intake.client.ping().catch(() => null)).toBe('PONG');
    const seen = await intake.client.exists(acknowledged.map((id) => `{trueup}:seen:${id}`));
    expect(seen).toBe(acknowledged.length);
    expect(await stored()).toBeGreaterThanOrEqual(acknowledged.length);
  });

  test('a store that hangs is not waited for', async () => {
    await using hanging = await intakeBench(redis.server.url, { answerWithinMs: 100, inbox: { accept: () => new Promise(() => undefined) } });
    const answer = await hanging.post(push, signed(push));
    expect(answer.status).toBe(503);
    expect(hanging.lines.join('')).toContain('not stored in time');
  });

  test('an error is logged in a line that holds nothing of the payload', async () => {
    await using broken = await intakeBench(redis.server.url, { inbox: { accept: () => Promise.reject(Object.assign(new Error('broken'), { command: { args: [push] } })) } });
    expect((await broken.post(push, signed(push))).status).toBe(503);
    expect(broken.lines.join('').length).toBeLessThan(2048);
    expect(broken.lines.join('')).not.toContain('refs/heads');
  });
});
