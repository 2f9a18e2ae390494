import { describe, expect } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { fc, test } from '../../../../test/support/property.ts';
import { editText } from './edit-text.ts';
import type { ManifestEdit } from './manifest-edit.ts';
import { spliced } from './splice.ts';
import { isSame, withEdits } from './with-edits.ts';

const document = { kind: 'RuntimeService', name: 'checkout' };
const set = (path: string, value: unknown): ManifestEdit => ({ ...document, path: path.split('.'), value });
const remove = (path: string): ManifestEdit => ({ ...document, path: path.split('.'), remove: true });
const head = 'kind: RuntimeService\nmetadata: { name: checkout }\n';

function edited(text: string, ...edits: readonly ManifestEdit[]): string {
  const result = editText(text, edits);
  if ('refused' in result) throw new Error(result.refused);
  return result.text;
}

test('of two changes that meet the second waits for the next reading', () => {
  expect(spliced('abcd', [{ start: 0, end: 3, text: 'x' }, { start: 1, end: 2, text: 'y' }])).toBe('xd');
});

describe('a value of any kind', () => {
  test.each([
    { reason: 'a number stays one', from: 'spec:\n  port: 80 # web\n', edit: set('spec.port', 8080), to: 'spec:\n  port: 8080 # web\n' },
    { reason: 'a text of digits keeps its quotes', from: "spec: { a: '80' }\n", edit: set('spec.a', '8080'), to: "spec: { a: '8080' }\n" },
    { reason: 'a text in place of a number gets quotes', from: 'spec: { a: 80 }\n', edit: set('spec.a', '8080'), to: 'spec: { a: "8080" }\n' },
    { reason: 'a text that YAML 1.1 takes for a truth value gets quotes', from: 'spec: { a: x }\n', edit: set('spec.a', 'y'), to: 'spec: { a: "y" }\n' },
    { reason: 'a truth value', from: 'spec:\n  a: "true"\n', edit: set('spec.a', false), to: 'spec:\n  a: false\n' },
    { reason: 'null', from: 'spec:\n  a: 1\n', edit: set('spec.a', null), to: 'spec:\n  a: null\n' },
    { reason: 'a mapping over a mapping changes what differs', from: 'spec:\n  r:\n    min: 1 # least\n    # most\n    max: 4\n', edit: set('spec.r', { min: 1, max: 9 }), to: 'spec:\n  r:\n    min: 1 # least\n    # most\n    max: 9\n' },
    { reason: 'a mapping in a line, as its neighbours are', from: 'spec:\n  a: { x: 1 }\n  b: { y: 2 }\n', edit: set('spec.c', { z: 3 }), to: 'spec:\n  a: { x: 1 }\n  b: { y: 2 }\n  c: { z: 3 }\n' },
    { reason: 'a mapping on lines, by the indentation of the file', from: 'spec:\n    a:\n        x: 1\n', edit: set('spec.b', { k: { z: [1, { q: 2, r: 3 }] } }), to: 'spec:\n    a:\n        x: 1\n    b:\n        k:\n            z:\n              - 1\n              - q: 2\n                r: 3\n' },
    { reason: 'quotes as its neighbours have them', from: 'spec:\n  env:\n    A: "info"\n    B: "debug"\n', edit: set('spec.env.C', 'warn'), to: 'spec:\n  env:\n    A: "info"\n    B: "debug"\n    C: "warn"\n' },
    { reason: 'a braced mapping over several lines', from: 'spec: {\n  a: 1, # one\n  b: 2 # two\n}\n', edit: set('spec.c', 3), to: 'spec: {\n  a: 1, # one\n  b: 2,\n  c: 3 # two\n}\n' },
    { reason: 'one item of a list', from: 'spec:\n  rules:\n  - name: a # first\n    k: 1\n  # then\n  - name: b\n    k: 2\n', edit: set('spec.rules', [{ name: 'a', k: 1 }, { name: 'b', k: 3 }]), to: 'spec:\n  rules:\n  - name: a # first\n    k: 1\n  # then\n  - name: b\n    k: 3\n' },
    { reason: 'an item more at the end of a list', from: 'spec:\n  rules:\n  - name: a # first\n\nother: 1\n', edit: set('spec.rules', [{ name: 'a' }, { name: 'b', k: 2 }]), to: 'spec:\n  rules:\n  - name: a # first\n  - name: b\n    k: 2\n\nother: 1\n' },
    { reason: 'an item more at the front', from: 'spec:\n  l:\n    - a\n', edit: set('spec.l', ['b', 'a']), to: 'spec:\n  l:\n    - b\n    - a\n' },
    { reason: 'an item more in brackets', from: 'spec: { l: [a, c] }\n', edit: set('spec.l', ['a', 'b', 'c']), to: 'spec: { l: [a, b, c] }\n' },
    { reason: 'an item less', from: 'spec:\n  l:\n    - a\n    - b # two\n    - c\n', edit: set('spec.l', ['a', 'c']), to: 'spec:\n  l:\n    - a\n    - c\n' },
    { reason: 'no item', from: 'spec:\n  l: # all\n    - a\n    - b\n  m: 1\n', edit: set('spec.l', []), to: 'spec:\n  l: [] # all\n  m: 1\n' },
    { reason: 'a list in place of a text', from: 'spec:\n  l: a # one\n', edit: set('spec.l', ['a', 'b']), to: 'spec:\n  l: [a, b] # one\n' },
    { reason: 'a text in place of lines', from: 'spec:\n  l:\n    a: 1\n    b: 2\n  m: 1\n', edit: set('spec.l', 'x'), to: 'spec:\n  l: x\n  m: 1\n' },
    { reason: 'what is there already', from: 'spec: {b: {d: [ 1 ], c: "x"}}\n', edit: set('spec.b', { c: 'x', d: [1] }), to: 'spec: {b: {d: [ 1 ], c: "x"}}\n' },
    { reason: 'an anchor elsewhere stays', from: 'spec:\n  x: &x { a: 1 }\n  y: *x\n  z: 1\n', edit: set('spec.z', 2), to: 'spec:\n  x: &x { a: 1 }\n  y: *x\n  z: 2\n' },
    { reason: 'after a text that keeps the line ends at its end', from: 'spec:\n  x: |+\n    a\n\n', edit: set('spec.b', 1), to: 'spec:\n  x: |+\n    a\n\n  b: 1\n' },
    { reason: 'a list, as far in as the lists of the file are', from: 'spec:\n  a:\n  - x: 1\n', edit: set('spec.b', [{ k: 2 }]), to: 'spec:\n  a:\n  - x: 1\n  b:\n  - k: 2\n' },
    { reason: 'an entry of an item', from: 'spec:\n  l:\n    - name: a\n      v: 1\n', edit: set('spec.l', [{ name: 'a', v: 1, w: 2 }]), to: 'spec:\n  l:\n    - name: a\n      v: 1\n      w: 2\n' },
  ])('$reason', ({ from, edit, to }) => {
    expect(edited(head + from, edit)).toBe(head + to);
    expect(edited((head + from).replaceAll('\n', '\r\n'), edit)).toBe((head + to).replaceAll('\n', '\r\n'));
  });
});

