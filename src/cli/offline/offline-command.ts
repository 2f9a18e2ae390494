import { basename, join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { declaredProblems } from '../../contexts/tenant-isolation/context.ts';
import { manifestLanguage } from '../../gitops/desired/language.ts';
import { childParser } from '../../gitops/parser/child-parser.ts';
import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import type { Problem } from '../../kernel/problem.ts';
import { exitCodes } from '../exit-codes.ts';
import { readFolder } from './read-folder.ts';

export interface FolderState {
  readonly environments: readonly DesiredEnvironment[];
  /** Files are named as they are reached from the working directory. */
  readonly problems: readonly Problem[];
  readonly documents: number;
}

/** What a folder declares. Ends the command when there is no such folder. */
export async function compileFolder(command: Command, path: string): Promise<FolderState> {
  await using parser = childParser();
  const read = await readFolder(path, parser).catch((error: unknown) => command.error(`error: ${path} cannot be read (${codeOf(error)})`, { exitCode: exitCodes.usage }));
  const { environments, problems, documents } = manifestLanguage.compile(read.files);
  const placement = environments.filter((environment) => !isWrong(environment)).flatMap(declaredProblems);
  return { environments, documents, problems: withoutDoubles([...read.problems, ...problems, ...placement]).map((problem) => reached(problem, path)) };
}

/** Its own document is; the rules of placement would only repeat it. */
function isWrong({ name, invalid }: DesiredEnvironment): boolean {
  return invalid.some((ref) => ref.kind === 'RuntimeEnvironment' && ref.name === name);
}

/** A binding that is too small in two environments says so for each; what says the same is said once. */
function withoutDoubles(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify([problem.code, problem.location, problem.message]), problem])).values()];
}

function reached(problem: Problem, path: string): Problem {
  // Of one file, the problems name the file itself.
  const file = basename(path) === problem.location.file ? path : join(path, problem.location.file);
  return { ...problem, location: { ...problem.location, file } };
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
}

/** A parser of an option that takes one of a few words. */
export function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((one) => one === text);
    if (word === undefined) throw new InvalidArgumentError(`It is one of ${words.join(', ')}.`);
    return word;
  };
}
