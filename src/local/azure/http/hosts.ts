/** Which part of Azure a host name belongs to. */
export type HostKind = 'management' | 'login' | 'vault' | 'logs' | 'ingress';

const patterns: readonly { readonly kind: HostKind; readonly pattern: RegExp }[] = [
  // A person, curl or the demo comes by address and means Azure Resource Manager.
  { kind: 'management', pattern: /^(management\.azure\.com|localhost|127\.0\.0\.1)$/ },
  { kind: 'login', pattern: /^(login\.microsoftonline\.com|login\.microsoft\.com|login\.windows\.net)$/ },
  { kind: 'vault', pattern: /^[a-z][a-z0-9-]{1,22}[a-z0-9]\.vault\.azure\.net$/ },
  { kind: 'logs', pattern: /^api\.loganalytics\.io$/ },
  { kind: 'ingress', pattern: /^([a-z0-9-]+\.){1,4}azurecontainerapps\.io$/ },
];

/** Null for a host that is not served: its handshake fails, as a name that does not resolve would. */
export function hostKind(host: string): HostKind | null {
  return patterns.find(({ pattern }) => pattern.test(host.toLowerCase()))?.kind ?? null;
}

/** `vault` of `vault.vault.azure.net`. */
export function vaultNameOf(host: string): string {
  return host.split('.', 1)[0] ?? '';
}

/** Of a `Host` header: lower case, without port. */
export function hostName(header: string | undefined): string {
  return (header ?? '').replace(/:\d+$/, '').toLowerCase();
}
