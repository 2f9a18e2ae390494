import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { place, specFolder } from './azure-spec-finding.ts';

interface Reference {
  readonly $ref: string;
}

interface BicepType {
  readonly $type: string;
  readonly name?: string;
  readonly body?: Reference;
  readonly itemType?: Reference;
  readonly additionalProperties?: Reference;
  readonly properties?: Readonly<Record<string, { readonly type: Reference; readonly flags: number }>>;
}

/** The fields of a body that only the service may write. */
export type ReadOnlyFields = (type: 'containerApps' | 'managedEnvironments', body: unknown) => readonly string[];

const readOnly = 2;

/** The newest Bicep types that there are. */
export function openFlags(): ReadOnlyFields {
  const types = JSON.parse(readFileSync(join(specFolder, 'bicep-types/microsoft.app-2026-01-01.types.json'), 'utf8')) as readonly BicepType[];
  const follow = (reference: Reference | undefined): BicepType | undefined => reference && types[Number(reference.$ref.slice(2))];

  function fields(type: BicepType | undefined, value: unknown, steps: readonly string[]): readonly string[] {
    if (Array.isArray(value)) return value.flatMap((item, index) => fields(follow(type?.itemType), item, [...steps, String(index)]));
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([name, inner]) => {
      const property = type?.properties?.[name];
      if (property && (property.flags & readOnly) !== 0) return [place([...steps, name])];
      return fields(follow(property?.type ?? type?.additionalProperties), inner, [...steps, name]);
    });
  }

  return (type, body) => {
    const resource = types.find(({ $type, name }) => $type === 'ResourceType' && name === `Microsoft.App/${type}@2026-01-01`);
    if (!resource) throw new Error(`the Bicep types have no ${type}`);
    return fields(follow(resource.body), body, []);
  };
}
