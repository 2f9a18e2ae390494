import { nearest } from '../domain/values/nearest.ts';
import type { CommandName } from '../report/commands.ts';
import { code } from '../report/inert.ts';

/** An environment that the default branch declares, as it was synced last. */
export interface KnownEnvironment {
  readonly name: string;
  /** Slug of the tenant that owns it. */
  readonly tenant: string;
  readonly commit: string;
  readonly services: readonly string[];
}

export interface Target {
  readonly environments: readonly KnownEnvironment[];
  /** Empty means all of the last deployment. */
  readonly services: readonly string[];
}

interface Refused {
  readonly problem: string;
}

export interface Known {
  readonly environments: readonly KnownEnvironment[];
  /** Where the merge of this pull request went; null where it is not merged. */
  readonly merged: readonly KnownEnvironment[] | null;
  /** Whose drift this pull request answers; null where it answers none. */
  readonly answers: { readonly environment: string; readonly service: string } | null;
}

/** What a command's words mean, or in Markdown why they mean nothing. */
export function targetOf(name: CommandName, words: readonly string[], known: Known): Target | Refused {
  if (known.environments.length === 0) return { problem: 'The default branch declares no environment.' };
  if (name === 'rollback') return rollbackTarget(words, known);
  if (name === 'adopt' || name === 'reapply' || name === 'ack') return driftTarget(name, words, known);
  const [word, tooMany] = words;
  if (tooMany !== undefined) return { problem: `${code(`/trueup ${name}`)} takes one environment and nothing else.` };
  if (word !== undefined) return oneEnvironment(word, known);
  if (name === 'abort' && known.merged !== null && known.merged.length > 0) return { environments: known.merged, services: [] };
  return which(name, known);
}

function which(name: string, { environments }: Known): Refused {
  return { problem: `Which environment? Say ${code(`/trueup ${name} ENV`)}. ${thereAre(environments.map((one) => one.name))}` };
}

function oneEnvironment(word: string, known: Known, services: readonly string[] = []): Target | Refused {
  const found = byName(known, word);
  return found === undefined ? { problem: unknownWord(word, 'environment here', known.environments.map(({ name }) => name)) } : { environments: [found], services };
}

function byName({ environments }: Known, word: string): KnownEnvironment | undefined {
  return environments.find(({ name }) => name === word.toLowerCase());
}

/** `[SERVICE] [ENV]` in any order: a name that an environment has tells which is which. */
function rollbackTarget(words: readonly string[], known: Known): Target | Refused {
  const [first, second, tooMany] = words;
  if (tooMany !== undefined) return { problem: `${code('/trueup rollback')} takes one service and one environment and nothing else.` };
  if (first === undefined && known.answers !== null) return answeredTarget(known.answers, known);
  if (first === undefined) return known.merged !== null && known.merged.length > 0 ? { environments: known.merged, services: [] } : which('rollback', known);
  if (second === undefined) return byName(known, first) === undefined ? ofMerged(first, known) : oneEnvironment(first, known);
  return bothNamed(first, second, known);
}

function bothNamed(first: string, second: string, known: Known): Target | Refused {
  const [service, word] = byName(known, second) === undefined && byName(known, first) !== undefined ? [second, first] : [first, second];
  const environment = byName(known, word);
  if (environment === undefined) return oneEnvironment(word, known);
  return inEnvironment(service, environment);
}

/** Both words, or none on the pull request that answers it. */
function driftTarget(name: 'adopt' | 'reapply' | 'ack', words: readonly string[], known: Known): Target | Refused {
  const [first, second, tooMany] = words;
  if (first === undefined && known.answers !== null) return answeredTarget(known.answers, known);
  if (first !== undefined && second !== undefined && tooMany === undefined) return bothNamed(first, second, known);
  const forTime = name === 'ack' ? `, with a time such as ${code('7d')} behind it when it is for a time only` : '';
  return { problem: `Which service, and where? Say ${code(`/trueup ${name} SERVICE ENV`)}${forTime}. Without words it is said on the pull request that answers the drift.` };
}

function answeredTarget({ environment, service }: NonNullable<Known['answers']>, known: Known): Target | Refused {
  const declared = byName(known, environment);
  return declared === undefined ? oneEnvironment(environment, known) : inEnvironment(service, declared);
}

function inEnvironment(word: string, environment: KnownEnvironment): Target | Refused {
  const service = environment.services.find((name) => name === word.toLowerCase());
  if (service !== undefined) return { environments: [environment], services: [service] };
  return { problem: unknownWord(word, `service of ${code(environment.name)}`, environment.services) };
}

/** A service without an environment: where the merge of this pull request brought it. */
function ofMerged(word: string, known: Known): Target | Refused {
  const service = word.toLowerCase();
  const declares = known.environments.filter(({ services }) => services.includes(service));
  if (declares.length === 0) {
    const names = [...known.environments.map(({ name }) => name), ...known.environments.flatMap(({ services }) => services)];
    return { problem: unknownWord(word, 'service or environment here', [...new Set(names)]) };
  }
  const here = (known.merged ?? []).filter(({ services }) => services.includes(service));
  if (here.length > 0) return { environments: here, services: [service] };
  return { problem: `In which environment? Say ${code(`/trueup rollback ${service} ENV`)}. It is in ${listed(declares.map(({ name }) => name))}.` };
}

function unknownWord(word: string, what: string, names: readonly string[]): string {
  const near = nearest(word, names);
  return [`${code(word)} is no ${what}.`, ...(near === null ? [] : [`Did you mean ${code(near)}?`]), thereAre(names)].join(' ');
}

function thereAre(names: readonly string[]): string {
  return names.length === 0 ? 'There is none.' : `There ${names.length === 1 ? 'is' : 'are'}: ${listed(names)}.`;
}

const shown = 20;

export function listed(names: readonly string[]): string {
  const left = names.length - shown;
  return [...names.slice(0, shown).map(code), ...(left > 0 ? [`${left} more`] : [])].join(', ');
}
