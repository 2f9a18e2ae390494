import type { AzureExchange } from '../../../src/local/azure/http/observation.ts';

/** Of the exchange, as far as a fault is planted in it. */
export type Planted = { -readonly [Key in keyof AzureExchange]: AzureExchange[Key] };

interface Plant {
  readonly reason: string;
  /** The exchange that it is planted in: method, end of the path, status. */
  readonly into: readonly [method: string, path: RegExp, status: number];
  readonly plant: (exchange: Planted) => void;
  /** The finding; null where there must be none. */
  readonly seen: RegExp | null;
}

/** Sets `value` at a place of a body; undefined takes away. */
function put(body: unknown, path: string, value: unknown): void {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  // The exchange is one of our own, with a body that has this place; what is wrong is not found and fails the test.
  const at = steps.reduce<Record<string, unknown>>((inner, step) => inner[step] as Record<string, unknown>, body as Record<string, unknown>);
  if (value === undefined) delete at[last];
  else at[last] = value;
}

const app = /\/containerApps\/app-2025$/;
const create = ['PUT', app, 201] as const;
const patch = ['PATCH', app, 202] as const;
const read = ['GET', app, 200] as const;
const first = 'properties.template.containers.0';

const inRequest = (path: string, value: unknown) => (exchange: Planted) => put(exchange.requestBody, path, value);
const inAnswer = (path: string, value: unknown) => (exchange: Planted) => put(exchange.responseBody, path, value);

export const requestPlants: readonly Plant[] = [
  { reason: 'a field of a later version than the file describes', into: create, plant: inRequest('properties.template.scale.cooldownPeriod', 300), seen: null },
  { reason: 'a patch without the location', into: patch, plant: inRequest('location', undefined), seen: null },
  { reason: 'a patch that takes a field away', into: patch, plant: inRequest('properties.configuration.maxInactiveRevisions', null), seen: null },
  { reason: 'an unknown field', into: create, plant: inRequest('properties.template.bogus', 1), seen: /\$\.properties\.template\.bogus: must NOT have additional/ },
  { reason: 'an unknown field of a patch', into: patch, plant: inRequest('properties.configuration.ingress.bogus', 1), seen: /ingress\.bogus: must NOT have additional/ },
  { reason: 'an unknown field that a patch takes away', into: patch, plant: inRequest('properties.bogus', null), seen: /\$\.properties\.bogus: must NOT have additional/ },
  { reason: 'the flat shape of the SDK on the wire', into: create, plant: inRequest('template', {}), seen: /\$\.template: must NOT have additional/ },
  { reason: 'a number as text', into: create, plant: inRequest(`${first}.resources.cpu`, '0.25'), seen: /containers\[\*\]\.resources\.cpu: must be number/ },
  { reason: 'a fraction where the file wants an integer', into: create, plant: inRequest('properties.configuration.ingress.targetPort', 80.5), seen: /ingress\.targetPort: .*integer.*swagger/ },
  { reason: 'null where nothing is taken away', into: create, plant: inRequest(`${first}.image`, null), seen: /containers\[\*\]\.image: must be string/ },
  { reason: 'a value that is not of the enumeration', into: create, plant: inRequest('properties.configuration.activeRevisionsMode', 'Sometimes'), seen: /activeRevisionsMode: must be equal to one of/ },
  { reason: 'the case that only answers may have', into: create, plant: inRequest('properties.configuration.ingress.transport', 'Auto'), seen: /transport: .*swagger ENUM_CASE_MISMATCH/ },
  { reason: 'no location', into: create, plant: inRequest('location', undefined), seen: /\$\.location: must have required/ },
  { reason: 'what only the service may write', into: create, plant: inRequest('properties.latestRevisionName', 'a--b'), seen: /latestRevisionName: only the service may write it/ },
  { reason: 'the same in an element', into: create, plant: inRequest(`${first}.resources.ephemeralStorage`, '1Gi'), seen: /ephemeralStorage: only the service may write it/ },
  { reason: 'a write without a body, which only a vault is sent, to be told where tokens are from', into: create, plant: (exchange) => void Object.assign(exchange, { status: 401, requestBody: null }), seen: /request of ContainerApps_CreateOrUpdate 401, .*MISSING_REQUIRED_PARAMETER/ },
  { reason: 'no value', into: ['PUT', /\/secrets\/fresh$/, 200], plant: inRequest('value', undefined), seen: /\$\.value: .*swagger OBJECT_MISSING_REQUIRED_PROPERTY/ },
];

