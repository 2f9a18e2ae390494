import { describe, expect } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { fc, test } from '../../../../test/support/property.ts';
import { kinds } from '../kinds/kinds.ts';
import { editText } from './edit-text.ts';
import type { ManifestEdit } from './manifest-edit.ts';

const image = 'contoso.azurecr.io/checkout:1.5.0';
const toProd = (value: string = image): ManifestEdit => ({ kind: 'RuntimeService', name: 'checkout', path: ['spec', 'environments', 'prod', 'image'], value });
const flag = (key: string, value: string): ManifestEdit => ({ kind: 'RuntimeConfiguration', name: 'storefront', path: ['spec', 'environments', 'prod', 'values', key], value });

const service = (environments: string): string => `kind: RuntimeService\nmetadata: { name: checkout }\nspec:\n  image: a:1 # of all\n${environments}`;
const configuration = (rest: string): string => `kind: RuntimeConfiguration\nmetadata: { name: storefront }\nspec:\n  values: { A: "1" }\n${rest}`;

function edited(text: string, ...edits: readonly ManifestEdit[]): string {
  const result = editText(text, edits);
  if ('refused' in result) throw new Error(result.refused);
  return result.text;
}

describe('a value', () => {
  test.each([
    { reason: 'in braces and double quotes', from: '  environments:\n    prod: { image: "a:1" } # live\n', to: `  environments:\n    prod: { image: "${image}" } # live\n` },
    { reason: 'in single quotes', from: "  environments:\n    prod:\n      image: 'a:1'\n", to: `  environments:\n    prod:\n      image: '${image}'\n` },
    { reason: 'without quotes, with a comment behind it', from: '  environments:\n    prod:\n      image: a:1   # pinned\n      env: {}\n', to: `  environments:\n    prod:\n      image: ${image}   # pinned\n      env: {}\n` },
    { reason: 'over two lines', from: '  environments:\n    prod:\n      image: "a\\\n        :1"\n    dev: {}\n', to: `  environments:\n    prod:\n      image: "${image}"\n    dev: {}\n` },
    { reason: 'missing in empty braces', from: '  environments: { staging: {}, prod: {} }\n', to: `  environments: { staging: {}, prod: { image: ${image} } }\n` },
    { reason: 'missing in braces that hold something', from: '  environments:\n    prod: {env: {A: "1"}}\n', to: `  environments:\n    prod: {env: {A: "1"}, image: ${image}}\n` },
    { reason: 'missing in a block, before the comments that follow it', from: '  environments:\n    prod:\n      env:\n        A: "1" # one\n    # the others\n    dev: {}\n', to: `  environments:\n    prod:\n      env:\n        A: "1" # one\n      image: ${image}\n    # the others\n    dev: {}\n` },
    { reason: 'below a key without a value', from: '  environments:\n    prod: # soon\n    dev: {}\n', to: `  environments:\n    prod: { image: ${image} } # soon\n    dev: {}\n` },
    { reason: 'below a null', from: '  environments:\n    prod: ~\n', to: `  environments:\n    prod: { image: ${image} }\n` },
    { reason: 'at the end of a file without a last line end', from: '  environments:\n    prod:\n      env: {}', to: `  environments:\n    prod:\n      env: {}\n      image: ${image}` },
    { reason: 'in a key in quotes', from: '  environments:\n    "prod": {}\n', to: `  environments:\n    "prod": { image: ${image} }\n` },
    { reason: 'with nothing about environments at all', from: '', to: `  environments:\n    prod:\n      image: ${image}\n` },
  ])('$reason', ({ from, to }) => {
    expect(edited(service(from), toProd())).toBe(service(to));
  });

  test('with the line ends of the file', () => {
    const from = service('  environments:\n    prod:\n      env: {}\n    dev: {}\n').replaceAll('\n', '\r\n');
    expect(edited(from, toProd())).toBe(service(`  environments:\n    prod:\n      env: {}\n      image: ${image}\n    dev: {}\n`).replaceAll('\n', '\r\n'));
  });

  test('of the right document among several', () => {
    const other = service('  environments: { prod: {} }\n').replace('name: checkout', 'name: catalog');
    const own = service('  environments: { prod: {} }\n');
    expect(edited(`${other}---\n${own}---\n# the end\n`, toProd())).toBe(`${other}---\n${own.replace('prod: {}', `prod: { image: ${image} }`)}---\n# the end\n`);
  });

  test('beside others in one mapping that is made for them', () => {
    expect(edited(configuration(''), flag('A', '2'), flag('B', 'x y'), flag('C', 'on'))).toBe(
      configuration('  environments:\n    prod:\n      values:\n        A: "2"\n        B: "x y"\n        C: "on"\n'),
    );
  });

  test.each([
    { value: 'on', written: '"on"', reason: 'a word that YAML 1.1 takes for yes' },
    { value: '12', written: '"12"', reason: 'digits' },
    { value: '', written: '""', reason: 'nothing' },
    { value: 'a # b', written: '"a # b"', reason: 'what would be a comment' },
    { value: 'line\nline', written: '"line\\nline"', reason: 'a line end' },
    { value: 'say "hi"', written: '"say \\"hi\\""', reason: 'quotes' },
    { value: 'C:\\temp', written: '"C:\\\\temp"', reason: 'a backslash' },
    { value: '{{ x }}', written: '"{{ x }}"', reason: 'braces' },
    { value: '\u2028', written: '"\\u2028"', reason: 'a line end of Unicode' },
  ])('that needs quotes gets them: $reason', ({ value, written }) => {
    expect(edited(configuration('  environments:\n    prod:\n      values: { A: b }\n'), flag('A', value))).toBe(configuration(`  environments:\n    prod:\n      values: { A: ${written} }\n`));
  });
});

