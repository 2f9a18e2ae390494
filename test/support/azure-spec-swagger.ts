import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { LiveValidationResult, LiveValidator } from 'oav';
import type { AzureExchange } from '../../src/local/azure/http/observation.ts';
import { place, specFolder, versionOf, type Finding } from './azure-spec-finding.ts';
import { stepsOf } from './json-pointer.ts';

/** The versions that are described. A request of another version is held against these, because later ones are not described. */
const described = { app: '2024-03-01', insights: '2024-02-01', vault: '7.5' } as const;
type Described = keyof typeof described;

interface SwaggerHeld {
  /** Null when the files describe no such operation. */
  readonly operation: string | null;
  readonly findings: readonly Finding[];
}

export interface DescribedOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
}

export interface Swagger {
  /** All of them, of every loaded file. */
  readonly operations: readonly DescribedOperation[];
  hold(exchange: AzureExchange, part: Described): Promise<SwaggerHeld>;
}

const specs = (part: string): string => join(resolve(specFolder), 'specs/specification', part);

function files(): readonly string[] {
  const app = specs('app/resource-manager/Microsoft.App/stable/2024-03-01');
  const operations = readdirSync(app).filter((file) => file.endsWith('.json') && file !== 'CommonDefinitions.json');
  return [...operations.map((file) => join(app, file)), specs('monitor/resource-manager/Microsoft.Insights/stable/2024-02-01/metrics_API.json')];
}

const secretsFile = (): string => specs('keyvault/data-plane/Microsoft.KeyVault/stable/7.5/secrets.json');

/** Loads the OpenAPI files: half a second, a hundred megabytes, no network. */
export async function openSwagger(): Promise<Swagger> {
  const arm = await validatorOf(files(), true);
  const vault = await validatorOf([secretsFile()], false);
  const versions = await validatorOf([secretsFile()], false);
  const all = [...operationsOf(arm), ...operationsOf(vault)];
  // `/secrets/x/versions` is also the path of a version named `versions`, and the validator answers neither.
  for (const methods of versions.operationSearcher.cache.values()) for (const found of methods.values()) found.set('get', (found.get('get') ?? []).filter(({ operationId }) => operationId !== 'GetSecret'));
  return {
    operations: all,
    async hold(exchange, part) {
      const url = describedUrl(exchange.url, part);
      const validator = part !== 'vault' ? arm : /\/versions\?/.test(url) ? versions : vault;
      const { method, status, requestHeaders, responseHeaders } = exchange;
      const { requestValidationResult: request, responseValidationResult: answer } = await validator.validateLiveRequestResponse({
        liveRequest: { method, url, headers: texts(requestHeaders), ...bodyOf(exchange.requestBody) },
        liveResponse: { statusCode: String(status), headers: texts(responseHeaders), ...bodyOf(exchange.responseBody) },
      });
      const fault = request.runtimeException ?? answer.runtimeException;
      if (fault?.code.startsWith('OPERATION_NOT_FOUND')) return { operation: null, findings: [] };
      if (fault) throw new Error(`${method} ${url}: ${fault.code} ${fault.message}`);
      const operation = request.operationInfo.operationId;
      const told = { operation, status, version: versionOf(exchange.url) };
      return { operation, findings: [...findingsOf(request, { side: 'request', ...told }), ...findingsOf(answer, { side: 'answer', ...told })] };
    },
  };
}

async function validatorOf(swaggerPaths: readonly string[], isArmCall: boolean): Promise<LiveValidator> {
  // Loaded only where it is used: it is large.
  const { LiveValidator: Validator } = await import('oav');
  const validator = new Validator(
    { fileRoot: '/', directory: specs(''), git: { shouldClone: false }, swaggerPaths: [...swaggerPaths], swaggerPathsPattern: [], loadValidatorInInitialize: true, isArmCall },
    () => undefined,
  );
  await validator.initialize();
  return validator;
}

function operationsOf({ operationSearcher }: LiveValidator): readonly DescribedOperation[] {
  const byMethod = [...operationSearcher.cache.values()].flatMap((versions) => [...versions.values()]).flatMap((methods) => [...methods]);
  return byMethod.flatMap(([method, operations]) => operations.map(({ operationId, _path }) => ({ id: operationId ?? '', method: method.toUpperCase(), path: _path._pathTemplate })));
}

/** The address as the description has it: its host and version, single slashes, and a name for the version of a secret that is the latest. */
function describedUrl(address: string, part: Described): string {
  const url = new URL(address);
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  if (part !== 'vault') url.host = 'management.azure.com';
  if (part !== 'vault') url.port = '';
  if (part === 'vault' && segments.length === 2 && url.pathname.endsWith('/')) segments.push('latest');
  url.pathname = segments.join('/');
  url.search = new URLSearchParams([...url.searchParams].map(([name, value]) => [decodeURIComponent(name), name.toLowerCase() === 'api-version' ? described[part] : value])).toString();
  return url.href;
}

function texts(headers: AzureExchange['requestHeaders'] | AzureExchange['responseHeaders']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** A copy: the validator writes into what it gets. */
function bodyOf(body: unknown): { body?: Record<string, unknown> } {
  // What the validator's type calls an object may be any JSON.
  return body === null || body === undefined ? {} : { body: structuredClone(body) as Record<string, unknown> };
}

function findingsOf({ errors }: LiveValidationResult, told: Pick<Finding, 'side' | 'operation' | 'status' | 'version'>): readonly Finding[] {
  return errors.map(({ code, message, pathsInPayload }) => ({ by: 'swagger', ...told, code, at: place(stepsOf(pathsInPayload[0] ?? '')), message }));
}
