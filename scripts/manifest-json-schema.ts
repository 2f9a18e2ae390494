import { z } from 'zod';
import { apiVersion, kindNames, kinds, type KindName } from '../src/gitops/domain/kinds/kinds.ts';
import type { Kind } from '../src/gitops/domain/kinds/kind.ts';
import { policySchema } from '../src/gitops/domain/policy.ts';

/** The part of JSON Schema that zod writes for the manifest language. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest as JsonSchema; // zod writes no more than the interface names
}

/** `spec` as it is written: with `environments`, whose entries may say any part of it again. */
export function specSchema(kind: KindName): JsonSchema {
  const spec = jsonSchemaOf(kinds[kind].spec);
  const { environments: mode, perEnvironment = [] }: Kind = kinds[kind];
  if (mode === 'none') return spec;
  const description = mode === 'where-it-runs' ? 'Where it runs, and what differs there.' : 'What differs, per environment.';
  const environments: JsonSchema = { type: 'object', description, additionalProperties: { ...partial(spec), description: 'Merged over spec (JSON merge patch): null removes.' } };
  // What the entries complete may be missing above them.
  const required = mode === 'where-it-runs' ? ['environments'] : (spec.required ?? []);
  const everywhere = Object.fromEntries(Object.entries(spec.properties ?? {}).filter(([key]) => !perEnvironment.includes(key)));
  return { ...spec, properties: { ...everywhere, environments }, required };
}

function partial(schema: JsonSchema): JsonSchema {
  const { required: _required, properties, additionalProperties, default: _default, ...rest } = schema;
  return {
    ...rest,
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, orNull(partial(one))])) }),
    ...(additionalProperties !== undefined && { additionalProperties: typeof additionalProperties === 'boolean' ? additionalProperties : orNull(partial(additionalProperties)) }),
  };
}

function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}

function documentSchema(kind: KindName): JsonSchema {
  return {
    title: kind,
    description: kinds[kind].about,
    type: 'object',
    properties: { apiVersion: { const: apiVersion }, kind: { const: kind }, metadata: jsonSchemaOf(kinds[kind].metadata), spec: specSchema(kind) },
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    additionalProperties: false,
  };
}

export function languageSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Manifests of Trueup, ${apiVersion}`,
    oneOf: [...kindNames.map(documentSchema), { title: 'RepositoryPolicy', description: 'The file .github/trueup.yml.', ...jsonSchemaOf(policySchema) }],
  };
}