describe('refused, because more would change than was asked for', () => {
  test.each([
    { text: service('  environments:\n    dev: &all { image: "a:1" }\n    prod: *all\n'), why: 'an alias stands there' },
    { text: service('  environments:\n    prod: &all { image: "a:1" }\n    dev: *all\n'), why: 'an anchor stands there, which other places may repeat' },
    { text: service('  environments:\n    prod: { image: &image "a:1" }\n'), why: 'an anchor stands there, which other places may repeat' },
    { text: service('  x: &x { a: 1 }\n  environments:\n    prod:\n      <<: *x\n'), why: 'a merge key stands there' },
    { text: service('  environments:\n    prod: { image: !!str a:1 }\n'), why: 'a tag stands there' },
    { text: service('  environments: [prod]\n'), why: '`spec.environments` is no mapping' },
    { text: service('  environments:\n    prod:\n      image: |\n        a:1\n'), why: 'the value is a block of text' },
    { text: service('  environments:\n    prod: {}\n    prod: {}\n'), why: '`prod` stands there twice' },
    { text: service('').replace('checkout', 'catalog'), why: 'it is not declared in this file' },
    { text: `${service('')}---\n${service('')}`, why: 'it is declared twice in this file' },
  ])('$why', ({ text, why }) => {
    expect(editText(text, [toProd()])).toEqual({ refused: `RuntimeService \`checkout\`: ${why}` });
  });

  test('then nothing is changed, also not what could be', () => {
    const text = `${configuration('')}---\n${service('  environments: [prod]\n')}`;
    expect(editText(text, [flag('A', '2'), toProd()])).toMatchObject({ refused: expect.stringContaining('no mapping') });
  });
});

