import { createHash, generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto';
import * as z from 'zod';
import type { LocalClock } from '../world.ts';

/** What a bearer token says. */
export interface Claims {
  readonly audience: string;
  /** Object id of the service principal or user. */
  readonly principalId: string;
  /** Application (client) id. */
  readonly clientId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The tenant that the token is of; this one if absent. */
  readonly tenantId?: string;
}

/** What an outside issuer says of a workload. */
export interface Assertion {
  readonly subject: string;
  readonly audience: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

type AssertionProblem =
  | { readonly fault: 'malformed' }
  | { readonly fault: 'issuer' | 'audience'; readonly found: string }
  | { readonly fault: 'expired'; readonly issuedAt: number; readonly expiresAt: number };

/** Issues and reads the tokens of the local Entra tenant. */
export interface TokenAuthority {
  readonly tenantId: string;
  issue(claims: Claims): string;
  /** A token that an outside issuer, a cluster or a CI system, would give a workload to trade in at Entra. */
  issueAssertion(assertion: Assertion): string;
  read(token: string, now: number): { readonly claims: Required<Claims> } | { readonly fault: 'malformed' } | { readonly fault: 'expired'; readonly expiredAt: number };
  /** Whether it was issued by `issueAssertion`, for Entra, and is still good. */
  readAssertion(token: string, now: number): { readonly subject: string } | AssertionProblem;
}

const keptTokens = 1000;

export const assertionAudience = 'api://AzureADTokenExchange';
const assertionIssuer = 'https://oidc.trueup.local';

const payloadSchema = z.object({ aud: z.string(), oid: z.string(), appid: z.string(), tid: z.string(), exp: z.number() });
const assertionSchema = z.object({ aud: z.string(), iss: z.string(), sub: z.string(), iat: z.number(), exp: z.number() });

/** Keys live as long as the process, so tokens of an earlier run are refused. */
export function tokenAuthority(tenantId: string, clock: Pick<LocalClock, 'now'>): TokenAuthority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyId = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64url').slice(0, 27);

  const signed = (payload: object) => {
    const content = `${encode({ typ: 'JWT', alg: 'ES256', kid: keyId })}.${encode(payload)}`;
    return `${content}.${sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
  // A client sends the same token with every request of an hour.
  const genuineOnes = new Map<string, unknown>();
  const opened = (token: string): unknown => {
    const known = genuineOnes.get(token);
    if (known !== undefined) return known;
    const [header = '', payload = '', signature = ''] = token.split('.');
    const genuine = verify('sha256', Buffer.from(`${header}.${payload}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
    if (!genuine) return null;
    if (genuineOnes.size >= keptTokens) genuineOnes.clear();
    const content = contentOf(token);
    genuineOnes.set(token, content);
    return content;
  };
  return {
    tenantId,
    issue({ audience, principalId, clientId, expiresAt, tenantId: ofTenant = tenantId }) {
      const now = Math.floor(clock.now() / 1000);
      const times = { iat: now, nbf: now, exp: Math.floor(expiresAt / 1000) };
      return signed({ aud: audience, iss: issuerOf(ofTenant), ...times, appid: clientId, idtyp: 'app', oid: principalId, sub: principalId, tid: ofTenant, uti: randomUUID(), ver: '1.0' });
    },
    issueAssertion({ subject, audience, expiresAt }) {
      const exp = Math.floor(expiresAt / 1000);
      return signed({ aud: audience, iss: assertionIssuer, sub: subject, iat: Math.min(Math.floor(clock.now() / 1000), exp - 3600), exp });
    },
    read(token, now) {
      const { data } = payloadSchema.safeParse(opened(token));
      if (data === undefined) return { fault: 'malformed' };
      const claims = { audience: data.aud, principalId: data.oid, clientId: data.appid, expiresAt: data.exp * 1000, tenantId: data.tid };
      return claims.expiresAt <= now ? { fault: 'expired', expiredAt: claims.expiresAt } : { claims };
    },
    readAssertion(token, now) {
      // The keys are the issuer's, so that one comes first.
      const { data } = assertionSchema.safeParse(contentOf(token));
      if (data === undefined) return { fault: 'malformed' };
      if (data.iss !== assertionIssuer) return { fault: 'issuer', found: data.iss };
      if (opened(token) === null) return { fault: 'malformed' };
      if (data.aud !== assertionAudience) return { fault: 'audience', found: data.aud };
      return data.exp * 1000 <= now ? { fault: 'expired', issuedAt: data.iat * 1000, expiresAt: data.exp * 1000 } : { subject: data.sub };
    },
  };
}

/** As the tokens of a tenant name who issued them. */
export function issuerOf(tenantId: string): string {
  return `https://sts.windows.net/${tenantId}/`;
}

/** What a token says, whoever signed it; null for what is none. */
function contentOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as unknown;
  } catch {
    return null;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
