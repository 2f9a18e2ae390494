/**
 * Why a request to a control address is refused; null for a program or a person. They need no token, since the listener is on the loopback; a
 * page in the browser of somebody on this machine reaches the loopback, too: under its own origin, or under a name that it lets lead here.
 */
export function foreignPage(header: (name: string) => string | null | undefined, otherHosts: readonly string[] = []): string | null {
  const host = header('host') ?? '';
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (![...loopback, ...otherHosts].includes(name)) return `Only ${loopback.join(', ')} are names of this address.`;
  const origin = header('origin') ?? null;
  if (origin !== null && origin.replace(/^https?:\/\//, '') !== host) return 'Pages of other origins may not use this.';
  const site = header('sec-fetch-site') ?? null;
  return site === null || site === 'same-origin' || site === 'none' ? null : 'Pages of other origins may not use this.';
}

const loopback = ['127.0.0.1', 'localhost', '[::1]'];
