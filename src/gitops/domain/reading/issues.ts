import type { z } from 'zod';
import { didYouMean } from '../values/nearest.ts';
import { belongsElsewhere } from './elsewhere.ts';
import { fault, missingField, type Fault, type Path } from './fault.ts';
import { secretIn } from './inline-secret.ts';
import { knownKeys } from './known-keys.ts';
import { valueAt } from './value-at.ts';

type Issue = z.core.$ZodIssue;

/** Where and by what a value was read. */
interface Reading {
  readonly schema: z.ZodType;
  readonly value: unknown;
  /** Where it stands in the document. */
  readonly base: Path;
  /** Fields that the mapping has besides those of the schema. */
  readonly besides: readonly string[];
}

/** What zod found, as faults. */
export function faultsOf(error: z.ZodError, schema: z.ZodType, value: unknown, base: Path, besides: readonly string[] = []): readonly Fault[] {
  return error.issues.flatMap((issue) => ofIssue(issue, { schema, value, base, besides }));
}

function ofIssue(issue: Issue, reading: Reading): readonly Fault[] {
  const { value, base } = reading;
  // JSON has no symbols as keys.
  const inside = issue.path as Path;
  const path = [...base, ...inside];
  const found = valueAt(value, inside);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(key, reading, inside));
    case 'invalid_key':
      return issue.issues.flatMap((nested) => ofIssue(nested, { ...reading, value: issue.path.at(-1), base: [] })).map((nested) => ({ ...nested, path, at: 'key' as const }));
    case 'invalid_union':
      return unionFaults(issue, { ...reading, value: found, base: path });
    case 'custom':
      return [customFault(issue, path)];
    case 'invalid_value':
      return [invalidValue(issue.values.map(String), found, path)];
    case 'invalid_type':
      return [typeFault(typeWords[issue.expected] ?? issue.expected, found, path)];
    default:
      return [fault({ code: 'out-of-range', path, message: `${shownValue(found)} is out of range`, expected: boundsOf(issue) })];
  }
}

function unknownField(key: string, { schema, base, besides }: Reading, inside: Path): Fault {
  const shown = shownValue(key);
  const known = [...knownKeys(schema, inside), ...(inside.length === 0 ? besides : [])];
  return fault({
    code: 'unknown-field',
    path: [...base, ...inside, key],
    at: 'key',
    message: `There is no field ${shown} here`,
    expected: known.length === 0 ? null : `one of ${known.join(', ')}`,
    hint: didYouMean(key, known) ?? belongsElsewhere(key, schema, base),
  });
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'a mapping', record: 'a mapping',
};

function typeFault(expected: string, found: unknown, path: Path): Fault {
  if (found === undefined) return missingField(path, expected);
  return fault({ code: 'wrong-type', path, message: `${shownValue(found)} is ${kindOf(found)}`, expected, hint: quoteHint(expected, found) });
}

function quoteHint(expected: string, found: unknown): string | null {
  if (expected === 'a text' && (typeof found === 'number' || typeof found === 'boolean')) return `Put it in quotes: "${String(found)}"`;
  if (expected === 'true or false' && typeof found === 'string') return 'In YAML 1.2 only true and false are truth values, without quotes';
  if (expected.endsWith('number') && typeof found === 'string' && found.trim() !== '' && Number.isFinite(Number(found))) return 'Write it without quotes';
  return null;
}

function kindOf(found: unknown): string {
  if (found === null) return 'nothing';
  if (Array.isArray(found)) return 'a list';
  if (typeof found === 'object') return 'a mapping';
  return typeWords[typeof found] ?? typeof found;
}

function customFault(issue: Extract<Issue, { code: 'custom' }>, path: Path): Fault {
  const said = (key: string): string | null => {
    const value: unknown = issue.params?.[key];
    return typeof value === 'string' ? value : null;
  };
  return fault({ code: said('code') ?? 'invalid-value', path, message: issue.message, expected: said('expected'), hint: said('hint') });
}

function invalidValue(values: readonly string[], found: unknown, path: Path): Fault {
  const expected = `one of ${values.join(', ')}`;
  if (found === undefined) return missingField(path, expected);
  return fault({
    code: 'invalid-value',
    path,
    message: `${shownValue(found)} is not one of the values`,
    expected,
    hint: typeof found === 'string' ? didYouMean(found, values) : null,
  });
}

/** Of the ways to be right, the one that came furthest says what is wrong. */
function unionFaults(issue: Extract<Issue, { code: 'invalid_union' }>, reading: Reading): readonly Fault[] {
  const [first] = [...issue.errors].sort((a, b) => deepest(b) - deepest(a));
  return (first ?? []).flatMap((nested) => ofIssue(nested, reading));
}

function deepest(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map(({ path, code }) => path.length * 2 + (code === 'invalid_type' ? 0 : 1)));
}

function boundsOf(issue: Issue): string | null {
  const what = 'origin' in issue && issue.origin === 'array' ? ' entries' : 'origin' in issue && issue.origin === 'string' ? ' characters' : '';
  if (issue.code === 'too_big') return `at most ${String(issue.maximum)}${what}`;
  if (issue.code === 'too_small') return `${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}${what}`;
  return null;
}

/** A value as a message may repeat it: short, and never one that may be secret. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') {
    const plain = value.length <= 60 && /^[\u0020-\u007e]*$/.test(value) && secretIn(value, '') === null;
    return plain ? JSON.stringify(value) : `A text of ${value.length} characters`;
  }
  if (value === null || typeof value !== 'object') return String(value);
  return Array.isArray(value) ? 'A list' : 'A mapping';
}
