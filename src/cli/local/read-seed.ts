import { readFile } from 'node:fs/promises';
import type { ParsedDocument } from '../../gitops/domain/parsed-file.ts';
import { fault, type Fault } from '../../gitops/domain/reading/fault.ts';
import { faultsOf } from '../../gitops/domain/reading/issues.ts';
import { locate } from '../../gitops/domain/reading/locate.ts';
import { parseFile } from '../../gitops/parser/parse-file.ts';
import { isError, type Problem } from '../../kernel/problem.ts';
import { codeOf } from '../offline/offline-command.ts';
import { humanProblem } from '../offline/problem-text.ts';
import { UsageFault } from '../usage-fault.ts';
import { foldersAmong } from './seed-files.ts';
import { repeatedNames, seedSchema, type Seed } from './seed.ts';

export interface ReadSeed extends Seed {
  /** For what shows only while the seed is made: the same words, at its place. */
  readonly refuse: (found: Fault) => UsageFault;
}

/** Without a seed, and of an empty one. */
export const noSeed: ReadSeed = { refuse: ({ message }) => new UsageFault(message) };

/** @throws {UsageFault} that names every problem with file, line, what was expected and what to do. */
export async function readSeed(file: string): Promise<ReadSeed> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UsageFault(`the seed ${file} cannot be read (${codeOf(error)})`);
  });
  // JSON is YAML.
  const { documents, problems } = parseFile(file, bytes);
  const [document, second] = documents;
  const wrong = problems.filter(isError);
  if (wrong.length > 0) throw refused(wrong);
  if (document === undefined) return noSeed;
  if (second !== undefined) throw refused([locate(second, null, fault({ code: 'two-documents', path: [], message: 'A seed is one document', expected: 'no line of ---', hint: 'Put everything into the first' }))]);
  const parsed = seedSchema.safeParse(document.value);
  const faults = parsed.success ? repeated(parsed.data) : faultsOf(parsed.error, seedSchema, document.value, []);
  if (faults.length > 0 || !parsed.success) throw refused(faults.map((found) => located(document, found)));
  return { ...parsed.data, refuse: (found) => refused([located(document, found)]) };
}

/** A value that was written at the place of a secret is not repeated, whatever it looks like. */
function located(document: ParsedDocument, found: Fault): Problem {
  const isSecret = found.at === 'value' && ['value', 'secret'].includes(String(found.path.at(-1)));
  return locate(document, null, isSecret && found.code !== 'missing-field' ? { ...found, message: 'What stands here cannot be a secret', hint: found.code === 'wrong-type' ? 'Put it in quotes' : null } : found);
}

/** What to do, where the rule that is broken has no words of its own for it. */
const advice: Readonly<Record<string, string>> = {
  'missing-field': 'Add it',
  'unknown-field': 'Take it out, or rename it',
  'yaml-syntax': 'Correct it; an editor that knows YAML shows the place',
};

function refused(problems: readonly Problem[]): UsageFault {
  const advised = problems.map((problem) => ({ ...problem, hint: problem.hint ?? advice[problem.code] ?? 'Write what is expected' }));
  return new UsageFault(`the seed has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}\n${advised.map((problem) => humanProblem(problem)).join('\n')}`);
}

function repeated({ azure, github }: Seed): readonly Fault[] {
  const lists = [
    { path: ['azure', 'resourceGroups'], names: azure?.resourceGroups.map(({ name }) => name) },
    { path: ['azure', 'vaults'], names: azure?.vaults.map(({ name }) => name) },
    ...(azure?.vaults ?? []).map(({ secrets }, index) => ({ path: ['azure', 'vaults', index, 'secrets'], names: secrets.map(({ name }) => name) })),
    { path: ['azure', 'identities'], names: azure?.identities.map(({ name, resourceGroup }) => `${resourceGroup}/${name}`) },
    { path: ['azure', 'workspaces'], names: azure?.workspaces.map(({ id }) => id) },
    { path: ['github', 'repositories'], names: github?.repositories.map(({ name }) => name) },
    { path: ['github', 'users'], names: github?.users.map(({ login }) => login) },
  ];
  const twice = lists.flatMap(({ path, names = [] }) => repeatedNames(names).map((index) => fault({ code: 'duplicate-name', path: [...path, index], message: 'This is there already', expected: 'a name of its own', hint: 'Rename it, or leave it out' })));
  return [...twice, ...(github?.repositories ?? []).flatMap(({ files }, index) => foldersTaken(files, ['github', 'repositories', index, 'files']))];
}

/** Git would keep the last of the two. */
function foldersTaken(files: Readonly<Record<string, string>>, path: Fault['path']): readonly Fault[] {
  return foldersAmong(Object.keys(files)).map((name) => fault({ code: 'duplicate-name', path: [...path, name], at: 'key', message: 'This is a folder too', expected: 'either a file or a folder', hint: 'Rename one of the two' }));
}
