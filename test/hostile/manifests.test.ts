import { afterAll, describe, expect, test } from 'vitest';
import { manifestLanguage } from '../../src/gitops/desired/language.ts';
import { childParser } from '../../src/gitops/parser/child-parser.ts';
import type { ParsedFile } from '../../src/gitops/domain/parsed-file.ts';
import { edited, fileOf, goodManifests } from '../support/manifests.ts';
import type { ManifestCase } from './manifest-case.ts';
import { manifestCases } from './manifest-cases.ts';

// A machine that runs tests may be busy; the limit of 1.5 s itself has its test beside the parser.
const parser = childParser({ timeoutMs: 20_000 });
afterAll(() => parser[Symbol.asyncDispose]());

async function compile(files: Readonly<Record<string, string>>) {
  const parsed: ParsedFile[] = [];
  for (const [path, text] of Object.entries(files)) parsed.push(await parser.parse(path, new TextEncoder().encode(text)));
  return manifestLanguage.compile(parsed);
}

function broken({ kind, line, becomes, below = 0 }: ManifestCase): { readonly files: Record<string, string>; readonly wantedLine: number } {
  const files = goodManifests();
  const file = fileOf(kind);
  const lines = files[file]?.split('\n') ?? [];
  const index = lines.indexOf(line);
  if (index === -1) throw new Error(`the example of ${kind} has no line ${JSON.stringify(line)}`);
  lines[index] = becomes;
  return { files: { ...files, [file]: lines.join('\n') }, wantedLine: index + 1 + below };
}

describe('hostile manifests', () => {
  test('the manifests that the cases change are good', async () => {
    const { problems, environments } = await compile(goodManifests());
    expect(problems).toEqual([]);
    expect(environments.map(({ name, services }) => [name, services.length])).toEqual([['prod', 1], ['staging', 1]]);
  });

  test.each(manifestCases)('$kind: $reason', async (row) => {
    const { files, wantedLine } = broken(row);
    const { problems, environments } = await compile(files);
    const errors = problems.filter(({ severity, location }) => severity === 'error' && location.file === fileOf(row.kind));
    expect(errors.map(({ code, location }) => `${code} on line ${location.line}`)).toContain(`${row.code} on line ${wantedLine}`);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set([row.code, ...(row.also ?? [])]));
    const words = errors.map(({ message, expected, hint }) => [message, expected, hint].join(' ')).join(' ');
    expect(words).toContain(row.says ?? '');
    // Never a partial deployment: what is wrong is nowhere, and it is not taken for removed.
    const stopped = environments.length < 2 || environments.some(({ invalid }) => invalid.length > 0);
    expect(stopped).toBe(true);
  });

  test.each([
    { reason: 'as the name of a field', edit: (token: string) => ['  type: microservice', `  type: microservice\n  ${token}: 1`] },
    { reason: 'as a name', edit: (token: string) => ['name: checkout,', `name: ${token},`] },
    { reason: 'as a field that is there twice', edit: (token: string) => ['  type: microservice', `  type: microservice\n  ${token}: 1\n  ${token}: 2`] },
    { reason: 'as an environment', edit: (token: string) => ['    staging: {}', `    ${token}: {}`] },
    { reason: 'as an annotation', edit: (token: string) => ['module: checkout }', `module: checkout, annotations: { trueup.dev/x: ${token} } }`] },
    { reason: 'as an environment of an annotation', edit: (token: string) => ['module: checkout }', `module: checkout, annotations: { trueup.dev/reapply.${token}: x } }`] },
    { reason: 'as a kind', edit: (token: string) => ['kind: RuntimeService', `kind: ${token}`] },
    { reason: 'in a document that cannot be parsed', edit: (token: string) => ['name: checkout,', `name: ${token}, x: {`] },
  ])('a token $reason is not repeated', async ({ edit }) => {
    const token = `ghs_${'aB3dE6gH9'.repeat(4)}`;
    const [from = '', to = ''] = edit(token);
    const { problems } = await compile(edited(fileOf('RuntimeService'), from, to));
    expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
    expect(JSON.stringify(problems)).not.toContain(token.slice(0, 12));
  });

  test('no message repeats the secret that it warns of', async () => {
    const rows = manifestCases.filter(({ code }) => code === 'inline-secret');
    for (const row of rows) {
      const { problems } = await compile(broken(row).files);
      const value = /: (?:"(.*)"|(\S+)) }$/.exec(row.becomes);
      const secret = row.secret ?? value?.[1] ?? value?.[2] ?? '';
      expect(secret.length).toBeGreaterThan(10);
      expect(JSON.stringify(problems)).not.toContain(secret.slice(0, 12));
    }
  });
});
