import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../kernel/secret.ts';

/**
 * Whether one of the secrets signed exactly these bytes (`X-Hub-Signature-256: sha256=<64 hex digits>`). All secrets are tried in
 * constant time each; SHA-1 signatures are not looked at.
 */
export function isSigned(body: readonly Uint8Array[], header: string, secrets: readonly Secret<string>[]): boolean {
  const match = /^sha256=([0-9a-f]{64})$/.exec(header);
  if (match?.[1] === undefined) return false;
  const given = Buffer.from(match[1], 'hex');
  const matches = secrets.map((secret) => {
    const mac = createHmac('sha256', secret.reveal());
    for (const chunk of body) mac.update(chunk);
    return timingSafeEqual(mac.digest(), given);
  });
  return matches.includes(true);
}
