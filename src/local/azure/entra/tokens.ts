import { createHash, generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto';
import * as z from 'zod';

/** What a bearer token says. */
export interface Claims {
  readonly audience: string;
  /** Object id of the service principal or user. */
  readonly principalId: string;
  /** Application (client) id. */
  readonly clientId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

type TokenFault = 'malformed' | 'expired';

/** Issues and reads the tokens of the local Entra tenant. */
export interface TokenAuthority {
  readonly tenantId: string;
  issue(claims: Claims): string;
  /** A token that an outside issuer, a cluster or a CI system, would give a workload to trade in at Entra. */
  issueAssertion(subject: string, expiresAt: number): string;
  read(token: string, now: number): { readonly claims: Claims } | { readonly fault: TokenFault };
  /** Whether it was issued by `issueAssertion` and is still good. */
  readAssertion(token: string, now: number): { readonly subject: string } | { readonly fault: TokenFault };
}

const assertionAudience = 'api://AzureADTokenExchange';

const payloadSchema = z.object({ aud: z.string(), oid: z.string(), appid: z.string(), exp: z.number() });
const assertionSchema = z.object({ aud: z.literal(assertionAudience), sub: z.string(), exp: z.number() });

/** Keys live as long as the process, so tokens of an earlier run are refused. */
export function tokenAuthority(tenantId: string): TokenAuthority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyId = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64url').slice(0, 27);
  const issuer = `https://sts.windows.net/${tenantId}/`;

  const signed = (payload: object) => {
    const content = `${encode({ typ: 'JWT', alg: 'ES256', kid: keyId })}.${encode(payload)}`;
    return `${content}.${sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
  const opened = (token: string): unknown => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const genuine = verify('sha256', Buffer.from(`${header}.${payload}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
    return genuine ? (JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as unknown) : null;
  };
  return {
    tenantId,
    issue({ audience, principalId, clientId, expiresAt }) {
      const now = Math.floor(Date.now() / 1000);
      const times = { iat: now, nbf: now, exp: Math.floor(expiresAt / 1000) };
      return signed({ aud: audience, iss: issuer, ...times, appid: clientId, idtyp: 'app', oid: principalId, sub: principalId, tid: tenantId, uti: randomUUID(), ver: '1.0' });
    },
    issueAssertion: (subject, expiresAt) => signed({ aud: assertionAudience, iss: 'https://oidc.trueup.local', sub: subject, exp: Math.floor(expiresAt / 1000) }),
    read(token, now) {
      const { data } = payloadSchema.safeParse(opened(token));
      if (data === undefined) return { fault: 'malformed' };
      const claims = { audience: data.aud, principalId: data.oid, clientId: data.appid, expiresAt: data.exp * 1000 };
      return claims.expiresAt <= now ? { fault: 'expired' } : { claims };
    },
    readAssertion(token, now) {
      const { data } = assertionSchema.safeParse(opened(token));
      if (data === undefined) return { fault: 'malformed' };
      return data.exp * 1000 <= now ? { fault: 'expired' } : { subject: data.sub };
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
