import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stepsOf } from './json-pointer.ts';

/** A schema as GitHub writes it: OpenAPI 3.0. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Media {
  readonly schema?: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value?: unknown; readonly $ref?: string }>>;
}

export interface Answers {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, Media>>;
}

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema?: Schema;
  readonly 'x-multi-segment'?: boolean;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content?: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Answers>>;
}

export interface Operation extends Omit<DocumentedOperation, 'parameters'> {
  readonly method: string;
  readonly template: string;
  readonly parameters: readonly Parameter[];
}

interface GithubDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly 'x-webhooks': Readonly<Record<string, { readonly post: { readonly requestBody: { readonly content: Readonly<Record<string, Media>> } } }>>;
  readonly components: Readonly<Record<'schemas' | 'responses' | 'parameters' | 'examples', Readonly<Record<string, unknown>>>>;
}

let parsed: GithubDocument | null = null;

/** GitHub's published description of its REST API: 13 MB, read once in a process. */
function githubDocument(): GithubDocument {
  // The package exports its JSON to importers only behind a fully resolved copy of twice the size.
  parsed ??= JSON.parse(readFileSync(join(import.meta.dirname, '../../node_modules/@octokit/openapi/generated/api.github.com.json'), 'utf8')) as GithubDocument; // its own format
  return parsed;
}

/** What `#/components/…` names; whatever is no reference comes back as it is. */
export function resolved<T extends object>(value: T): T {
  if (!('$ref' in value) || typeof value.$ref !== 'string') return value;
  const [, , kind = '', name = ''] = value.$ref.split('/');
  const found = (githubDocument().components as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[kind]?.[name];
  if (found === undefined) throw new Error(`GitHub's description has no ${value.$ref}`);
  // A reference stands where only its own kind may stand.
  return resolved(found as T);
}

let listed: readonly (Operation & { readonly pattern: RegExp })[] | null = null;

export function githubOperations(): readonly (Operation & { readonly pattern: RegExp })[] {
  listed ??= Object.entries(githubDocument().paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const parameters = (operation.parameters ?? []).map(resolved);
      return { ...operation, method: method.toUpperCase(), template, parameters, pattern: patternOf(template, parameters) };
    }),
  );
  return listed;
}

/** A parameter is one segment of the path, unless the description lets it have slashes. */
function patternOf(template: string, parameters: readonly Parameter[]): RegExp {
  const source = template.replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replace(/\{([^}]+)\}/g, (_, name: string) => (parameters.find((each) => each.name === name)?.['x-multi-segment'] ? '(.+)' : '([^/]+)'));
  return new RegExp(`^${source}$`);
}

/**
 * `/repositories/<id>` is the address of a repository that outlives its names. The description has it only in its examples
 * (`https://api.github.com/repositories/42`): what it answers is what the named address answers.
 */
function byName(path: string): string {
  // "If you omit the `path` parameter, you will receive the contents of the repository's root directory."
  return path.replace(/^\/repositories\/\d+(?=\/|$)/, '/repos/by/id').replace(/(?<=^\/repos\/[^/]+\/[^/]+\/contents)\/?$/, '/.');
}

interface Found {
  readonly operation: Operation;
  /** Values of the path's parameters, decoded. */
  readonly path: Readonly<Record<string, string>>;
}

/** The operation with the most literal template, as GitHub routes; null when GitHub describes none. */
export function operationFor(method: string, path: string): Found | null {
  const asked = byName(path);
  const matching = githubOperations().filter((operation) => operation.method === method && operation.pattern.test(asked));
  const [operation] = matching.toSorted((left, right) => literals(right) - literals(left));
  if (!operation) return null;
  const names = [...operation.template.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);
  const values = operation.pattern.exec(asked)?.slice(1) ?? [];
  return { operation, path: Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(values[index] ?? '')])) };
}

function literals({ template }: Operation): number {
  return template.split('/').filter((segment) => !segment.startsWith('{')).length;
}

/** How GitHub describes the payload of an event; null for one that it does not describe. */
export function eventSchema(event: string, action: string | null): Schema | null {
  const name = [event, ...(action === null ? [] : [action])].join('-').replaceAll('_', '-');
  return githubDocument()['x-webhooks'][name]?.post.requestBody.content['application/json']?.schema ?? null;
}

/** The text of what lies under a JSON pointer of the description: to look up what an exception goes by. */
export function textAt(pointer: string): string {
  const found = stepsOf(pointer).reduce<unknown>((at, step) => (typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[step] : undefined), githubDocument());
  return JSON.stringify(found) ?? '';
}

/** The value of a published example. */
export function exampleValue(example: { readonly value?: unknown; readonly $ref?: string }): unknown {
  return resolved(example).value;
}
