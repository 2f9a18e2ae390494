import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { sharedPath } from './shared-folder.ts';

/** The examples of Key Vault's specification. They lie beside the repository; where they do not, what reads them is skipped. */
const folder = sharedPath('azure', 'spec-examples', 'keyvault-7.5');
export const hasVaultExamples = existsSync(folder);

interface VaultExample {
  readonly parameters: { readonly maxresults?: number; readonly parameters?: object };
  /** The answer's body: what was sent as it is, everything else as what kind of thing it is. */
  readonly body: object;
}

export function vaultExample(name: string): VaultExample {
  // The shape of `x-ms-examples`.
  const example = JSON.parse(readFileSync(join(folder, `${name}-example.json`), 'utf8')) as { parameters: VaultExample['parameters']; responses: { 200: { body: object } } };
  return { parameters: example.parameters, body: kindsOf(example.responses[200].body, JSON.stringify(example.parameters.parameters ?? {})) as object };
}

function kindsOf(value: unknown, sent: string): unknown {
  if (Array.isArray(value)) return value.map((item) => kindsOf(item, sent));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, kindsOf(item, sent)]));
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return expect.any(Number);
  return sent.includes(JSON.stringify(value)) ? value : expect.any(String);
}
