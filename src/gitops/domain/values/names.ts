import { z } from 'zod';
import { written, type Refuse } from './written.ts';

/** Names that every JavaScript object has already: no name of ours may be one. */
const reserved = new Set(['constructor', 'prototype']);

interface NameRules {
  readonly what: string;
  readonly max: number;
  readonly min?: number;
}

const shape = /^[a-z]([a-z0-9]|-(?=[a-z0-9]))*$/;

/** Lower-case letters, digits and single hyphens, starting with a letter: safe in paths, tags, keys and host names. */
export function declaredName({ what, max, min = 1 }: NameRules) {
  const expected = `${min} to ${max} lower-case letters, digits and single hyphens, starting with a letter`;
  const about = { pattern: shape.source, description: `${what}: ${expected}.` };
  return written(about, (text, refuse) => {
    if (!shape.test(text)) return refuseName(text, what, expected, refuse);
    if (text.length > max || text.length < min) return refuse({ code: 'invalid-name', message: `${what} has ${text.length} characters`, expected });
    if (reserved.has(text)) return refuse({ code: 'reserved-name', message: `${what} is a word with a meaning of its own`, expected: 'another name' });
    return text;
  });
}

function refuseName(text: string, what: string, expected: string, refuse: Refuse): never {
  const plain = skeleton(text);
  const hidden = [...text].some((character) => (character.codePointAt(0) ?? 0) > 126);
  const message = hidden ? `${what} has characters other than plain letters, digits and hyphens` : `${what} is not well-formed`;
  const usable = plain !== text && shape.test(plain);
  return refuse({ code: 'invalid-name', message, expected, ...(usable && { hint: `Did you mean \`${plain}\`?` }) });
}

/** Letters of other scripts that look like Latin ones. */
const lookAlikes: Readonly<Record<string, string>> = {
  а: 'a', в: 'b', с: 'c', ԁ: 'd', е: 'e', ё: 'e', һ: 'h', і: 'i', ј: 'j', к: 'k', ӏ: 'l', м: 'm', н: 'h', о: 'o', р: 'p', ԛ: 'q',
  ѕ: 's', т: 't', у: 'y', ԝ: 'w', х: 'x', α: 'a', ε: 'e', ι: 'i', κ: 'k', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'u', χ: 'x', ı: 'i',
};

/** What a name looks like to a reader: two names with one skeleton are taken for each other. */
export function skeleton(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase().replaceAll(/[\u00ad\u200b-\u200f\u2060\ufeff\s]/g, '');
  return [...folded].map((character) => lookAlikes[character] ?? character).join('').replaceAll('_', '-');
}

/** GitHub shows it, and the tenant's id ends with it. */
export const tenantSlug = declaredName({ what: 'A tenant', max: 40 });
export const documentName = declaredName({ what: 'A name', max: 63 });
export const environmentName = declaredName({ what: 'The name of an environment', max: 32 });
/** Also the container app's name: Azure takes 2 to 32. */
export const serviceName = declaredName({ what: 'The name of a service', min: 2, max: 32 });

/** A list without doubles; one wrong entry does not hide that others are doubles. */
export function uniqueList<Item extends z.ZodType<string, string>>(item: Item, max: number) {
  const unique = (items: readonly unknown[], context: z.core.$RefinementCtx): void => {
    for (const [index, value] of items.entries()) {
      if (items.indexOf(value) !== index && item.safeParse(value).success) {
        context.addIssue({ code: 'custom', path: [index], message: 'It is listed twice', params: { code: 'duplicate-item', expected: 'each entry once' } });
      }
    }
  };
  return z.array(item).max(max).superRefine(unique, { when: ({ value }) => Array.isArray(value) && value.length <= max });
}