describe('a value that goes', () => {
  test.each([
    { reason: 'with its comment, and no other', from: 'spec:\n  a: 1\n  # of b\n  b: 2 # two\n  c: 3\n', edit: remove('spec.b'), to: 'spec:\n  a: 1\n  # of b\n  c: 3\n' },
    { reason: 'with its lines', from: 'spec:\n  a:\n    x: 1\n    y: |\n      text\n  b: 2\n', edit: remove('spec.a'), to: 'spec:\n  b: 2\n' },
    { reason: 'at the end of a file without a last line end', from: 'spec:\n  a: 1\n  b: 2', edit: remove('spec.b'), to: 'spec:\n  a: 1' },
    { reason: 'from braces, first', from: 'spec: { a: 1, b: 2 }\n', edit: remove('spec.a'), to: 'spec: { b: 2 }\n' },
    { reason: 'from braces, last', from: 'spec: { a: 1, b: 2 }\n', edit: remove('spec.b'), to: 'spec: { a: 1 }\n' },
    { reason: 'the last one of a block: braces stay', from: 'spec:\n  env: # all\n    a: 1 # one\n  b: 2\n', edit: remove('spec.env.a'), to: 'spec:\n  env: {} # all\n  b: 2\n' },
    { reason: 'the last one of braces', from: 'spec: { env: { a: 1 } }\n', edit: remove('spec.env.a'), to: 'spec: { env: {} }\n' },
    { reason: 'the first of an item', from: 'spec:\n  l:\n    - a: 1\n      b: 2\n', edit: set('spec.l', [{ b: 2 }]), to: 'spec:\n  l:\n    - b: 2\n' },
    { reason: 'that is not there', from: 'spec:\n  a: 1\n', edit: remove('spec.b.c'), to: 'spec:\n  a: 1\n' },
  ])('$reason', ({ from, edit, to }) => {
    expect(edited(head + from, edit)).toBe(head + to);
  });

  test.each([
    { text: 'spec:\n  a: &a { x: 1 }\n  b: *a\n', edit: remove('spec.a'), why: 'an anchor stands there, which other places may repeat' },
    { text: 'spec:\n  a: { x: &a 1 }\n  b: *a\n', edit: set('spec.a', 2), why: 'an anchor stands there, which other places may repeat' },
    { text: 'spec: { a: 1, # one\n  b: 2 }\n', edit: remove('spec.a'), why: 'a comment stands behind what is to be removed' },
    { text: 'spec: [a]\n', edit: remove('spec.a'), why: '`spec` is no mapping' },
  ])('is refused: $why', ({ text, edit, why }) => {
    expect(editText(head + text, [edit])).toEqual({ refused: `RuntimeService \`checkout\`: ${why}` });
  });
});

