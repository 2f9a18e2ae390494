import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formatsPlugin from 'ajv-formats';
import { resolved, type Schema } from './github-spec-document.ts';

/** A place in a body and what is wrong with it. */
export interface Fault {
  /** JSON pointer; the entries of a list are all `*`. */
  readonly at: string;
  readonly what: string;
}

/** All annotations are let pass, all keywords of validation and all formats of GitHub's are held. */
export function githubAjv(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, verbose: true, logger: false, inlineRefs: false });
  // A CommonJS module: its only export lies under `default` of the namespace as TypeScript sees it.
  (formatsPlugin as unknown as (to: Ajv) => void)(ajv);
  const mail = ajv.formats['email'];
  if (!(mail instanceof RegExp)) throw new TypeError('the format of addresses is no pattern');
  ajv.addFormat('email', { type: 'string', validate: (text) => mail.test(text) || addressOfApp.test(text) });
  return ajv;
}

/** Brackets, which no address of mail has; GitHub's own example of check_suite shows one. */
const addressOfApp = /^\d+\+[a-z0-9-]+\[bot\]@users\.noreply\.github\.com$/;

const base = 'https://openapi.local/';
const ajv = githubAjv();
const compiled = new WeakMap<Schema, ValidateFunction>();

/** Compiled at its first use: an operation needs few of the 969 schemas. */
function validator(schema: Schema): ValidateFunction {
  let validate = compiled.get(schema);
  if (!validate) {
    validate = ajv.compile(jsonSchemaOf(schema) as object);
    compiled.set(schema, validate);
  }
  return validate;
}

/** The same in the words of JSON Schema: what may be null says so in its type, and `$ref` stands alone. */
function jsonSchemaOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(jsonSchemaOf);
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value && typeof value.$ref === 'string') return { $ref: componentId(value.$ref) };
  const { nullable, ...rest } = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, key === 'enum' || key === 'default' || key === 'example' ? each : jsonSchemaOf(each)]));
  if (nullable !== true) return nullable === undefined || nullable === false ? rest : { nullable, ...rest };
  return { anyOf: [rest, { type: 'null' }] };
}

/** Known to Ajv once it is asked for, with all that it refers to. */
function componentId(ref: string): string {
  const id = base + ref.split('/').slice(2).join('/');
  if (!added.has(id)) {
    added.add(id);
    ajv.addSchema(jsonSchemaOf(resolved({ $ref: ref })) as object, id);
  }
  return id;
}
const added = new Set<string>();

/** What the schema refuses of the value, and what the value has that the schema has not. */
export function schemaFaults(schema: Schema, value: unknown): readonly Fault[] {
  const validate = validator(schema);
  const refused = validate(value) ? [] : (validate.errors ?? []).map(faultOf);
  return distinct([...refused, ...unknownFields([schema], value, '').map((at) => ({ at, what: 'is no field that GitHub describes' }))]);
}

export function faultOf({ instancePath, message, params, keyword, data }: ErrorObject): Fault {
  const field = 'additionalProperty' in params ? ` (${String(params['additionalProperty'])})` : '';
  const allowed = keyword === 'enum' ? ` ${JSON.stringify(params['allowedValues'])}` : '';
  const value = keyword === 'format' ? `, not ${JSON.stringify(data)}` : '';
  return { at: instancePath.replace(/\/\d+(?=\/|$)/g, '/*'), what: `${message ?? keyword}${field}${allowed}${value}` };
}

export function distinct(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [`${fault.at} ${fault.what}`, fault])).values()];
}

/** The schemas that together describe the value: of alternatives those that accept it, or all when none does. */
function views(schema: Schema, value: unknown): readonly Schema[] {
  const own = resolved(schema);
  const among = (alternatives: readonly Schema[] = []): readonly Schema[] => {
    const fitting = alternatives.filter((each) => validator(each)(value));
    return (fitting.length > 0 ? fitting : alternatives).flatMap((each) => views(each, value));
  };
  return [own, ...(own.allOf ?? []).flatMap((each) => views(each, value)), ...among(own.anyOf), ...among(own.oneOf)];
}

/**
 * GitHub's schemas forbid no field, so that one that we made up would pass. Counted as unknown is what none of the schemas has that
 * describe the object, unless one of them says that it takes any field.
 */
function unknownFields(schemas: readonly Schema[], value: unknown, at: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const all = schemas.flatMap((schema) => views(schema, value));
  if (Array.isArray(value)) {
    const items = all.flatMap((view) => (view.items ? [view.items] : []));
    return items.length === 0 ? [] : value.flatMap((each) => unknownFields(items, each, `${at}/*`));
  }
  const maps = all.flatMap(({ additionalProperties }) => (typeof additionalProperties === 'object' ? [additionalProperties] : []));
  const open = maps.length > 0 || all.some(({ additionalProperties }) => additionalProperties === true) || all.every(({ properties }) => !properties || Object.keys(properties).length === 0);
  return Object.entries(value).flatMap(([key, each]) => {
    const described = all.flatMap(({ properties }) => (properties && Object.hasOwn(properties, key) ? [properties[key] ?? {}] : []));
    if (described.length === 0 && !open) return [`${at}/${key}`];
    return unknownFields(described.length > 0 ? described : maps, each, `${at}/${key}`);
  });
}
