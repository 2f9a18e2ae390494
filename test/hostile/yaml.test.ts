import { afterAll, describe, expect, test } from 'vitest';
import { childParser } from '../../src/gitops/parser/child-parser.ts';
import { yamlCases } from './yaml-cases.ts';

// A machine that runs tests may be busy; the limit of 1.5 s itself has its test beside the parser.
const parser = childParser({ timeoutMs: 20_000 });
afterAll(() => parser[Symbol.asyncDispose]());

const bytesOf = (bytes: string | Uint8Array): Uint8Array => (typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);

describe('hostile YAML', () => {
  test.each(yamlCases)('$reason', async ({ bytes, wanted, value }) => {
    const file = await parser.parse('trueup/hostile.yaml', bytesOf(bytes));
    expect(file.problems.map(({ code, location: { line } }) => ({ code, line }))).toEqual(wanted);
    if (value !== undefined) expect(file.documents.map((document) => document.value)).toEqual([value]);
    expect(file.problems.every(({ location, severity }) => location.file === 'trueup/hostile.yaml' && severity === 'error')).toBe(true);
  });

  test.each(['', '\n\n', '# nothing\n# at all\n', '---\n'])('a file that declares nothing says so: %j', async (text) => {
    const { documents, problems } = await parser.parse('trueup/empty.yaml', bytesOf(text));
    expect({ documents, codes: problems.map(({ code, severity }) => [code, severity]) }).toEqual({ documents: [], codes: [['empty-file', 'warning']] });
  });
});