describe('whatever the file looks like', () => {
  const key = fc.constantFrom('staging', 'prod', 'dev', 'test');
  const entry = fc.record({ image: fc.constantFrom('a:1', 'b@sha256:0', 'c'), env: fc.dictionary(fc.constantFrom('A', 'B', 'on', 'x.y'), fc.string({ maxLength: 12 }), { maxKeys: 3 }) }, { requiredKeys: [] });
  const document = fc.record({ kind: fc.constant('RuntimeService'), metadata: fc.record({ name: fc.constant('checkout') }), spec: fc.record({ image: fc.constant('a:1'), environments: fc.dictionary(key, entry) }, { requiredKeys: [] }) });
  const style = fc.record({
    collectionStyle: fc.constantFrom('any' as const, 'block' as const, 'flow' as const),
    defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const, 'QUOTE_SINGLE' as const),
    indent: fc.integer({ min: 1, max: 6 }),
    lineWidth: fc.constantFrom(0, 20),
    blockQuote: fc.constant(false),
  });
  const text = fc.record({ document, style, eol: fc.constantFrom('\n', '\r\n'), comments: fc.boolean() }).map(({ document: value, style: options, eol, comments }) => {
    const lines = stringify(value, options).trimEnd().split('\n');
    // A comment behind a line may stand within a text that goes on: only where a block of short lines is.
    const commented = comments && options.collectionStyle === 'block' && options.lineWidth === 0 ? lines.flatMap((line) => [`${line} # c`, '# d']) : lines;
    return `# first\n${commented.join('\n')}\n# last\n`.replaceAll('\n', eol);
  });
  const values = (all: string) => parseAllDocuments(all, { schema: 'core' }).map((one) => one.toJS() as Record<string, never>);

  test('it says the value afterwards, and the rest as before, to the byte; once more changes nothing', () =>
    fc.assert(
      fc.property(text, fc.oneof(fc.constantFrom(image, 'on', '1'), fc.string()), (before, value) => {
        fc.pre(value.isWellFormed());
        const after = edited(before, toProd(value));
        const [was, is] = [values(before)[0], values(after)[0]] as [Record<string, any>, Record<string, any>]; // oxlint-disable-line typescript/no-explicit-any
        expect(is['spec'].environments.prod.image).toBe(value);
        const wanted = structuredClone(was);
        wanted['spec'] = { ...wanted['spec'], environments: { ...wanted['spec']?.environments, prod: { ...wanted['spec']?.environments?.prod, image: value } } };
        expect(is).toEqual(wanted);
        expect(edited(after, toProd(value))).toBe(after);
        const removed = removedFrom(before, after);
        const place = rangeOf(before);
        // What was there and is gone is the value alone, or braces without anything in them.
        if (removed.text !== '' && place !== null) expect(removed.start >= place[0] && removed.end <= place[1], `${removed.text} in ${before}`).toBe(true);
        else expect(removed.text).toMatch(/^[{}\s]*$/);
      }),
      { numRuns: 150 },
    ));

  function removedFrom(before: string, after: string): { readonly start: number; readonly end: number; readonly text: string } {
    let start = 0;
    while (start < before.length && before[start] === after[start]) start += 1;
    let end = before.length;
    while (end > start && after.length - (before.length - end) > start && before[end - 1] === after[after.length - (before.length - end) - 1]) end -= 1;
    return { start, end, text: before.slice(start, end) };
  }

  function rangeOf(all: string): readonly [number, number] | null {
    const [one] = parseAllDocuments(all, { schema: 'core' });
    const node = one && 'getIn' in one ? (one.getIn(['spec', 'environments', 'prod', 'image'], true) as { readonly range?: readonly [number, number, number] } | undefined) : undefined; // a node of the parser
    return node?.range ? [node.range[0], node.range[1]] : null;
  }

  test.each(Object.entries(kinds).filter(([kind]) => kind === 'RuntimeService' || kind === 'RuntimeConfiguration').map(([kind, { example }]) => ({ kind, example })))('the example of $kind changes in one line', ({ kind, example }) => {
    const edit = kind === 'RuntimeService' ? toProd() : flag('FEATURE_NEW_CART', 'off');
    const [before, after] = [example.split('\n'), edited(example, edit).split('\n')];
    expect(after).toHaveLength(before.length);
    expect(after.filter((line, index) => line !== before[index])).toHaveLength(1);
  });
});
