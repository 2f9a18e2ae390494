import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasRecordings, recordingsFolder } from '../support/azure-recordings.ts';
import { sharedPath } from '../support/shared-folder.ts';
import { codesIn, codesInSource } from './azure-error-codes.ts';
import { errorSources } from './azure-error-sources.ts';

const facts = sharedPath('facts', 'azure.md');
const { codes, passedOn } = codesInSource();
const used = [...new Set(codes.map(({ code }) => code))].toSorted();
const rows = Object.entries(errorSources);
const unproved = rows.flatMap(([code, source]) => (source === 'ours' ? [code] : [])).toSorted();

function wordIn(text: string, code: string): boolean {
  return new RegExp(`\\b${code}\\b`).test(text);
}

describe('every error code of the local Azure says where it is known from', () => {
  it('has one row, and no row is of a code that is not there', () => {
    expect(Object.keys(errorSources).toSorted()).toEqual(used);
  });

  it('is found where it is said; elsewhere codes are only passed on', () => {
    expect(passedOn.toSorted()).toEqual([
      'src/local/azure/apps/arm-error.ts: this.code',
      'src/local/azure/apps/operations.ts: operation.error.code',
      'src/local/azure/entra/login.ts: code',
      'src/local/azure/http/authenticate.ts: code',
    ]);
  });

  it.each([
    { reason: 'a refusal', text: "refused(400, 'PlantedCode', '')", found: ['PlantedCode'] },
    { reason: 'an error that is thrown', text: "throw new ArmError(400, 'PlantedCode', '')", found: ['PlantedCode'] },
    { reason: 'an error of an operation', text: "const a = { code: 'PlantedCode', message: '' }", found: ['PlantedCode'] },
    { reason: "Entra's number", text: "refusal(400, 'invalid', 12345, '')", found: ['AADSTS12345'] },
    { reason: "Key Vault's number in a text", text: 'const a = `AKV12345: no ${b}`', found: ['AKV12345'] },
    { reason: 'no look-up inside', text: "const a = { ok: false, code: 'PlantedCode' }", found: [] },
  ])('would be found in $reason', ({ text, found }) => {
    expect(codesIn('planted.ts', text).codes.map(({ code }) => code)).toEqual(found);
  });

  it.each(rows.map(([code, source]) => ({ code, source })))('$code: $source', ({ source }) => {
    expect(source).toMatch(/^(recording \S+\.json|facts [AB]\d(\.\d)?|https:\/\/(github\.com\/[^/]+\/[^/]+\/(issues|pull)\/\d+|learn\.microsoft\.com\/\S+)|ours)$/);
  });

  it.skipIf(!hasRecordings).each(rows.flatMap(([code, source]) => (source.startsWith('recording ') ? [{ code, file: source.slice('recording '.length) }] : [])))('$code is in $file (skipped where ../shared is absent)', ({ code, file }) => {
    expect(wordIn(readFileSync(join(recordingsFolder, file), 'utf8'), code)).toBe(true);
  });

  it.skipIf(!existsSync(facts)).each(rows.flatMap(([code, source]) => (source.startsWith('facts ') ? [{ code, section: source.slice('facts '.length) }] : [])))('$code is in the facts, $section (skipped where ../shared is absent)', ({ code, section }) => {
    const text = readFileSync(facts, 'utf8').split(/\n(?=#+ )/).find((part) => part.replace(/^#+ /, '').startsWith(`${section}${section.includes('.') ? ' ' : '.'}`)) ?? '';
    expect(wordIn(text, code)).toBe(true);
  });

  it('is told of in the documentation if nothing proves it, and only then', () => {
    const section = readFileSync('docs/local-azure.md', 'utf8').split(/\n#+ /).find((part) => part.startsWith('Errors without proof')) ?? '';
    const list = section.split('\n\n').find((part) => part.startsWith('| ')) ?? '';
    const told = [...list.matchAll(/^\|[^|]*\|/gm)].flatMap(([cell]) => [...cell.matchAll(/`(\w+)`/g)].map(([, code = '']) => code));
    expect(told.toSorted()).toEqual(unproved);
  });
});
