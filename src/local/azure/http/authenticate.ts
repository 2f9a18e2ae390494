import type { IncomingHttpHeaders } from 'node:http';
import { refused } from '../answers.ts';
import type { TokenAuthority } from '../entra/tokens.ts';
import type { AzureAnswer, LocalClock } from '../world.ts';

export interface Authentication {
  readonly clock: Pick<LocalClock, 'now'>;
  readonly tokens: TokenAuthority;
  /** A person's token: good everywhere and for ever. */
  readonly person: { readonly token: string; readonly principalId: string; readonly clientId: string };
}

/** Whose token it is. */
export interface Caller {
  readonly principalId: string;
  readonly clientId: string;
}

export type TokenProblem = 'missing' | 'malformed' | 'expired' | 'wrong-audience';

/** Whose token came along, for one of these audiences; a trailing slash makes no difference. */
export function callerOf(headers: IncomingHttpHeaders, audiences: readonly string[], { clock, tokens, person }: Authentication): Caller | TokenProblem {
  const [scheme = '', token = ''] = (headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() !== 'bearer' || token === '') return 'missing';
  if (token === person.token) return person;
  const read = tokens.read(token, clock.now());
  if ('fault' in read) return read.fault;
  return audiences.includes(read.claims.audience.replace(/\/+$/, '')) ? read.claims : 'wrong-audience';
}

export function unauthenticated(problem: TokenProblem, tenantId: string): AzureAnswer {
  const { code, message } = managementProblems[problem];
  const authority = `https://login.microsoftonline.com/${tenantId}`;
  return refused(401, code, message, { 'www-authenticate': `Bearer authorization_uri="${authority}", error="invalid_token", error_description="${message}"` });
}

const managementProblems: Readonly<Record<TokenProblem, { readonly code: string; readonly message: string }>> = {
  missing: { code: 'AuthenticationFailed', message: "Authentication failed. The 'Authorization' header is missing." },
  malformed: { code: 'InvalidAuthenticationToken', message: 'The access token is invalid.' },
  expired: { code: 'ExpiredAuthenticationToken', message: 'The access token expiry UTC time is earlier than current UTC time.' },
  'wrong-audience': {
    code: 'InvalidAuthenticationTokenAudience',
    message: "The access token has been obtained for the wrong audience or resource. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.azure.com/'.",
  },
};
