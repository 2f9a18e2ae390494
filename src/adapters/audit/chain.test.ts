import { array, assert, constantFrom, nat, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chainFaults, linkAfter, type Link } from './chain.ts';

function chain(texts: readonly string[]): { readonly links: readonly Link[]; readonly head: string } {
  const links: Link[] = [];
  for (const text of texts) links.push(linkAfter(links.at(-1)?.hash ?? '', text));
  return { links, head: links.at(-1)?.hash ?? '' };
}

const { links, head } = chain(['one', 'two', 'three', 'four']);
const [one, two, three, four] = links as [Link, Link, Link, Link]; // the four of the line above

describe('a chain', () => {
  test.each([
    { reason: 'as it was written', kept: links, faults: [] },
    { reason: 'whose oldest were dropped by the bound', kept: [three, four], faults: [] },
    { reason: 'with one left out', kept: [one, two, four], faults: ['entry 3 of 3 does not follow the one before it'] },
    { reason: 'with two exchanged', kept: [one, three, two, four], faults: ['entry 2 of 4 does not follow the one before it', 'entry 3 of 4 does not follow the one before it', 'entry 4 of 4 does not follow the one before it'] },
    { reason: 'with the newest cut off', kept: [one, two, three], faults: ['the newest entry is not the one that was written last'] },
    { reason: 'that was emptied', kept: [], faults: ['the newest entry is not the one that was written last'] },
    { reason: 'with a text changed', kept: [one, { ...two, text: 'Two' }, three, four], faults: ['entry 2 of 4 is not what was written'] },
  ])('$reason', ({ kept, faults }) => {
    expect(chainFaults(kept, head)).toEqual(faults);
  });

  test('tells of every single character that is another', () => {
    assert(property(array(string({ minLength: 1 }), { minLength: 1, maxLength: 8 }), nat(), constantFrom('text', 'before', 'hash'), nat(), (texts, at, field, place) => {
      const made = chain(texts);
      const index = at % made.links.length;
      const link = made.links[index] as Link; // within the links
      const text = link[field];
      const where = place % (text.length + 1);
      const other = `${text.slice(0, where)}${text[where] === 'x' ? 'y' : 'x'}${text.slice(where + 1)}`;
      expect(chainFaults(made.links.with(index, { ...link, [field]: other }), made.head)).not.toEqual([]);
    }));
  });
});
