import { objectAt, textAt } from '../json.ts';
import type { AzureAnswer, AzureService, LocalClock, Pace } from '../world.ts';
import { logsUnauthenticated } from '../logs/log-query.ts';
import { challenge } from '../vault/vault-errors.ts';
import { callerOf, unauthenticated, type Authentication, type Caller } from './authenticate.ts';
import type { Served } from './exchange.ts';
import type { HostKind } from './hosts.ts';
import { providerBudget, rateLimits, speedOf } from './limits.ts';
import type { ReadRequest } from './read-request.ts';

interface FrontOptions {
  readonly authentication: Authentication;
  readonly clock: Pick<LocalClock, 'now'>;
  readonly pace: Pick<Pace, 'operationMs'>;
  readonly arm: AzureService;
  readonly vault: (request: ReadRequest, caller: Caller) => AzureAnswer | null;
  readonly logs: (request: ReadRequest, caller: Caller) => AzureAnswer | null;
  readonly login: (request: ReadRequest) => AzureAnswer | null;
}

/** The service of each kind of host, behind its own way of asking who comes. */
export function front({ authentication, clock, pace, arm, vault, logs, login }: FrontOptions): Readonly<Record<Exclude<HostKind, 'ingress'>, (request: ReadRequest) => Promise<Served>>> {
  const { tenantId } = authentication.tokens;
  const limits = rateLimits(clock.now, speedOf(pace));
  return {
    async management(request) {
      const caller = callerOf(request.headers, managementAudiences(request.origin), authentication);
      if ('problem' in caller) return { answer: unauthenticated(caller, tenantId), principalId: null };
      const { principalId } = caller;
      const answer = await arm({ ...request, principalId });
      const counted = limits(request.method, principalId);
      const headers = answer?.headers?.[providerBudget] === undefined && !isUncounted(answer) ? counted : {};
      return { answer: answer && { ...answer, headers: { ...headers, ...answer.headers } }, principalId };
    },
    async vault(request) {
      // Unlike Azure Resource Manager, Key Vault takes no slash at the end (go-autorest#525).
      const caller = callerOf(request.headers, ['https://vault.azure.net'], authentication);
      if ('problem' in caller) return { answer: challenge(caller, tenantId), principalId: null };
      const answer = vault(request, caller);
      const headers = { 'x-ms-keyvault-region': 'westeurope', 'x-ms-keyvault-service-version': '1.9.2000.1' };
      return { answer: answer && { ...answer, headers: { ...headers, ...answer.headers } }, principalId: caller.principalId };
    },
    async logs(request) {
      const caller = callerOf(request.headers, ['https://api.loganalytics.io', 'https://api.loganalytics.io/'], authentication);
      if ('problem' in caller) return { answer: logsUnauthenticated(caller), principalId: null };
      return { answer: logs(request, caller), principalId: caller.principalId };
    },
    login: async (request) => ({ answer: login(request), principalId: null }),
  };
}

/** A group that is not there is found out before anything is counted [wire]. */
function isUncounted(answer: AzureAnswer | null): boolean {
  return answer?.status === 404 && textAt(objectAt(answer.body, 'error'), 'code') === 'ResourceGroupNotFound';
}

/** Some clients derive the audience from the address that they were given. */
function managementAudiences(origin: string): readonly string[] {
  return ['https://management.azure.com', 'https://management.core.windows.net', origin].flatMap((audience) => [audience, `${audience}/`]);
}
