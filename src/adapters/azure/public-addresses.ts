import { lookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { BlockList, isIPv4, type LookupFunction } from 'node:net';

// Two lists: one list takes an IPv4 address for the IPv6 address that embeds it.
const deniedIpv4 = new BlockList();
const deniedIpv6 = new BlockList();
// https://www.iana.org/assignments/iana-ipv4-special-registry and the IPv6 one.
const ipv4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24],
  ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
];
for (const [net, prefix] of ipv4) deniedIpv4.addSubnet(net, prefix, 'ipv4');
// WireServer answers on a public address inside of every Azure virtual machine.
deniedIpv4.addAddress('168.63.129.16', 'ipv4');
// Everything but global unicast, then what embeds IPv4 addresses or is for documentation.
const ipv6: readonly (readonly [string, number])[] = [['::', 3], ['4000::', 2], ['8000::', 1], ['2001::', 23], ['2001:db8::', 32], ['2002::', 16]];
for (const [net, prefix] of ipv6) deniedIpv6.addSubnet(net, prefix, 'ipv6');

export function isPublicAddress(address: string): boolean {
  return isIPv4(address) ? !deniedIpv4.check(address, 'ipv4') : !deniedIpv6.check(address, 'ipv6');
}

/** `node:dns`'s own, or another one's answers. */
type Resolve = (hostname: string, options: LookupAllOptions, callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void;

/**
 * For a connection to a name that somebody else controls: the name is resolved once and the connection goes to an address that was looked
 * at. One private address among the answers is enough to refuse them all.
 */
export function publicLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const first = addresses?.[0];
      if (error || first === undefined) return callback(error ?? notFound(), '', 0);
      if (!addresses.every(({ address }) => isPublicAddress(address))) return callback(notFound(), '', 0);
      if (options.all) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}

export const lookupPublic: LookupFunction = publicLookup(lookup);

function notFound(): NodeJS.ErrnoException {
  return Object.assign(new Error('no public address'), { code: 'ENOTFOUND' });
}
