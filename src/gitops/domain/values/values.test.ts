import { describe, expect } from 'vitest';
import type { z } from 'zod';
import { fc, test } from '../../../../test/support/property.ts';
import { secretIn } from '../reading/inline-secret.ts';
import { isKnownRegion, region, vaultName } from './azure-names.ts';
import { azureRegistry, image, imageRefusal } from './image.ts';
import { declaredName, serviceName, skeleton } from './names.ts';
import { nearest } from './nearest.ts';
import { atLeastPercent, duration, inGibibytes, memory, parseDuration, percent } from './units.ts';

/** The value that a text is read as; null when it is refused. */
function read(schema: z.ZodType, text: unknown): unknown {
  const result = schema.safeParse(text);
  return result.success ? result.data : null;
}

const anyDuration = duration({ min: '0s', max: '3650d' });

describe('units', () => {
  test.each([
    { schema: anyDuration, text: '300ms', wanted: 300, reason: 'milliseconds' },
    { schema: anyDuration, text: '5m', wanted: 300_000, reason: 'minutes' },
    { schema: anyDuration, text: '90d', wanted: 7_776_000_000, reason: 'days' },
    { schema: anyDuration, text: '-5m', wanted: null, reason: 'time runs forwards' },
    { schema: anyDuration, text: 'P1Y', wanted: null, reason: 'ISO durations have months' },
    { schema: anyDuration, text: '5 m', wanted: null, reason: 'a space' },
    { schema: anyDuration, text: '5', wanted: null, reason: 'no unit' },
    { schema: anyDuration, text: '', wanted: null, reason: 'nothing' },
    { schema: anyDuration, text: '9999999999999h', wanted: null, reason: 'beyond all numbers' },
    { schema: duration({ min: '1s', max: '240s', wholeSeconds: true }), text: '1500ms', wanted: null, reason: 'not whole seconds' },
    { schema: duration({ min: '1s', max: '240s', wholeSeconds: true }), text: '4m', wanted: 240_000, reason: 'the end of the range' },
    { schema: duration({ min: '1s', max: '240s', wholeSeconds: true }), text: '241s', wanted: null, reason: 'beyond the range' },
    { schema: memory, text: '1Gi', wanted: 2 ** 30, reason: 'gibibytes' },
    { schema: memory, text: '0.5Gi', wanted: 2 ** 29, reason: 'a part of one' },
    { schema: memory, text: '1G', wanted: null, reason: 'Azure counts in powers of two' },
    { schema: memory, text: '0Gi', wanted: null, reason: 'nothing' },
    { schema: percent, text: '99.9%', wanted: 99.9, reason: 'a share' },
    { schema: percent, text: '100.1%', wanted: null, reason: 'more than all' },
    { schema: percent, text: '>= 99%', wanted: null, reason: 'a bound where a share is meant' },
    { schema: atLeastPercent, text: '>= 99%', wanted: 99, reason: 'a least share' },
    { schema: atLeastPercent, text: '99%', wanted: null, reason: 'a share where a bound is meant' },
    { schema: atLeastPercent, text: '<= 99%', wanted: null, reason: 'the other way round' },
  ])('$text is $wanted: $reason', ({ schema, text, wanted }) => {
    expect(read(schema, text)).toBe(wanted);
  });

  test('memory is written as Azure writes it, and read back', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 64 }), (quarters) => {
      expect(read(memory, inGibibytes(quarters * 2 ** 28))).toBe(quarters * 2 ** 28);
    }));
  });

  test('a longer duration is longer in milliseconds', () => {
    fc.assert(fc.property(fc.nat({ max: 99_999 }), fc.constantFrom('ms', 's', 'm', 'h', 'd'), (count, unit) => {
      expect(parseDuration(`${count + 1}${unit}`)).toBeGreaterThan(parseDuration(`${count}${unit}`) ?? Infinity);
    }));
  });
});

