import { existsSync, readFileSync } from 'node:fs';
import { itemOf, keyOf, type Place } from '../../src/kernel/comparison/rule-book.ts';
import { sharedPath } from './shared-folder.ts';

interface Reference {
  readonly $ref: string;
}

interface BicepType {
  readonly $type: string;
  readonly name?: string;
  readonly value?: string;
  readonly body?: Reference;
  readonly itemType?: Reference;
  readonly elements?: readonly Reference[];
  readonly additionalProperties?: Reference;
  readonly properties?: Readonly<Record<string, { readonly type: Reference; readonly flags: number }>>;
}

/** What a field of a container app may hold, as the Bicep types say it; only what a write may set. */
export type Shape =
  | { readonly is: 'value'; readonly kind: 'text' | 'number' | 'flag'; readonly choices: readonly string[] }
  | { readonly is: 'object'; readonly fields: Readonly<Record<string, Shape>> }
  | { readonly is: 'map' | 'list'; readonly of: Shape };

const file = sharedPath('azure', 'swagger', 'bicep-types', 'microsoft.app-2026-01-01.types.json');
export const hasBicepTypes = existsSync(file);

/** The flag of a field that no write sets. */
const readOnly = 2;

/** @throws where there are no types. */
export function containerAppShape(): Shape {
  const types = JSON.parse(readFileSync(file, 'utf8')) as readonly BicepType[]; // as its folder describes it
  const at = ({ $ref }: Reference): BicepType => types[Number($ref.slice(2))] ?? { $type: 'AnyType' };

  function shapeOf(type: BicepType): Shape {
    if (type.itemType !== undefined) return { is: 'list', of: shapeOf(at(type.itemType)) };
    if (type.additionalProperties !== undefined) return { is: 'map', of: shapeOf(at(type.additionalProperties)) };
    if (type.properties !== undefined) {
      const fields = Object.entries(type.properties).filter(([, { flags }]) => (flags & readOnly) === 0);
      return { is: 'object', fields: Object.fromEntries(fields.map(([name, field]) => [name, shapeOf(at(field.type))])) };
    }
    const choices = (type.elements ?? []).flatMap((one) => at(one).value ?? []);
    return { is: 'value', kind: type.$type === 'IntegerType' ? 'number' : type.$type === 'BooleanType' ? 'flag' : 'text', choices };
  }

  const app = types.find(({ $type, name }) => $type === 'ResourceType' && name === 'Microsoft.App/containerApps@2026-01-01');
  if (app?.body === undefined) throw new Error('the Bicep types have no container app');
  return shapeOf(at(app.body));
}

interface JsonSchema {
  readonly $ref?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: unknown;
}

/** Patterns of every field below `properties` that the newest SDK knows, read-only ones too. */
export function sdkFields(): readonly string[] {
  const text = readFileSync(sharedPath('azure', 'swagger', 'sdk-4.0.0-schema', 'ContainerAppProperties.schema.json'), 'utf8');
  const schema = JSON.parse(text) as JsonSchema & { readonly definitions: Readonly<Record<string, JsonSchema>> }; // as its folder describes it

  function below(one: JsonSchema, place: Place): readonly string[] {
    const target = one.$ref === undefined ? one : (schema.definitions[one.$ref.split('/').at(-1) ?? ''] ?? {});
    if (target.anyOf !== undefined) return target.anyOf.flatMap((choice) => below(choice, place));
    if (target.items !== undefined) return below(target.items, itemOf(place, ''));
    if (target.properties !== undefined) return Object.entries(target.properties).flatMap(([key, field]) => below(field, keyOf(place, key)));
    return [typeof target.additionalProperties === 'object' ? keyOf(place, '*').pattern : place.pattern];
  }

  return [...new Set(below(schema, { pattern: 'properties', shown: 'properties' }))];
}
