import type { AzureExchange } from '../../src/local/azure/http/observation.ts';
import { openFlags, type ReadOnlyFields } from './azure-spec-flags.ts';
import { answersApps, answersEnvironments, isMergePatch, versionOf, type Finding } from './azure-spec-finding.ts';
import { openModel, type Model, type Resource } from './azure-spec-model.ts';
import { openSwagger, type DescribedOperation } from './azure-spec-swagger.ts';

interface Held {
  /** As the OpenAPI files name it; null for the parts of Azure that no file at hand describes. */
  readonly operation: string | null;
  readonly findings: readonly Finding[];
}

/** Azure's own descriptions, and what in an exchange disagrees with them. */
export interface AzureSpec {
  readonly operations: readonly DescribedOperation[];
  hold(exchange: AzureExchange): Promise<Held>;
}

const answered: readonly (readonly [RegExp, Resource])[] = [
  [answersApps, 'ContainerApp'],
  [answersEnvironments, 'ManagedEnvironment'],
  [/^ContainerAppsRevisions_(?:Get|List)/, 'Revision'],
  [/^ContainerAppsRevisionReplicas_(?:Get|List)/, 'Replica'],
];

/** The writes whose bodies the model of 2026-07-01 has, too. */
const writes = /^(ContainerApp|ManagedEnvironment)s_(?:CreateOrUpdate|Update)$/;

export async function openAzureSpec(): Promise<AzureSpec> {
  const swagger = await openSwagger();
  const model = openModel();
  const flags = openFlags();
  return {
    operations: swagger.operations,
    async hold(exchange) {
      const part = partOf(exchange.url);
      const faults = serviceFaults(exchange);
      if (part === null || faults.length > 0) return { operation: null, findings: faults };
      const { operation, findings } = await swagger.hold(exchange, part);
      const named = operation ?? operationAddress(exchange.url);
      if (named === null) return { operation: null, findings: [serviceFinding(exchange, 'UNKNOWN_OPERATION', 'no description has it')] };
      const described = findings.filter((finding) => !isLeftToModel(finding) && !(part === 'vault' && isChallenge(finding, exchange)));
      return { operation: named, findings: [...described, ...requestFindings(model, flags, named, exchange), ...answerFindings(model, named, exchange), ...addressFindings(named, exchange)] };
    },
  };
}

function partOf(address: string): 'app' | 'insights' | 'vault' | null {
  const { hostname, pathname } = new URL(address);
  if (hostname.endsWith('.vault.azure.net')) return 'vault';
  // Of Monitor the files at hand have measurements, and not the Activity Log; that one is held against what was recorded of it.
  if (/\/providers\/Microsoft\.Insights\/eventtypes\//i.test(pathname)) return null;
  const provider = /.*\/providers\/([^/]+)/i.exec(pathname)?.[1]?.toLowerCase();
  return provider === 'microsoft.app' ? 'app' : provider === 'microsoft.insights' ? 'insights' : null;
}

export const operationAddresses = ['ContainerappOperationStatuses', 'ContainerappOperationResults', 'ManagedEnvironmentOperationStatuses', 'ManagedEnvironmentOperationResults'];

/** Addresses that an answer gave; the files describe them nowhere. */
function operationAddress(address: string): string | null {
  const kind = /\/providers\/Microsoft\.App\/locations\/[^/]+\/([^/]+)\//i.exec(address)?.[1]?.toLowerCase();
  return operationAddresses.find((name) => name.toLowerCase() === kind) ?? null;
}

function serviceFaults(exchange: AzureExchange): readonly Finding[] {
  if (exchange.status === 501) return [serviceFinding(exchange, 'NOT_MODELLED', 'the local Azure does not have it')];
  return exchange.status === 500 ? [serviceFinding(exchange, 'INTERNAL_ERROR', 'the local Azure failed')] : [];
}

function serviceFinding({ method, url, status }: AzureExchange, code: string, message: string): Finding {
  return { by: 'service', side: 'answer', operation: `${method} ${new URL(url).pathname}`, version: versionOf(url), status, code, at: '$', message };
}

/**
 * Of a request the file of 2024-03-01 cannot say what later versions know: fields that it does not have are left to the model of 2026-07-01.
 * And it describes the whole resource as the body of a patch.
 */
function isLeftToModel({ side, operation, code }: Finding): boolean {
  if (side === 'answer' || !writes.test(operation)) return false;
  return code === 'OBJECT_ADDITIONAL_PROPERTIES' || (code === 'OBJECT_MISSING_REQUIRED_PROPERTY' && isMergePatch(operation));
}

/** A client of Key Vault sends its first request without a body, to be told where tokens are from. */
function isChallenge({ side, code }: Finding, { status, requestBody }: AzureExchange): boolean {
  return side === 'request' && status === 401 && requestBody === null && code === 'MISSING_REQUIRED_PARAMETER';
}

function requestFindings(model: Model, flags: ReadOnlyFields, operation: string, { requestBody, status, url }: AzureExchange): readonly Finding[] {
  const resource = writes.exec(operation)?.[1];
  if (requestBody === null || (resource !== 'ContainerApp' && resource !== 'ManagedEnvironment')) return [];
  const finding = { side: 'request', operation, status, version: versionOf(url) } as const;
  const written = flags(resource === 'ContainerApp' ? 'containerApps' : 'managedEnvironments', requestBody);
  return [...model.hold(requestBody, resource, finding), ...written.map((at) => ({ ...finding, by: 'flags', code: 'readOnly', at, message: 'only the service may write it' }) as const)];
}

function answerFindings(model: Model, operation: string, { status, responseBody, url }: AzureExchange): readonly Finding[] {
  const finding = { side: 'answer', operation, status, version: versionOf(url) } as const;
  if (responseBody === null) return [];
  if (status >= 400) return partOf(url) === 'app' ? model.hold(responseBody, 'ErrorResponse', finding) : [];
  if (operation.endsWith('OperationStatuses')) return model.hold(responseBody, 'OperationStatusResult', finding);
  const resource = answered.find(([pattern]) => pattern.test(operation))?.[1];
  return resource === undefined ? [] : itemsOf(responseBody).flatMap((item) => model.hold(item, resource, finding));
}

/** The validator looks for it only where the accepted answer is described with a body. */
function addressFindings(operation: string, { status, url, responseHeaders }: AzureExchange): readonly Finding[] {
  if (status !== 202 || responseHeaders['location'] || responseHeaders['azure-asyncoperation']) return [];
  return [{ by: 'service', side: 'answer', operation, status, version: versionOf(url), code: 'NO_ADDRESS', at: '$', message: 'accepted, and no address tells how it goes on' }];
}

/** Of a list its items; anything else is one. */
function itemsOf(body: unknown): readonly unknown[] {
  const list = typeof body === 'object' && body !== null && 'value' in body ? body.value : null;
  return Array.isArray(list) ? list : [body];
}
