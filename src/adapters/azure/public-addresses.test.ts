import { expect, test } from 'vitest';
import { isPublicAddress, lookupPublic } from './public-addresses.ts';

test.each([
  { reason: 'an address of the internet', address: '20.31.4.5', allowed: true },
  { reason: 'an IPv6 address of the internet', address: '2603:1020:201:10::10f', allowed: true },
  { reason: 'loopback', address: '127.0.0.1', allowed: false },
  { reason: 'IPv6 loopback', address: '::1', allowed: false },
  { reason: 'private, 10/8', address: '10.1.2.3', allowed: false },
  { reason: 'private, 172.16/12', address: '172.31.255.255', allowed: false },
  { reason: 'private, 192.168/16', address: '192.168.0.1', allowed: false },
  { reason: 'the instance metadata service', address: '169.254.169.254', allowed: false },
  { reason: 'WireServer', address: '168.63.129.16', allowed: false },
  { reason: 'any address of this host', address: '0.0.0.0', allowed: false },
  { reason: 'carrier-grade NAT', address: '100.64.0.1', allowed: false },
  { reason: 'IPv6 link-local', address: 'fe80::1', allowed: false },
  { reason: 'IPv6 unique local', address: 'fd00::1', allowed: false },
  { reason: 'IPv4 written as IPv6', address: '::ffff:169.254.169.254', allowed: false },
  { reason: 'IPv4 behind NAT64', address: '64:ff9b::a9fe:a9fe', allowed: false },
  { reason: 'IPv4 inside 6to4', address: '2002:a9fe:a9fe::1', allowed: false },
  { reason: 'multicast', address: '224.0.0.1', allowed: false },
])('$reason', ({ address, allowed }) => {
  expect(isPublicAddress(address)).toBe(allowed);
});

test('a name that leads to the machine itself is not found', async () => {
  for (const all of [true, false]) {
    const error = await new Promise((resolve) => lookupPublic('localhost', { all }, resolve));
    expect(error).toMatchObject({ code: 'ENOTFOUND' });
  }
});
