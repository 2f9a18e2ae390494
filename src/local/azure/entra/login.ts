import { randomUUID } from 'node:crypto';
import { ok } from '../answers.ts';
import type { ReadRequest } from '../http/read-request.ts';
import { textAt } from '../json.ts';
import { azureTime, secondsTime } from '../times.ts';
import type { AzureAnswer, LocalClock } from '../world.ts';
import type { Principals } from './principals.ts';
import type { TokenAuthority } from './tokens.ts';

interface LoginOptions {
  readonly clock: Pick<LocalClock, 'now'>;
  readonly tokens: TokenAuthority;
  readonly principals: Principals;
  /** Subject of the outside tokens that a client trusts, its federated credential; null for a client without one. */
  readonly federatedSubject: (clientId: string) => string | null;
  /** Entra's own choice when it is null. */
  readonly tokenLifeMs: number | null;
}

const usualLifeMs = 3_599_000;
const federationHelp = 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation';
const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** `login.microsoftonline.com`, as far as a workload needs it: discovery, and client credentials with a federated token; null for the rest. */
export function loginService(options: LoginOptions): (request: ReadRequest) => AzureAnswer | null {
  const { tenantId } = options.tokens;
  return (request) => {
    const { method, origin, segments } = request;
    const [first = '', ...rest] = segments;
    const action = rest.join('/').toLowerCase();
    if (method === 'GET' && action === 'discovery/instance') return instances(origin);
    const isDiscovery = method === 'GET' && action === 'v2.0/.well-known/openid-configuration';
    if (!isDiscovery && !(method === 'POST' && action === 'oauth2/v2.0/token')) return null;
    const isKnown = first.toLowerCase() === tenantId;
    if (isKnown && isDiscovery) return configuration(origin, tenantId);
    const answer = isKnown ? token(request, options) : tenantUnknown(first);
    return answer !== null && 'code' in answer ? shown(answer, request, options.clock.now()) : answer;
  };
}

function instances(origin: string): AzureAnswer {
  const host = new URL(origin).host;
  return ok({
    tenant_discovery_endpoint: `${origin}/common/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  });
}

function configuration(origin: string, tenantId: string): AzureAnswer {
  return ok({
    issuer: `${origin}/${tenantId}/v2.0`,
    authorization_endpoint: `${origin}/${tenantId}/oauth2/v2.0/authorize`,
    token_endpoint: `${origin}/${tenantId}/oauth2/v2.0/token`,
    jwks_uri: `${origin}/${tenantId}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    response_types_supported: ['code', 'id_token', 'token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    tenant_region_scope: 'EU',
    cloud_instance_name: 'microsoftonline.com',
  });
}

function token({ body }: ReadRequest, { clock, tokens, principals, federatedSubject, tokenLifeMs }: LoginOptions): AzureAnswer | Refusal | null {
  const field = (name: string) => textAt(body, name) ?? '';
  const scope = field('scope').split(' ').find((item) => item.endsWith('/.default'));
  if (field('grant_type') !== 'client_credentials') return refusal(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
  if (scope === undefined) return refusal(400, 'invalid_scope', 1002012, 'The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.');
  const principal = principals.byClientId(field('client_id'));
  if (principal === null) return applicationUnknown(field('client_id'), tokens.tenantId);
  // Nobody has one here, so what Entra says of it is not modelled.
  if (field('client_secret') !== '') return null;
  if (field('client_assertion_type') !== jwtBearer) return refusal(401, 'invalid_client', 7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
  const assertion = tokens.readAssertion(field('client_assertion'), clock.now());
  if ('fault' in assertion) return assertionRefused(assertion, clock.now());
  if (assertion.subject !== federatedSubject(principal.clientId)) return noRecord(700213, 'subject', assertion.subject);
  const { principalId, clientId } = principal;
  const lifeMs = tokenLifeMs ?? usualLifeMs;
  const accessToken = tokens.issue({ audience: scope.replace(/\/\.default$/, ''), principalId, clientId, expiresAt: clock.now() + lifeMs });
  const seconds = Math.floor(lifeMs / 1000);
  return ok({ token_type: 'Bearer', expires_in: seconds, ext_expires_in: seconds, access_token: accessToken });
}

interface Refusal {
  readonly status: number;
  readonly error: string;
  /** The number behind `AADSTS`. */
  readonly code: number;
  readonly message: string;
}

function refusal(status: number, error: string, code: number, message: string): Refusal {
  return { status, error, code, message };
}

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
function assertionRefused(problem: Exclude<ReturnType<TokenAuthority['readAssertion']>, { subject: string }>, now: number): Refusal {
  switch (problem.fault) {
    case 'malformed':
      return refusal(401, 'invalid_client', 50027, 'JWT token is invalid or malformed.');
    case 'issuer':
      return noRecord(700211, 'issuer', problem.found);
    case 'audience':
      return noRecord(700212, 'audience', problem.found);
    case 'expired': {
      const range = `Current time: ${azureTime(now)}Z, assertion valid from ${azureTime(problem.issuedAt)}Z, expiry time of assertion ${azureTime(problem.expiresAt)}Z.`;
      return refusal(401, 'invalid_client', 700024, `Client assertion is not within its valid time range. ${range} Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .`);
    }
  }
}

function noRecord(code: number, what: 'issuer' | 'audience' | 'subject', found: string): Refusal {
  const message = `No matching federated identity record found for presented assertion ${what} '${found}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. ${federationHelp}`;
  return refusal(401, 'invalid_client', code, message);
}

function applicationUnknown(clientId: string, tenantId: string): Refusal {
  const cause = 'This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.';
  return refusal(400, 'unauthorized_client', 700016, `Application with identifier '${clientId}' was not found in the directory '${tenantId}'. ${cause}`);
}

function tenantUnknown(tenant: string): Refusal {
  return refusal(400, 'invalid_tenant', 90002, `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`);
}

function shown({ status, error, code, message }: Refusal, { origin, query }: ReadRequest, now: number): AzureAnswer {
  const timestamp = `${secondsTime(now).replace('T', ' ')}Z`;
  const trace = randomUUID();
  const correlation = query.get('client-request-id') ?? randomUUID();
  const description = `AADSTS${code}: ${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`;
  return { status, body: { error, error_description: description, error_codes: [code], timestamp, trace_id: trace, correlation_id: correlation, error_uri: `${origin}/error?code=${code}` } };
}
