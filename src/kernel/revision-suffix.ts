import type { JsonObject } from './desired-state.ts';
import { digestOf } from './digest.ts';

/** Of the name of the revision that a template makes: `t` and ten hex digits of the hash of everything else in it, so that one template has one name. */
export function revisionSuffixOf({ revisionSuffix: _named, ...template }: JsonObject): string {
  return `t${digestOf(template).slice(0, 10)}`;
}