describe('a document that is made', () => {
  const create: ManifestEdit = { kind: 'ScalingPolicy', name: 'checkout', create: { kind: 'ScalingPolicy', metadata: { name: 'checkout' }, spec: { replicas: { min: 1, max: 2 } } } };

  test('comes after the others', () => {
    expect(edited(`${head}spec:\n   a: 1`, create)).toBe(`${head}spec:\n   a: 1\n---\nkind: ScalingPolicy\nmetadata:\n   name: checkout\nspec:\n   replicas:\n      min: 1\n      max: 2\n`);
  });

  test('is refused where it is declared', () => {
    expect(editText(`${head}---\nkind: ScalingPolicy\nmetadata: { name: checkout }\n`, [create])).toEqual({ refused: 'ScalingPolicy `checkout`: it is declared in this file already' });
  });
});

describe('whatever the file and the edits are', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'on', '1', 'x.y');
  const scalar = fc.oneof(fc.constantFrom('', 'info', '8080', 'yes', 'a # b', 'two\nlines', "it's"), fc.integer({ min: -5, max: 9000 }), fc.boolean(), fc.constant(null));
  const { value } = fc.letrec<{ value: unknown; map: unknown; list: unknown }>((tie) => ({
    value: fc.oneof({ maxDepth: 3, depthSize: 'small' }, scalar, tie('map'), tie('list')),
    map: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    list: fc.array(tie('value'), { maxLength: 3 }),
  }));
  const path = fc.array(key, { minLength: 1, maxLength: 3 }).map((keys) => ['spec', ...keys]);
  const edit = fc.oneof(fc.record({ path, value }), fc.record({ path, remove: fc.constant(true as const) })).map((one): ManifestEdit => ({ ...document, ...one }));
  const style = fc.record({
    collectionStyle: fc.constantFrom('any' as const, 'block' as const, 'flow' as const),
    defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const, 'QUOTE_SINGLE' as const),
    indent: fc.integer({ min: 1, max: 4 }),
    indentSeq: fc.boolean(),
    lineWidth: fc.constant(0),
    blockQuote: fc.constant(false),
  });
  const text = fc.record({ spec: fc.dictionary(key, value, { maxKeys: 4 }), style, eol: fc.constantFrom('\n', '\r\n'), comments: fc.boolean(), ends: fc.boolean() }).map(({ spec, style: options, eol, comments, ends }) => {
    const lines = stringify({ kind: document.kind, metadata: { name: document.name }, spec }, options).trimEnd().split('\n');
    const commented = comments && options.collectionStyle === 'block' ? lines.flatMap((line, index) => [`${line} # ${index}`, `# below ${index}`]) : lines;
    return `# first\n${commented.join('\n')}${ends ? '\n# last\n' : ''}`.replaceAll('\n', eol);
    // An empty list that is written as a block is no YAML.
  }).filter((all) => parseAllDocuments(all, { schema: 'core' }).every(({ errors }) => errors.length === 0));
  const read = (all: string) => parseAllDocuments(all, { schema: 'core' }).map((one) => one.toJS() as unknown);

  test('all of them are what it says afterwards, with the line ends of the file; once more changes nothing', () => {
    let done = 0;
    const refused: string[] = [];
    fc.assert(
      fc.property(text, fc.array(edit, { minLength: 1, maxLength: 3 }), (before, edits) => {
        const [was] = read(before);
        const wanted = withEdits(was, edits);
        const result = editText(before, edits);
        if ('refused' in wanted) {
          expect(result).toEqual({ refused: expect.stringContaining(wanted.refused) });
          return;
        }
        if ('refused' in result) {
          refused.push(result.refused);
          return;
        }
        done += 1;
        const [is] = read(result.text);
        expect(isSame(is, wanted.value), `${JSON.stringify(edits)}\n${before}\n=>\n${result.text}`).toBe(true);
        const again = withEdits(wanted.value, edits);
        if ('value' in again && isSame(again.value, wanted.value)) expect(editText(result.text, edits)).toEqual({ text: result.text });
        if (before.includes('\r\n')) expect(result.text.replaceAll('\r\n', '')).not.toContain('\n');
      }),
      { numRuns: 150 },
    );
    // Of a list's entries in one line only those can go that have no comment among them.
    expect(refused.filter((why) => !why.includes('a comment stands')), refused.join('\n')).toEqual([]);
    expect(done).toBeGreaterThan(refused.length * 10);
  });

  test('lines that hold nothing of an edited place stay to the byte', () =>
    fc.assert(
      fc.property(text, edit, (before, one) => {
        const result = editText(before, [one]);
        fc.pre('text' in result && 'path' in one);
        if (!('text' in result) || !('path' in one)) return;
        const [from, to] = linesOf(before, one.path, 'remove' in one);
        const [old, now] = [before.split('\n'), result.text.split('\n')];
        let first = 0;
        while (first < old.length && first < now.length && old[first] === now[first]) first += 1;
        let last = 0;
        while (last < old.length - first && last < now.length - first && old.at(-1 - last) === now.at(-1 - last)) last += 1;
        for (let line = first; line < old.length - last; line += 1) expect(line >= from && line <= to, `line ${line} of\n${before}\n=>\n${result.text}\n${JSON.stringify(one)}`).toBe(true);
      }),
      { numRuns: 150 },
    ));

  interface AnyNode {
    readonly range?: readonly number[];
    readonly items?: readonly { readonly key?: AnyNode & { readonly value?: unknown }; readonly value?: AnyNode }[];
  }

  function rangeOf(node: AnyNode | null | undefined): readonly [number, number] {
    return [node?.range?.[0] ?? 0, node?.range?.[1] ?? 0];
  }

  /** Lines of the deepest thing on the way of the path that is there, from its key on. Where something goes, the key above it may get braces. */
  function linesOf(all: string, keys: readonly string[], goes: boolean): readonly [number, number] {
    const [parsed] = parseAllDocuments(all, { schema: 'core' });
    let [start, end] = [0, all.length];
    let node = (parsed && 'contents' in parsed ? parsed.contents : null) as AnyNode | null; // a node of the parser
    for (const [index, name] of keys.entries()) {
      const pair = node?.items?.find((other) => other.key?.value === name);
      if (pair?.key === undefined) break;
      const [keyStart, keyEnd] = rangeOf(pair.key);
      if (!goes || index < keys.length - 1) start = keyStart;
      end = Math.max(keyEnd, rangeOf(pair.value)[1]);
      node = pair.value ?? null;
    }
    const lineAt = (at: number): number => all.slice(0, at).split('\n').length - 1;
    return [lineAt(start), lineAt(end)];
  }
});
