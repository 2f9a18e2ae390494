import { describe, expect, test } from 'vitest';
import { atMostCount, atMostDuration, numberBound } from './bounds.ts';
import { publicAddress } from './public-address.ts';
import { query } from './query.ts';
import { timeZone } from './time-zone.ts';

describe('bounds', () => {
  test.each([
    { schema: atMostCount, text: '<= 2', wanted: 2, reason: 'a greatest number' },
    { schema: atMostCount, text: '<=0', wanted: 0, reason: 'none at all' },
    { schema: atMostCount, text: '2', wanted: null, reason: 'a number alone does not say its side' },
    { schema: atMostCount, text: '>= 2', wanted: null, reason: 'the other side' },
    { schema: atMostCount, text: '<= 2.5', wanted: null, reason: 'half a restart' },
    { schema: atMostCount, text: '<= 99999', wanted: null, reason: 'no limit at all' },
    { schema: atMostDuration, text: '<= 500ms', wanted: 500, reason: 'a greatest duration' },
    { schema: atMostDuration, text: '<= 0ms', wanted: null, reason: 'nothing is that fast' },
    { schema: atMostDuration, text: '<= 2d', wanted: null, reason: 'beyond an hour' },
    { schema: atMostDuration, text: '500ms', wanted: null, reason: 'no side' },
    { schema: numberBound, text: '>= 0.99', wanted: { comparison: '>=', value: 0.99 }, reason: 'a least' },
    { schema: numberBound, text: '<= -5', wanted: { comparison: '<=', value: -5 }, reason: 'below zero' },
    { schema: numberBound, text: '< 5', wanted: null, reason: 'a side that is not there' },
    { schema: numberBound, text: '<= 1e9', wanted: null, reason: 'another spelling of numbers' },
    { schema: numberBound, text: `<= ${'9'.repeat(400)}`, wanted: null, reason: 'a number beyond all' },
    { schema: numberBound, text: '>= 99%', wanted: null, reason: 'a share where a number is meant' },
  ])('$text is $wanted: $reason', ({ schema, text, wanted }) => {
    const read = schema.safeParse(text);
    expect(read.success ? read.data : null).toEqual(wanted);
  });
});

describe('addresses', () => {
  test.each([
    { text: 'https://gates.example.com/checkout', ok: true, reason: 'a path' },
    { text: 'https://gates.example.com', ok: true, reason: 'a host alone' },
    { text: 'https://gates.example.com/a?for=checkout&b=1', ok: true, reason: 'a query' },
    { text: 'https://xn--bcher-kva.example/', ok: true, reason: 'a name in another script, as it is asked for' },
    { text: 'http://gates.example.com/', ok: false, reason: 'not encrypted' },
    { text: 'HTTPS://gates.example.com/', ok: false, reason: 'in upper case' },
    { text: 'https://user@gates.example.com/', ok: false, reason: 'a user' },
    { text: 'https://user:x@gates.example.com/', ok: false, reason: 'a user and a password' },
    { text: 'https://gates.example.com:8443/', ok: false, reason: 'a port' },
    { text: 'https://localhost/', ok: false, reason: 'this machine' },
    { text: 'https://gate.localhost/', ok: false, reason: 'this machine by another name' },
    { text: 'https://127.0.0.1/', ok: false, reason: 'this machine by its address' },
    { text: 'https://2130706433/', ok: false, reason: 'the same in one number' },
    { text: 'https://0x7f.1/', ok: false, reason: 'the same in hexadecimal' },
    { text: 'https://127.1/', ok: false, reason: 'the same, shortened' },
    { text: 'https://1.2.3.0x4/', ok: false, reason: 'an address whose end looks like a name' },
    { text: 'https://169.254.169.254/metadata', ok: false, reason: 'the metadata service' },
    { text: 'https://[::1]/', ok: false, reason: 'an IPv6 address' },
    { text: 'https://gates/', ok: false, reason: 'a name of the own network' },
    { text: 'https://gates.internal/', ok: false, reason: 'an ending of own networks' },
    { text: 'https://gates.example.com./', ok: false, reason: 'a dot at the end, which is another host to some' },
    { text: 'https://gates..example.com/', ok: false, reason: 'two dots' },
    { text: 'https://gates。example.com/', ok: false, reason: 'a dot of another script' },
    { text: 'https://evil.example\\@gates.example.com/', ok: false, reason: 'a backslash' },
    { text: 'https://gates.example.com/#x', ok: false, reason: 'a part that is never sent' },
    { text: 'https://gates.example.com/a b', ok: false, reason: 'a space' },
    { text: 'https://gates.example.com/a\r\nHost: x', ok: false, reason: 'a header' },
    { text: 'https:///gates.example.com/', ok: false, reason: 'no host' },
    { text: `https://gates.example.com/${'a'.repeat(1000)}`, ok: false, reason: 'too long' },
    { text: `https://${'a.'.repeat(50_000)}b/`, ok: false, reason: 'a name without end' },
  ])('$text: $reason', ({ text, ok }) => {
    expect(publicAddress.safeParse(text).success).toBe(ok);
    if (ok) expect(new URL(text).host).toBe(text.split('/')[2]);
  });
});

describe('queries', () => {
  test.each([
    { text: 'AppRequests | where App == "{app}" and Rev == "{revision}" and ago({minutes}m) < now() | count', ok: true, reason: 'all that stands for something' },
    { text: 'print x = 1', ok: true, reason: 'none of it' },
    { text: 'print dynamic({"a": 1}), "[0-9]{3}" | extend f = (y:int) { y }', ok: true, reason: 'braces of KQL' },
    { text: 'print "{replica}"', ok: false, reason: 'what stands for nothing' },
    { text: 'print "{App}"', ok: false, reason: 'another case' },
    { text: '  \n', ok: false, reason: 'nothing' },
    { text: 'x'.repeat(4001), ok: false, reason: 'a character too many' },
    { text: 'x'.repeat(4000), ok: true, reason: 'as long as it may be' },
  ])('$reason: $ok', ({ text, ok }) => {
    expect(query.safeParse(text).success).toBe(ok);
  });
});

describe('time zones', () => {
  test.each([
    { text: 'Europe/Berlin', hint: 'ok', reason: 'a city' },
    { text: 'UTC', hint: 'ok', reason: 'none' },
    { text: 'America/Argentina/Buenos_Aires', hint: 'ok', reason: 'three parts' },
    { text: 'Europe/Berln', hint: 'Did you mean `Europe/Berlin`?', reason: 'a typing error' },
    { text: 'Berlin', hint: 'Did you mean `Europe/Berlin`?', reason: 'a city alone' },
    { text: 'America/New York', hint: 'Did you mean `America/New_York`?', reason: 'a space' },
    { text: '+02:00', hint: null, reason: 'an offset knows no summer' },
    { text: 'Mars/Olympus', hint: null, reason: 'elsewhere' },
    { text: '', hint: null, reason: 'nothing' },
    { text: 'a'.repeat(100_000), hint: null, reason: 'a name without end' },
  ])('$text: $reason', ({ text, hint }) => {
    const read = timeZone.safeParse(text);
    const [issue] = read.error?.issues ?? [];
    const found = issue?.code === 'custom' ? (issue.params?.['hint'] ?? null) : 'ok';
    expect(found).toBe(hint);
  });
});
