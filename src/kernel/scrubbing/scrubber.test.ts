import { generateKeyPairSync } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { canaryMaker, shapeNames } from '../../../test/support/canaries.ts';
import { canaryHunt } from '../../../test/support/canary-hunt.ts';
import { fc, test } from '../../../test/support/property.ts';
import { knownSecrets } from './known-secrets.ts';
import { scrubbing, shapesOnly } from './scrubber.ts';

const root = join(import.meta.dirname, '../../..');
const make = canaryMaker(9);
const pem = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } }).privateKey;
const unlike = Array.from({ length: 20 }, () => make('made up', null));

function scrubbingOf(...secrets: readonly string[]) {
  const known = knownSecrets();
  for (const secret of secrets) known.add(secret);
  return scrubbing(known);
}

const encodings: readonly { readonly reason: string; readonly encode: (text: string) => string }[] = [
  { reason: 'as it is', encode: (text) => text },
  { reason: 'base64', encode: (text) => Buffer.from(text).toString('base64') },
  { reason: 'base64 behind one byte', encode: (text) => Buffer.from(`x${text}`).toString('base64') },
  { reason: 'base64 between others', encode: (text) => Buffer.from(`xy${text}z`).toString('base64') },
  { reason: 'base64 for URLs', encode: (text) => Buffer.from(text).toString('base64url') },
  { reason: 'a URL', encode: encodeURIComponent },
  { reason: 'a URL in lower case', encode: (text) => encodeURIComponent(text).replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()) },
  { reason: 'JSON', encode: (text) => JSON.stringify({ a: text }) },
  { reason: 'JSON in JSON', encode: (text) => JSON.stringify({ a: JSON.stringify({ b: text }) }) },
  { reason: 'HTML', encode: (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;') },
  { reason: 'hexadecimal', encode: (text) => Buffer.from(text).toString('hex') },
  { reason: 'hexadecimal in capitals', encode: (text) => Buffer.from(text).toString('hex').toUpperCase() },
  { reason: 'a piece of it', encode: (text) => text.slice(7, 25) },
];

describe('what is known', () => {
  test.each(encodings)('is taken out: $reason', ({ reason, encode }) => {
    const scrubber = scrubbingOf(...unlike.map(({ text }) => text), pem).to('log');
    const hunt = canaryHunt([...unlike, { source: 'key', text: pem, cores: pem.split('\n').slice(1, -2) }]);
    const [, line = ''] = pem.split('\n');
    // The frame of a key is no secret.
    const whole = reason === 'a piece of it' ? [] : [pem];
    const texts = [...unlike.map(({ text }) => text), line, ...whole].map((text) => `before ${encode(text)} after`);
    for (const text of texts) {
      expect(hunt('', text), 'it was there').not.toEqual([]);
      const scrubbed = scrubber.text(text);
      expect(hunt('', scrubbed)).toEqual([]);
      expect(scrubbed.startsWith('before ') && scrubbed.endsWith(' after')).toBe(true);
    }
  });

  test('only the newest of what passes is kept, and what lasts stays', () => {
    const known = knownSecrets(2000);
    known.add(unlike[0]?.text ?? '');
    const tokens = Array.from({ length: 60 }, () => make('token', 'connection string').cores[0] ?? '');
    for (const token of tokens) known.addPassing(token);
    expect(known.regionsIn(tokens.at(-1) ?? '')).toHaveLength(1);
    expect(known.regionsIn(tokens[0] ?? '')).toEqual([]);
    expect(known.regionsIn(unlike[0]?.text ?? '')).toHaveLength(1);
  });

  test('of ordinary words counts as a whole only', () => {
    const scrubber = scrubbingOf('a current webhook secret').to('log');
    expect(scrubber.text('this is a current webhook, no secret')).toBe('this is a current webhook, no secret');
    expect(scrubber.text('it is a current webhook secret')).toBe('it is [secret]');
  });
});

describe('shapes', () => {
  test.each(shapeNames.map((shape) => ({ shape })))('a text with a $shape loses it, also in JSON, and JSON stays JSON', ({ shape }) => {
    for (let turn = 0; turn < 20; turn += 1) {
      const canary = make(shape, shape);
      const hunt = canaryHunt([canary]);
      const scrubber = shapesOnly.to('log');
      expect(hunt('', scrubber.text(`said ${canary.text} there`))).toEqual([]);
      expect(hunt('', scrubber.text(JSON.stringify({ said: `\n${canary.text}\n` })))).toEqual([]);
      const line = scrubber.jsonText(`${JSON.stringify({ [canary.text]: [{ said: `\t${canary.text}"` }] })}\n`);
      expect(hunt('', line)).toEqual([]);
      expect(line.endsWith('\n')).toBe(true);
      expect(JSON.parse(line)).toBeTypeOf('object');
    }
  });

  test('keeps what tells where it was', () => {
    expect(shapesOnly.to('log').text('redis://shop:hunter2hunter2@redis:6379 and Authorization: Bearer abcdefghijk1234567890')).toBe('redis://shop:[secret]@redis:6379 and Authorization: Bearer [secret]');
  });

  test('raises no false alarm on anything that Trueup writes', () => {
    const files = globSync(['src/**/golden/**', 'docs/*.md', 'examples/**/*.yaml', 'schema/**', 'README.md', 'src/**/README.md'], { cwd: root, exclude: (name) => name === 'node_modules' }).filter((path) => /\.\w+$/.test(path));
    expect(files.length).toBeGreaterThan(40);
    const known = scrubbingOf(...unlike.map(({ text }) => text), pem).to('log');
    expect(files.filter((path) => known.holds(readFileSync(join(root, path), 'utf8')))).toEqual([]);
  });

  test('raises no false alarm on ids, digests and names', () => {
    const known = scrubbingOf(...unlike.map(({ text }) => text), pem).to('log');
    const hex = (length: number) => fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
    const texts = fc.tuple(hex(40), hex(64), fc.uuid(), fc.date({ noInvalidDate: true }), fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz-'), minLength: 3, maxLength: 30 })).map(([sha, digest, id, at, name]) =>
      `${name}--${sha.slice(0, 8)} of ${sha} is contoso.azurecr.io/${name}@sha256:${digest}, operation ${id} at ${at.toISOString()}: https://${name}.westeurope.azurecontainerapps.io:443/a?b=${id}#${name}, evt-${id} "basic ${name}" bearer of ${name}`);
    fc.assert(fc.property(texts, (text) => !known.holds(text)), { numRuns: 500 });
  });
});

test('time grows with the text alone', { timeout: 60_000 }, () => {
  const scrubber = scrubbingOf(pem, ...unlike.map(({ text }) => text)).to('log');
  const size = 2 ** 20;
  const texts = ['eyJ-', 'eyJaaaaaaaa.', '-----BEGIN PRIVATE KEY-----a', 'SharedAccessSignature        ', 'password =        ', 'http://a:', '8Q~', 'bearer ', 'gh', 'ghs_', pem, 'The revision checkout--0a1b2c3d waits. '];
  for (const text of texts) {
    const whole = text.repeat(Math.ceil(size / text.length)).slice(0, size);
    const began = process.cpuUsage();
    scrubber.text(whole);
    // Measured: below 50 ms each, a page of keys above it. A quadratic one takes minutes.
    expect(process.cpuUsage(began).user / 1000, text).toBeLessThan(2000);
  }
});

test('counts what it took out, also before anybody counts', () => {
  const counted: unknown[] = [];
  const { to, countTo } = scrubbingOf(pem);
  to('github').text(`token ghs_${'a1'.repeat(18)}`);
  countTo({ count: (name, labels, by) => void counted.push([name, labels, by]), set: () => undefined });
  expect([to('redis').holds({ a: [pem] }), to('redis').holds({ a: ['nothing'] })]).toEqual([true, false]);
  expect(counted).toEqual([['trueup_scrubbed_total', { sink: 'github' }, 1], ['trueup_scrubbed_total', { sink: 'redis' }, expect.any(Number)]]);
});
