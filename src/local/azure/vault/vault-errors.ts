import { refused } from '../answers.ts';
import { issuerOf } from '../entra/tokens.ts';
import type { Caller, TokenProblem } from '../http/authenticate.ts';
import type { AzureAnswer } from '../world.ts';
import { secretScope, type Vault } from './vault-store.ts';

const help = 'For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182';

/** The challenge that tells clients where to get a token, and for what. */
export function challenge(problem: TokenProblem, tenantId: string): AzureAnswer {
  return refused(401, 'Unauthorized', messageOf(problem, tenantId), {
    'www-authenticate': `Bearer authorization="https://login.microsoftonline.com/${tenantId}", resource="https://vault.azure.net"`,
  });
}

function messageOf(found: TokenProblem, tenantId: string): string {
  switch (found.problem) {
    case 'missing':
      return 'AKV10000: Request is missing a Bearer or PoP token.';
    case 'malformed':
      return 'AKV10046: Unable to resolve the key used for signature validation.';
    case 'expired':
      return 'Error validating token: IDX10223';
    case 'audience':
      return `AKV10022: Invalid audience. Expected https://vault.azure.net, found: ${found.found}.`;
    case 'issuer':
      return `AKV10032: Invalid issuer. Expected one of ${issuerOf(tenantId)}, found ${found.found}.`;
  }
}

export function forbidden({ principalId, clientId }: Caller, tenantId: string, action: string, vault: Vault, secretName: string | null): AzureAnswer {
  const message = [
    'Caller is not authorized to perform action on resource.',
    'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
    `Caller: appid=${clientId};oid=${principalId};iss=${issuerOf(tenantId)}`,
    `Action: '${action}'`,
    `Resource: '${secretScope(vault, secretName).toLowerCase()}'`,
    'Assignment: (not found)',
    'DenyAssignmentId: null',
    "DecisionReason: 'DeniedWithNoValidRBAC' ",
    `Vault: ${vault.name};location=${vault.location}`,
    '',
  ].join('\r\n');
  return { status: 403, body: { error: { code: 'Forbidden', message, innererror: { code: 'ForbiddenByRbac' } } } };
}

export function secretNotFound(name: string): AzureAnswer {
  const message = `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. ${help}`;
  return refused(404, 'SecretNotFound', message);
}

export function secretDisabled(): AzureAnswer {
  const message = 'Operation get is not allowed on a disabled secret.';
  return { status: 403, body: { error: { code: 'Forbidden', message, innererror: { code: 'SecretDisabled' } } } };
}

export function badParameter(message: string): AzureAnswer {
  return refused(400, 'BadParameter', message);
}
