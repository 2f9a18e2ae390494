import { describe, expect, test } from 'vitest';
import { hostKind, hostName } from './hosts.ts';
import { addressOf } from './read-request.ts';

describe('addresses', () => {
  test.each([
    { reason: 'doubled slashes', url: '//subscriptions//x', path: '/subscriptions/x', query: {} },
    { reason: 'a trailing slash', url: '/secrets/db/', path: '/secrets/db', query: {} },
    { reason: 'an encoded key', url: '/a?api%2Dversion=7.5&%24filter=b', path: '/a', query: { 'api-version': '7.5', $filter: 'b' } },
    { reason: 'keys in capitals, values kept', url: '/a?API-Version=X', path: '/a', query: { 'api-version': 'X' } },
    { reason: 'a question mark in a value', url: '/a?b=c?d', path: '/a', query: { b: 'c?d' } },
    { reason: 'nothing', url: '/', path: '/', query: {} },
  ])('are read with $reason', ({ url, path, query }) => {
    const address = addressOf({ url });
    expect(address && { path: address.path, query: Object.fromEntries(address.query) }).toEqual({ path, query });
  });
});

describe('hosts', () => {
  test.each([
    { reason: 'Azure Resource Manager', host: 'management.azure.com', kind: 'management' },
    { reason: 'a person on the loopback', host: '127.0.0.1', kind: 'management' },
    { reason: 'Entra', host: 'login.microsoftonline.com', kind: 'login' },
    { reason: 'a vault', host: 'KV-Storefront.vault.azure.net', kind: 'vault' },
    { reason: 'a label below a vault', host: 'a.kv.vault.azure.net', kind: null },
    { reason: 'an app of an environment', host: 'checkout.happybay-1a2b.westeurope.azurecontainerapps.io', kind: 'ingress' },
    { reason: 'an internal app', host: 'orders.internal.happybay-1a2b.westeurope.azurecontainerapps.io', kind: 'ingress' },
    { reason: 'a name that ends alike', host: 'notazurecontainerapps.io', kind: null },
    { reason: 'a name that goes on', host: 'management.azure.com.evil.example', kind: null },
  ])('know $reason', ({ host, kind }) => {
    expect(hostKind(host)).toBe(kind);
  });

  test('are read without port', () => {
    expect([hostName('Localhost:8443'), hostName('management.azure.com'), hostName(undefined)]).toEqual(['localhost', 'management.azure.com', '']);
  });
});
