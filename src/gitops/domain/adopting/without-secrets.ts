import { isObject } from '../../../kernel/comparison/canonical.ts';
import { mayBeSecret, mayHoldSecret } from '../reading/inline-secret.ts';
import type { Left } from './adoption.ts';
import type { FieldChange } from './field-change.ts';

export const secretWhy = 'it may be a secret: put it into a Key Vault and declare a SecretBinding';

/** Changes that bring no text into Git that may be a secret, and the places of the others. `known`: texts that Git holds already. */
export function withoutSecrets(changes: readonly FieldChange[], known: ReadonlySet<string>): { readonly changes: readonly FieldChange[]; readonly left: readonly Left[] } {
  const unsafe = changes.filter(({ path, value }) => isUnsafe(value, path.at(-1) ?? '', known));
  return { changes: changes.filter((change) => !unsafe.includes(change)), left: unsafe.map(({ about }) => ({ path: about, why: secretWhy })) };
}

function isUnsafe(value: unknown, key: string, known: ReadonlySet<string>): boolean {
  if (typeof value === 'string') return !known.has(value) && mayBeSecret(value, key);
  if (Array.isArray(value)) return mayHoldSecret(value.filter((one) => !known.has(String(one))), key) || value.some((one) => typeof one !== 'string' && isUnsafe(one, key, known));
  return isObject(value) && Object.entries(value).some(([name, one]) => isUnsafe(one, name, known));
}
