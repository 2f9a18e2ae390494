/**
 * What the comparison knows about one place of a container app, as data. A pattern names a place: keys joined by dots, `[]` for the items
 * of a list, `*` for keys that anybody may choose. Sources: real recorded traffic ("wire"), the bicep types' flags and descriptions
 * ("types"), Microsoft's documentation ("doc"), issue threads, and decisions of this code base ("ours").
 */
export type Canonical = 'caseless' | 'id' | 'location' | 'memory' | 'number' | 'identity-type' | 'scale-rule' | 'rule-metadata' | 'port-mapping' | 'environment-twin';

export interface Rule {
  readonly pattern: string;
  readonly reason: string;
  readonly source: string;
  /** Azure's alone: never compared, never sent, never shown. */
  readonly ignored?: true;
  /** Left to others as long as Git neither declares it nor did: not told, and no patch takes it away. */
  readonly others?: true;
  /** What absent means. */
  readonly absentMeans?: string | number | boolean;
  /** How equal values may be written differently. */
  readonly canonical?: Canonical;
  /** Fields that identify an item of the list; their order then means nothing. */
  readonly itemKey?: readonly string[];
  /** Items of the list that nobody declared are left to others. */
  readonly othersAllowed?: true;
  /** Azure may not show it: absent in the live body says nothing, unless another item of the list shows it. */
  readonly mayBeHidden?: true;
  /** Declared by its key alone: an empty object is not the same as absent. */
  readonly presence?: true;
  /** Keys compare without case, here those of a map. */
  readonly map?: true;
  /** A patch takes it away where nobody declares it, even when nobody knows whether it is there. */
  readonly owned?: true;
  /** A live text that Git does not know may be a secret that somebody typed in: shown as a fingerprint. */
  readonly masked?: true;
}

export type Does = Omit<Rule, 'pattern' | 'reason' | 'source'>;

export const wire = 'facts/azure.md A1.6 [wire]';
export const ids = 'facts/azure.md A1.4 [wire]';
export const types = 'bicep types 2026-01-01';
export const anchors = 'facts/gitops-anchors.md 6';

export function rule(pattern: string, reason: string, source: string, does: Does): Rule {
  return { pattern, reason, source, ...does };
}

export function readOnly(...patterns: readonly string[]): readonly Rule[] {
  return patterns.map((pattern) => rule(pattern, 'set by Azure', `${types}, read-only flag`, { ignored: true }));
}

export function defaulted(reason: string, source: string, defaults: Readonly<Record<string, string | number | boolean>>): readonly Rule[] {
  return Object.entries(defaults).map(([pattern, absentMeans]) => rule(pattern, reason, source, { absentMeans }));
}

export function caseless(source: string, ...patterns: readonly string[]): readonly Rule[] {
  return patterns.map((pattern) => rule(pattern, 'an enumeration: Azure changes its case', source, { canonical: 'caseless' }));
}

export function keyed(items: Readonly<Record<string, readonly string[]>>): readonly Rule[] {
  return Object.entries(items).map(([pattern, itemKey]) => rule(pattern, 'the order means nothing', wire, { itemKey }));
}

export function typedIn(...patterns: readonly string[]): readonly Rule[] {
  return patterns.map((pattern) => rule(pattern, 'somebody may have typed a secret in', 'facts/reliability.md 2.3', { masked: true }));
}
