import type { IncomingHttpHeaders } from 'node:http';
import { refused } from '../answers.ts';
import type { People } from '../entra/people.ts';
import { issuerOf, type TokenAuthority } from '../entra/tokens.ts';
import type { AzureAnswer, LocalClock } from '../world.ts';

export interface Authentication {
  readonly clock: Pick<LocalClock, 'now'>;
  readonly tokens: TokenAuthority;
  /** Their tokens are good everywhere and for ever. */
  readonly people: Pick<People, 'byToken'>;
}

/** Whose token it is. */
export interface Caller {
  readonly principalId: string;
  readonly clientId: string;
}

/** Why nobody is known by a token. */
export type TokenProblem =
  | { readonly problem: 'missing' | 'malformed' }
  | { readonly problem: 'expired'; readonly expiredAt: number; readonly now: number }
  | { readonly problem: 'audience' | 'issuer'; readonly found: string };

/** Whose token came along, for one of these audiences as they are written. */
export function callerOf(headers: IncomingHttpHeaders, audiences: readonly string[], { clock, tokens, people }: Authentication): Caller | TokenProblem {
  const [scheme = '', token = ''] = (headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() !== 'bearer' || token === '') return { problem: 'missing' };
  const person = people.byToken(token);
  if (person !== null) return person;
  const now = clock.now();
  const read = tokens.read(token, now);
  if ('fault' in read) return read.fault === 'expired' ? { problem: 'expired', expiredAt: read.expiredAt, now } : { problem: 'malformed' };
  const { audience, tenantId } = read.claims;
  if (!audiences.includes(audience)) return { problem: 'audience', found: audience };
  return tenantId === tokens.tenantId ? read.claims : { problem: 'issuer', found: issuerOf(tenantId) };
}

/** Azure Resource Manager's answer, in its words. */
export function unauthenticated(problem: TokenProblem, tenantId: string): AzureAnswer {
  const { code, message } = refusalOf(problem, tenantId);
  // A header is one line.
  const description = message.split('. ', 1)[0] ?? '';
  return refused(401, code, message, { 'www-authenticate': `Bearer authorization_uri="${authority(tenantId)}", error="invalid_token", error_description="${description}"` });
}

function refusalOf(found: TokenProblem, tenantId: string): { readonly code: string; readonly message: string } {
  switch (found.problem) {
    case 'missing':
      return { code: 'AuthenticationFailed', message: "Authentication failed. The 'Authorization' header is missing." };
    case 'malformed':
      return { code: 'InvalidAuthenticationToken', message: 'The access token is invalid.' };
    case 'expired':
      return { code: 'ExpiredAuthenticationToken', message: `The access token expiry UTC time '${shortTime(found.expiredAt)}' is earlier than current UTC time '${shortTime(found.now)}'.` };
    case 'audience':
      return { code: 'InvalidAuthenticationTokenAudience', message: `The access token has been obtained for wrong audience or resource '${found.found}'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'.` };
    case 'issuer':
      return { code: 'InvalidAuthenticationTokenTenant', message: `The access token is from the wrong issuer '${found.found}'. It must match the tenant '${issuerOf(tenantId)}' associated with this subscription. Please use the authority (URL) '${authority(tenantId)}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.` };
  }
}

function authority(tenantId: string): string {
  return `https://login.windows.net/${tenantId}`;
}

/** `5/14/2023 8:22:51 AM`. */
function shortTime(at: number): string {
  return new Date(at).toLocaleString('en-US', { timeZone: 'UTC' }).replace(',', '').replace('\u202f', ' ');
}
