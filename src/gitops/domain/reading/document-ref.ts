import type { DocumentRef } from '../../../kernel/problem.ts';
import { isKindName, kindNames, type KindName } from '../kinds/kinds.ts';
import { environmentName } from '../values/names.ts';
import { nearest } from '../values/nearest.ts';
import { secretIn } from './inline-secret.ts';

/**
 * What a document says it is, as far as that can be told. Null means that it may declare anything, which keeps what it declared before
 * from counting as removed.
 */
export function documentRef(kind: unknown, name: unknown): DocumentRef | null {
  if (typeof name !== 'string' || !/^[\w.-]{1,100}$/.test(name) || secretIn(name, '') !== null) return null;
  const meant = meantKind(kind);
  if (meant === null || (meant === 'RuntimeEnvironment' && !environmentName.safeParse(name).success)) return null;
  return { kind: meant, name };
}

/** The nearest kind stands for one that is misspelt; null when none is near. */
export function meantKind(kind: unknown): KindName | null {
  if (isKindName(kind)) return kind;
  const near = typeof kind === 'string' ? nearest(kind, kindNames) : null;
  return isKindName(near) ? near : null;
}
