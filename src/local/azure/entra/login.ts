import { ok, refused } from '../answers.ts';
import type { ReadRequest } from '../http/read-request.ts';
import { textAt } from '../json.ts';
import type { AzureAnswer, LocalClock } from '../world.ts';
import type { Principals } from './principals.ts';
import type { TokenAuthority } from './tokens.ts';

interface LoginOptions {
  readonly clock: Pick<LocalClock, 'now'>;
  readonly tokens: TokenAuthority;
  readonly principals: Principals;
  /** Subject of the outside tokens that a client trusts, its federated credential; null for a client without one. */
  readonly federatedSubject: (clientId: string) => string | null;
}

const tokenLifeMs = 3_599_000;
const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** `login.microsoftonline.com`, as far as a workload needs it: discovery, and client credentials with a federated token. */
export function loginService(options: LoginOptions): (request: ReadRequest) => AzureAnswer | null {
  const { tenantId } = options.tokens;
  return (request) => {
    const { method, origin, segments } = request;
    const [first = '', ...rest] = segments;
    const action = rest.join('/').toLowerCase();
    if (method === 'GET' && action === 'discovery/instance') return instances(origin);
    if (action === 'v2.0/.well-known/openid-configuration' || action === 'oauth2/v2.0/token') {
      if (first.toLowerCase() !== tenantId) return tenantUnknown(first);
      return method === 'GET' ? configuration(origin, tenantId) : token(request, options);
    }
    return null;
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

function token({ body }: ReadRequest, { clock, tokens, principals, federatedSubject }: LoginOptions): AzureAnswer {
  const field = (name: string) => textAt(body, name) ?? '';
  const scope = field('scope').split(' ').find((item) => item.endsWith('/.default'));
  if (field('grant_type') !== 'client_credentials') return oauthError(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
  if (scope === undefined) return oauthError(400, 'invalid_scope', 1002012, 'The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.');
  const principal = principals.byClientId(field('client_id'));
  if (principal === null) return oauthError(400, 'unauthorized_client', 700016, `Application with identifier '${field('client_id')}' was not found in the directory.`);
  if (field('client_assertion_type') !== jwtBearer) return oauthError(401, 'invalid_client', 7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
  const assertion = tokens.readAssertion(field('client_assertion'), clock.now());
  if ('fault' in assertion) {
    return assertion.fault === 'expired'
      ? oauthError(401, 'invalid_client', 700024, 'Client assertion is not within its valid time range.')
      : oauthError(401, 'invalid_client', 50027, 'JWT token is invalid or malformed.');
  }
  if (assertion.subject !== federatedSubject(principal.clientId)) {
    return oauthError(401, 'invalid_client', 700213, `No matching federated identity record found for presented assertion subject '${assertion.subject}'.`);
  }
  const { principalId, clientId } = principal;
  const accessToken = tokens.issue({ audience: scope.replace(/\/\.default$/, ''), principalId, clientId, expiresAt: clock.now() + tokenLifeMs });
  return ok({ token_type: 'Bearer', expires_in: tokenLifeMs / 1000, ext_expires_in: tokenLifeMs / 1000, access_token: accessToken });
}

function tenantUnknown(tenant: string): AzureAnswer {
  return oauthError(400, 'invalid_tenant', 90002, `Tenant '${tenant}' not found.`);
}

function oauthError(status: number, error: string, code: number, message: string): AzureAnswer {
  return { ...refused(status, error, message), body: { error, error_description: `AADSTS${code}: ${message}`, error_codes: [code] } };
}