describe('names', () => {
  test.each([
    { text: 'checkout', ok: true, reason: 'a word' },
    { text: 'checkout-v2', ok: true, reason: 'digits and a hyphen' },
    { text: 'c', ok: false, reason: 'Azure wants two characters' },
    { text: '2checkout', ok: false, reason: 'starts with a digit' },
    { text: 'check_out', ok: false, reason: 'an underscore' },
    { text: 'checkout\n', ok: false, reason: 'a line break at the end' },
    { text: 'a'.repeat(33), ok: false, reason: '33 characters' },
    { text: 'constructor', ok: false, reason: 'every object has it' },
  ])('$text as a service: $reason', ({ text, ok }) => {
    expect(serviceName.safeParse(text).success).toBe(ok);
  });

  test('a name that is taken is its own skeleton', () => {
    const name = declaredName({ what: 'A name', max: 63 });
    fc.assert(fc.property(fc.stringMatching(/^[a-z][a-z0-9]{0,20}(-[a-z0-9]{1,10}){0,2}$/), (text) => {
      fc.pre(name.safeParse(text).success);
      expect(skeleton(text)).toBe(text);
    }));
  });

  test.each([
    { text: 'рrod', looks: 'prod', reason: 'Cyrillic' },
    { text: 'PROD', looks: 'prod', reason: 'upper case' },
    { text: 'prod\u200b', looks: 'prod', reason: 'a zero-width space' },
    { text: 'ｐｒｏｄ', looks: 'prod', reason: 'full width' },
  ])('$text looks like $looks: $reason', ({ text, looks }) => {
    expect(skeleton(text)).toBe(looks);
  });

  test.each([
    { text: 'westeuorpe', wanted: 'westeurope', reason: 'two letters swapped' },
    { text: 'pooled', wanted: 'pool', reason: 'a longer word' },
    { text: 'x', wanted: null, reason: 'anything is one letter away' },
    { text: 'marsnorth', wanted: null, reason: 'too far from all' },
  ])('$text is near $wanted: $reason', ({ text, wanted }) => {
    expect(nearest(text, ['westeurope', 'uaenorth', 'pool'])).toBe(wanted);
  });

  test.each([
    { text: 'eastus3', ok: true, reason: 'a region that may be new' },
    { text: 'marsnorth', ok: true, reason: 'one that nobody knows' },
    { text: 'westeurop', ok: false, reason: 'a typing error' },
    { text: 'West Europe', ok: false, reason: 'the name for people' },
  ])('region $text: $reason', ({ text, ok }) => {
    expect([region.safeParse(text).success, isKnownRegion(text)]).toEqual([ok, false]);
  });

  test('nothing that can leave Azure’s own host is a vault', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (read(vaultName, text) !== null) expect(new URL(`https://${text}.vault.azure.net/x`).host).toBe(`${text}.vault.azure.net`);
      }),
    );
  });
});

describe('images', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  test.each([
    { text: 'contoso.azurecr.io/checkout:1.4.2', wanted: null, reason: 'a tag' },
    { text: `contoso.azurecr.io/checkout@${digest}`, wanted: null, reason: 'a digest' },
    { text: `contoso.azurecr.io/a/b/checkout:1@${digest}`, wanted: null, reason: 'both' },
    { text: `contoso.azurecr.io/checkout:latest@${digest}`, wanted: null, reason: 'the digest pins it' },
    { text: 'registry.example:5000/checkout:1', wanted: null, reason: 'a registry with a port' },
    { text: 'nginx:1.27', wanted: null, reason: 'the default registry' },
    { text: 'registry.example:5000/checkout', wanted: 'image-not-pinned', reason: 'a port is no tag' },
    { text: 'nginx:latest', wanted: 'image-not-pinned', reason: 'latest' },
    { text: '', wanted: 'invalid-image', reason: 'nothing' },
    { text: 'a//b:1', wanted: 'invalid-image', reason: 'an empty part' },
    { text: 'a..b/c:1', wanted: 'invalid-image', reason: 'two dots in a host' },
    { text: 'a/b:1 --privileged', wanted: 'invalid-image', reason: 'an option' },
    { text: `${'a/'.repeat(300)}b:1`, wanted: 'invalid-image', reason: 'too long' },
  ])('$text: $reason', ({ text, wanted }) => {
    expect(imageRefusal(text)?.code ?? null).toBe(wanted);
    expect(image.safeParse(text).success).toBe(wanted === null);
  });

  test('an Azure registry is known by its host', () => {
    expect([azureRegistry('contoso.azurecr.io/a:1'), azureRegistry('ghcr.io/contoso.azurecr.io/a:1')]).toEqual(['contoso.azurecr.io', null]);
  });
});

describe('what is no secret', () => {
  test.each([
    { key: 'secret', text: 'payments-api-key', reason: 'a name' },
    { key: 'version', text: '3f0c2a5b6d7e8f901a2b3c4d5e6f7081', reason: 'a version' },
    { key: 'API_KEY_HEADER', text: 'x-api-key', reason: 'a header' },
    { key: 'TOKEN_ISSUER', text: 'https://login.microsoftonline.com/common', reason: 'an address' },
    { key: 'image', text: `a/b@sha256:${'0a'.repeat(32)}`, reason: 'a digest' },
    { key: 'COMMIT', text: '8f41c43aa0b62fc61f7f00bb6f07b7dafd85e', reason: 'a commit' },
    { key: 'MOTD', text: 'Your password = the one you chose', reason: 'a sentence' },
    { key: 'BASE64', text: 'SGVsbG8gd29ybGQsIHRoaXMgaXMgZmluZQ==', reason: 'base64 of a sentence' },
  ])('$key: $text, $reason', ({ key, text }) => {
    expect(secretIn(text, key)).toBeNull();
  });

  test('takes no time on long texts', () => {
    const start = performance.now();
    for (const text of ['a'.repeat(200_000), 'a:/'.repeat(60_000), 'eyJ'.repeat(60_000), 'password='.repeat(20_000)]) secretIn(text, 'x');
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
