/**
 * Where Trueup must not go. Names of vaults and addresses in manifests are refused where they are read, in `manifest-cases.ts`; this is what
 * the adapters do with what came all the same. Nobody hands them a whole address of a workload: it is the host that Azure names, and a path.
 */
interface HostCase {
  readonly reason: string;
  /** Between `https://` and the path. */
  readonly host: string;
  /** It is the address of a public host, which the manifests take and no grant names. */
  readonly isPublic?: true;
}

export const hostCases: readonly HostCase[] = [
  { reason: 'a vault as the user of another host', host: 'kv.vault.azure.net@evil.example' },
  { reason: 'another host before a backslash', host: 'evil.example\\@kv.vault.azure.net' },
  { reason: 'dots of full width', host: '127．0．0．1' },
  { reason: 'an ideographic full stop', host: '127。0。0。1' },
  { reason: 'an address in hexadecimal', host: '0x7f.1' },
  { reason: 'an address in octal', host: '0177.0.0.1' },
  { reason: 'an address in one number', host: '2130706433' },
  { reason: 'digits in circles', host: '①②⑦.⓪.⓪.①' },
  { reason: 'an address that ends early', host: '127.1' },
  { reason: 'this machine', host: 'localhost' },
  { reason: 'the metadata service', host: '169.254.169.254' },
  { reason: 'the metadata service as IPv6', host: '[::ffff:169.254.169.254]' },
  { reason: 'the metadata service behind a translator', host: '[64:ff9b::a9fe:a9fe]' },
  { reason: "the host's wire server", host: '168.63.129.16' },
  { reason: 'any address', host: '0.0.0.0' },
  { reason: 'this machine as IPv6', host: '[::1]' },
  { reason: 'a zone of IPv6', host: '[fe80::1%25eth0]' },
  { reason: 'another port', host: 'gates.example.com:8443' },
  { reason: 'a host behind an empty one', host: '/evil.example' },
  { reason: 'a host with a line break', host: 'gates.example.com\r\nHost: evil.example' },
  { reason: 'a host with a NUL', host: 'gates.example.com\0.evil.example' },
  { reason: 'a host that ends the address', host: 'evil.example#.gates.example.com' },
  { reason: 'a host that begins the query', host: 'evil.example?.gates.example.com', isPublic: true },
  { reason: 'a soft hyphen in it', host: 'gates.exam\u00adple.org' },
  { reason: 'nothing', host: '' },
];

/** Answers of a resolver, by how often it was asked: one that is not for the public refuses them all. */
export const resolverCases: readonly { readonly reason: string; readonly addresses: readonly string[] }[] = [
  { reason: 'this machine', addresses: ['127.0.0.1'] },
  { reason: 'a public one beside a private one', addresses: ['8.8.8.8', '10.0.0.4'] },
  { reason: 'the metadata service', addresses: ['169.254.169.254'] },
  { reason: "the host's wire server", addresses: ['168.63.129.16'] },
  { reason: 'a neighbour in the network', addresses: ['10.1.2.3'] },
  { reason: "a carrier's network", addresses: ['100.64.0.1'] },
  { reason: 'this machine as IPv6', addresses: ['::1'] },
  { reason: 'the metadata service within IPv6', addresses: ['::ffff:169.254.169.254'] },
  { reason: 'the same in hexadecimal', addresses: ['::ffff:a9fe:a9fe'] },
  { reason: 'the metadata service behind a translator', addresses: ['64:ff9b::a9fe:a9fe'] },
  { reason: 'the metadata service within 6to4', addresses: ['2002:a9fe:a9fe::1'] },
  { reason: 'a link of its own', addresses: ['fe80::1'] },
  { reason: 'a private network of IPv6', addresses: ['fd00:ec2::254'] },
  { reason: 'all of them', addresses: ['255.255.255.255'] },
  { reason: 'a group', addresses: ['224.0.0.1', 'ff02::1'] },
  { reason: 'none', addresses: [] },
];

export const redirectCases: readonly { readonly status: number; readonly location: string }[] = [301, 302, 303, 307, 308].flatMap((status) =>
  ['http://169.254.169.254/metadata/identity/oauth2/token', 'https://localhost/', '//evil.example/', 'file:///etc/passwd'].map((location) => ({ status, location })),
);
