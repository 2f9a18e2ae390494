import { isObject } from '../../../kernel/comparison/canonical.ts';
import type { Draft } from '../reading/manifest.ts';
import { valueAt } from '../reading/value-at.ts';
import { nearest } from '../values/nearest.ts';
import type { Declared } from './declared.ts';
import { mayBeEnvironment } from './references.ts';

/** Whether a service runs in an environment, or may be meant to: where an entry cannot be read or its name is misspelt, that is the problem. */
export function runsIn(declared: Declared, { document, environments }: Draft<'RuntimeService'>, name: string): boolean {
  const entries = valueAt(document.value, ['spec', 'environments']);
  const written = isObject(entries) ? Object.keys(entries) : [];
  if (written.includes(name) || written.some((other) => !environments.includes(other))) return true;
  return environments.some((other) => !mayBeEnvironment(declared, other) && nearest(other, [name]) !== null);
}
