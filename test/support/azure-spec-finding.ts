import { existsSync } from 'node:fs';
import { sharedPath } from './shared-folder.ts';

/** Azure's own descriptions. They lie beside the repository; where they do not, what is held against them is skipped. */
export const specFolder = sharedPath('azure', 'swagger');
export const hasSpec = existsSync(specFolder);

/** What disagrees with a description. */
export interface Finding {
  /** `swagger`: the OpenAPI files; `model`: the JSON Schemas of 2026-07-01; `flags`: the read-only flags of the Bicep types; `service`: any description. */
  readonly by: 'swagger' | 'model' | 'flags' | 'service';
  readonly side: 'request' | 'answer';
  /** As the OpenAPI files name it: `ContainerApps_Get`. */
  readonly operation: string;
  /** The api-version that was asked. */
  readonly version: string;
  readonly status: number;
  readonly code: string;
  /** Where in the body, `$.properties.template.containers[*].image`; of lists, from the item on. */
  readonly at: string;
  readonly message: string;
}

/** Of a list's answer the item counts, of an array any element, of a map any key. */
export function place(steps: readonly string[]): string {
  const inItem = steps[0] === 'value' && /^\d+$/.test(steps[1] ?? '') ? steps.slice(2) : steps;
  return inItem.reduce((path, step, index) => path + (isElement(step, inItem[index - 1]) ? '[*]' : `.${step}`), '$');
}

const maps = new Set(['userAssignedIdentities', 'tags', 'metadata']);

function isElement(step: string, before: string | undefined): boolean {
  return /^\d+$/.test(step) || (before !== undefined && maps.has(before));
}

export function versionOf(address: string): string {
  return new URL(address.replaceAll('%24', '$')).searchParams.get('api-version') ?? '';
}

export function lineOf({ by, side, operation, status, code, at, message }: Finding): string {
  return `${side} of ${operation} ${status}, ${at}: ${message} (${by} ${code})`;
}

/** Operations whose answer is an app, or a list of them; and the same of environments. */
export const answersApps = /^ContainerApps_(?:Get|CreateOrUpdate|Update|Start|Stop|ListBy\w+)$|^ContainerappOperationResults$/;
export const answersEnvironments = /^ManagedEnvironments_(?:Get|CreateOrUpdate|Update|ListBy\w+)$|^ManagedEnvironmentOperationResults$/;

/** Microsoft.App takes a JSON merge patch (RFC 7396), although the files describe the whole resource as its body. */
export function isMergePatch(operation: string): boolean {
  return operation.endsWith('_Update');
}
