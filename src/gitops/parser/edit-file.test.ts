import { describe, expect, test } from 'vitest';
import type { ManifestEdit } from '../domain/editing/manifest-edit.ts';
import { childParser } from './child-parser.ts';
import { editFile } from './edit-file.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const edit: ManifestEdit = { kind: 'RuntimeService', name: 'checkout', path: ['spec', 'environments', 'prod', 'image'], value: 'a:2' };
const file = 'kind: RuntimeService\nmetadata: { name: checkout }\nspec: { environments: { prod: { image: "a:1" } } }\n';
const after = file.replace('a:1', 'a:2');

describe('an edited file', () => {
  test('keeps its byte order mark', () => {
    expect(editFile('a.yaml', bytes(`\ufeff${file}`), [edit])).toEqual({ text: `\ufeff${after}` });
  });

  test.each([
    { reason: 'it is no text', given: new Uint8Array([0xff, 0xfe, 0x20]), refused: 'the file cannot be read' },
    { reason: 'it is no YAML', given: bytes('{'), refused: expect.stringContaining('not declared in this file') },
    { reason: 'what comes out is not what was asked for', given: bytes(file), edits: [{ ...edit, path: ['spec', '__proto__'] }], refused: 'the change would change more than the value' },
  ])('is refused: $reason', ({ given, edits = [edit], refused }) => {
    expect(editFile('a.yaml', given, edits)).toEqual({ refused });
  });

  test('comes out of a child process', async () => {
    await using parser = childParser({ children: 1 });
    expect(await parser.edit('a.yaml', bytes(file), [edit])).toEqual({ text: after });
    expect(await parser.edit('a.yaml', bytes('a: 1'), [edit])).toMatchObject({ refused: expect.stringContaining('not declared') });
  });

  test('costs no more than reading one does', async () => {
    const large = Array.from({ length: 2000 }, (_, index) => file.replace('checkout', `s${index}`)).join('---\n');
    await using slow = childParser({ children: 1, timeoutMs: 15 });
    expect(await slow.edit('a.yaml', bytes(large), [edit])).toEqual({ refused: 'the file cannot be edited within 60 ms of processor time' });
    await using patient = childParser({ children: 1, timeoutMs: 20_000 });
    expect(await patient.edit('a.yaml', bytes(large), [{ ...edit, name: 's1999' }])).toMatchObject({ text: expect.stringContaining('a:2') });
  });
});
