import { describe, expect } from 'vitest';
import { fc, test } from '../../../../test/support/property.ts';
import { holds, leaves, parseFilter } from './filter.ts';

describe('filters', () => {
  test.each([
    { reason: 'one comparison', text: "name eq 'a'", filter: { kind: 'compare', field: 'name', operator: 'eq', value: 'a' } },
    { reason: 'operators in any case', text: "name EQ 'a'", filter: { kind: 'compare', field: 'name', operator: 'eq', value: 'a' } },
    { reason: 'a quote in a value', text: "name ne 'o''clock'", filter: { kind: 'compare', field: 'name', operator: 'ne', value: "o'clock" } },
    { reason: 'words inside a value', text: "name eq 'a and b or (c)'", filter: { kind: 'compare', field: 'name', operator: 'eq', value: 'a and b or (c)' } },
    { reason: 'a call', text: "assignedTo('id')", filter: { kind: 'call', name: 'assignedTo', arguments: ['id'] } },
    { reason: 'a call without arguments', text: 'atScope()', filter: { kind: 'call', name: 'atScope', arguments: [] } },
  ])('read $reason', ({ text, filter }) => {
    expect(parseFilter(text)).toEqual(filter);
  });

  test.each([
    { reason: 'nothing', text: '' },
    { reason: 'half a comparison', text: 'name eq' },
    { reason: 'an unknown operator', text: "name like 'a'" },
    { reason: 'an open text', text: "name eq 'a" },
    { reason: 'an open bracket', text: "(name eq 'a'" },
    { reason: 'an open call', text: "assignedTo('a'" },
    { reason: 'a dangling word', text: "name eq 'a' and" },
    { reason: 'two expressions', text: "name eq 'a' name eq 'b'" },
    { reason: 'a character of no token', text: "name eq 'a' ; drop" },
  ])('refuse $reason', ({ text }) => {
    expect(parseFilter(text)).toBeNull();
  });

  const truth = { t: true, f: false };
  const atom = fc.constantFrom({ text: "t eq 'x'", value: true }, { text: "f eq 'x'", value: false });
  const { expression } = fc.letrec<{ expression: { text: string; value: boolean } }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 4 },
      atom,
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => ({ text: `(${a.text}) and (${b.text})`, value: a.value && b.value })),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => ({ text: `(${a.text}) or (${b.text})`, value: a.value || b.value })),
    ),
  }));

  test('decide as their words say, however they are nested', () =>
    fc.assert(
      fc.property(expression, ({ text, value }) => {
        const filter = parseFilter(text);
        expect(filter && holds(filter, (leaf) => leaf.kind === 'compare' && truth[leaf.field as 't' | 'f'])).toBe(value);
      }),
    ));

  test('bind "and" more tightly than "or"', () => {
    const filter = parseFilter("t eq '' or f eq '' and f eq ''");
    expect(filter && holds(filter, (leaf) => leaf.kind === 'compare' && leaf.field === 't')).toBe(true);
    expect(filter && leaves(filter)).toHaveLength(3);
  });

  test('are undecided when one part is not understood', () => {
    const filter = parseFilter("t eq '' or unknown()");
    expect(filter && holds(filter, (leaf) => (leaf.kind === 'compare' ? true : null))).toBeNull();
  });
});
