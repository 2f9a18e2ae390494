import { describe, expect, test } from 'vitest';
import { foreignPage } from './foreign-page.ts';

describe('who may use a control address', () => {
  test.each([
    { reason: 'a program by address', headers: { host: '127.0.0.1:4000' }, refused: false },
    { reason: 'a person by name', headers: { host: 'LOCALHOST:4000' }, refused: false },
    { reason: 'a person who typed the address', headers: { host: '127.0.0.1:4000', 'sec-fetch-site': 'none' }, refused: false },
    { reason: 'a page of its own', headers: { host: '127.0.0.1:4000', origin: 'http://127.0.0.1:4000', 'sec-fetch-site': 'same-origin' }, refused: false },
    { reason: 'the name that clients of Azure use, where it is served', headers: { host: 'management.azure.com:8443' }, refused: false },
    { reason: 'a name that leads here (DNS rebinding)', headers: { host: 'evil.example:4000' }, refused: true },
    { reason: 'no host at all', headers: {}, refused: true },
    { reason: 'a page of the web', headers: { host: '127.0.0.1:4000', origin: 'https://evil.example' }, refused: true },
    { reason: 'a page of another port of this machine', headers: { host: '127.0.0.1:4000', origin: 'http://127.0.0.1:3000' }, refused: true },
    { reason: 'a page without an origin, in a sandbox', headers: { host: '127.0.0.1:4000', origin: 'null' }, refused: true },
    { reason: 'an image of a page, which has no origin', headers: { host: '127.0.0.1:4000', 'sec-fetch-site': 'cross-site' }, refused: true },
  ])('$reason', ({ headers, refused }) => {
    const given: Readonly<Record<string, string>> = headers;
    expect(foreignPage((name) => given[name], ['management.azure.com']) !== null).toBe(refused);
  });
});
