import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as sdk from '@azure/arm-appcontainers';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { isMergePatch, place, specFolder, type Finding } from './azure-spec-finding.ts';
import { stepsOf } from './json-pointer.ts';

export type Resource = 'ContainerApp' | 'ManagedEnvironment' | 'Revision' | 'Replica';
type Shape = Resource | 'OperationStatusResult' | 'ErrorResponse';

export interface Model {
  /** Every item of a list, or the body itself. */
  hold(body: unknown, shape: Shape, finding: Omit<Finding, 'by' | 'code' | 'at' | 'message'>): readonly Finding[];
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly [more: string]: unknown;
}

type Definitions = Readonly<Record<string, Schema>>;

/** Everything else of a resource lies below `properties` on the wire; the SDK's model has it all on one level. */
const outside = new Set(['id', 'name', 'type', 'systemData', 'location', 'tags', 'identity', 'managedBy', 'extendedLocation', 'kind']);

export function openModel(): Model {
  // Lenient about words that are OpenAPI's and not JSON Schema's.
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
  formats.default(ajv);
  const shapes = { ...resourceShapes(ajv), ...commonShapes(ajv) };
  return {
    hold(body, shape, finding) {
      const validate = shapes[shape];
      validate(body);
      return (validate.errors ?? []).filter((error) => isFault(error, finding)).map((error) => ({ ...finding, by: 'model', ...described(error) }));
    },
  };
}

function resourceShapes(ajv: Ajv): Readonly<Record<Resource, ValidateFunction>> {
  const shape = (name: Resource): ValidateFunction => {
    const { definitions } = JSON.parse(readFileSync(join(specFolder, `sdk-4.0.0-schema/${name}.schema.json`), 'utf8'), bytesAsText) as { definitions: Definitions };
    return ajv.compile({ $ref: '#/definitions/Wire', definitions: { ...withKnownValues(definitions), Wire: wire(definitions[name] ?? {}) } });
  };
  return { ContainerApp: shape('ContainerApp'), ManagedEnvironment: shape('ManagedEnvironment'), Revision: shape('Revision'), Replica: shape('Replica') };
}

/** The SDK has bytes where the wire has their base64. */
function bytesAsText(_key: string, value: unknown): unknown {
  const isBytes = typeof value === 'object' && value !== null && 'properties' in value && Object.hasOwn(Object(value.properties), 'BYTES_PER_ELEMENT');
  return isBytes ? { type: 'string' } : value;
}

function wire({ properties = {}, required = [], ...rest }: Schema): Schema {
  const fields = Object.entries(properties);
  const inner = { ...rest, properties: Object.fromEntries(fields.filter(([name]) => !outside.has(name))), required: required.filter((name) => !outside.has(name)) };
  return { ...rest, properties: { ...Object.fromEntries(fields.filter(([name]) => outside.has(name))), properties: inner }, required: required.filter((name) => outside.has(name)) };
}

/** The schemas say only that an enumeration is a text; the SDK itself knows the values. */
function withKnownValues(definitions: Definitions): Definitions {
  const known = new Map<string, unknown>(Object.entries(sdk));
  return Object.fromEntries(
    Object.entries(definitions).map(([name, schema]) => {
      const values = known.get(`Known${name}`);
      return [name, schema.type === 'string' && typeof values === 'object' && values !== null ? { ...schema, enum: Object.values(values) } : schema];
    }),
  );
}

/** The files want none of it; clients cannot do without. */
const saidAlways: Readonly<Record<string, readonly string[]>> = { ErrorResponse: ['error'], ErrorDetail: ['code', 'message'] };

const neverNull = /^\/error(?:\/code|\/message)?$/;

/** What every resource provider answers, closed: a field that is not described is a finding, too. */
function commonShapes(ajv: Ajv): Readonly<Record<'OperationStatusResult' | 'ErrorResponse', ValidateFunction>> {
  const file = join(specFolder, 'specs/specification/common-types/resource-management/v3/types.json');
  const { definitions } = JSON.parse(readFileSync(file, 'utf8')) as { definitions: Definitions };
  const closed = Object.fromEntries(Object.entries(definitions).map(([name, schema]) => [name, schema.properties ? { ...schema, additionalProperties: false, required: saidAlways[name] ?? schema.required ?? [] } : schema]));
  const shape = (name: string): ValidateFunction => ajv.compile({ $ref: `#/definitions/${name}`, definitions: closed });
  return { OperationStatusResult: shape('OperationStatusResult'), ErrorResponse: shape('ErrorResponse') };
}

/** In an answer null is a field that is not set, but for those that an error always has. A merge patch takes a field away with it, and names only what changes, but for lists, which it replaces. */
function isFault({ keyword, data, instancePath }: ErrorObject, { side, operation }: Pick<Finding, 'side' | 'operation'>): boolean {
  const isPatch = side === 'request' && isMergePatch(operation);
  if (data === null && (keyword === 'type' || keyword === 'enum')) return side === 'request' ? !isPatch : neverNull.test(instancePath);
  return !(isPatch && keyword === 'required' && !/\/\d+(?:\/|$)/.test(instancePath));
}

function described({ keyword, instancePath, params, message = '', data }: ErrorObject): Pick<Finding, 'code' | 'at' | 'message'> {
  const extra: unknown = params['additionalProperty'] ?? params['missingProperty'];
  const steps = stepsOf(instancePath);
  const found = typeof data === 'object' ? '' : `, found ${JSON.stringify(data)}`;
  return { code: keyword, at: place(typeof extra === 'string' ? [...steps, extra] : steps), message: `${message}${found}` };
}