export const answerPlants: readonly Plant[] = [
  { reason: 'nothing planted', into: read, plant: () => undefined, seen: null },
  { reason: 'an unknown field', into: read, plant: inAnswer('properties.bogus', 1), seen: /\$\.properties\.bogus: .*swagger OBJECT_ADDITIONAL_PROPERTIES/ },
  { reason: 'an unknown field next to an allowed one', into: read, plant: inAnswer('properties.configuration.ingress.bogus', 1), seen: /ingress\.bogus: .*model additionalProperties/ },
  { reason: 'a field of preview versions in another', into: read, plant: inAnswer('properties.patchingMode', 'Manual'), seen: /\$\.properties\.patchingMode/ },
  { reason: 'a wrong type', into: read, plant: inAnswer(`${first}.image`, 7), seen: /containers\[\*\]\.image: .*swagger INVALID_TYPE/ },
  { reason: 'a value that is not of the enumeration', into: read, plant: inAnswer('properties.provisioningState', 'Thinking'), seen: /provisioningState/ },
  { reason: 'a value that the allowance for its case does not name', into: read, plant: inAnswer('properties.configuration.ingress.transport', 'Carrier'), seen: /transport/ },
  { reason: 'the other case where none is allowed', into: read, plant: inAnswer('properties.configuration.activeRevisionsMode', 'multiple'), seen: /activeRevisionsMode: .*swagger ENUM_CASE_MISMATCH/ },
  { reason: 'no location', into: read, plant: inAnswer('location', undefined), seen: /\$\.location: .*swagger OBJECT_MISSING_REQUIRED_PROPERTY/ },
  { reason: 'a time that is none, where the zone may lack', into: read, plant: inAnswer('systemData.createdAt', 'yesterday'), seen: /systemData\.createdAt: must match format/ },
  { reason: 'a status that is not described', into: read, plant: (exchange) => void (exchange.status = 206), seen: /INVALID_RESPONSE_CODE/ },
  { reason: 'an accepted write without an address to ask', into: patch, plant: (exchange) => void (exchange.responseHeaders = { ...exchange.responseHeaders, location: '', 'azure-asyncoperation': '' }), seen: /NO_ADDRESS/ },
  { reason: 'an element of a list', into: ['GET', /\/containerApps\/app-2025\/revisions$/, 200], plant: inAnswer('value.0.properties.replicas', 'one'), seen: /\$\.properties\.replicas: .*INVALID_TYPE/ },
  { reason: 'a replica', into: ['GET', /\/replicas$/, 200], plant: inAnswer('value.0.properties.bogus', 1), seen: /\$\.properties\.bogus/ },
  { reason: 'an environment', into: ['GET', /\/managedEnvironments\/env-alone$/, 200], plant: inAnswer('properties.zoneRedundant', 'no'), seen: /zoneRedundant/ },
  { reason: 'the status of an operation', into: ['GET', /\/containerappOperationStatuses\//, 200], plant: inAnswer('bogus', 1), seen: /ContainerappOperationStatuses 200, \$\.bogus/ },
  { reason: 'a refusal whose code is null', into: ['GET', /\/containerApps\/not-there$/, 404], plant: inAnswer('error.code', null), seen: /ContainerApps_Get 404, \$\.error\.code: must be string/ },
  { reason: 'a refusal without its wrapping', into: ['GET', /\/containerApps\/not-there$/, 404], plant: (exchange) => void (exchange.responseBody = { code: 'ResourceNotFound', message: 'x' }), seen: /ContainerApps_Get 404, \$\.error: must have required/ },
  { reason: 'a secret', into: ['GET', /\/secrets\/db\/a+$/, 200], plant: inAnswer('attributes.enabled', 'yes'), seen: /\$\.attributes\.enabled: .*INVALID_TYPE/ },
  { reason: 'a measurement', into: ['GET', /\/measured\/providers\/Microsoft\.Insights\/metrics$/, 200], plant: inAnswer('value.0.timeseries.0.data', 'none'), seen: /\$\.timeseries\[\*\]\.data: .*INVALID_TYPE/ },
  { reason: 'a failure of the local Azure', into: read, plant: (exchange) => void (exchange.status = 500), seen: /INTERNAL_ERROR/ },
  { reason: 'what it does not model', into: read, plant: (exchange) => void (exchange.status = 501), seen: /NOT_MODELLED/ },
  { reason: 'an address that no description has', into: read, plant: (exchange) => void (exchange.url = exchange.url.replace('/containerApps/', '/containerThings/')), seen: /UNKNOWN_OPERATION/ },
];
