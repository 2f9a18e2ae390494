import type { DocumentRef, Problem, SourceLocation } from '../../../kernel/problem.ts';
import type { ParsedDocument } from '../parsed-file.ts';
import { pathText, type Fault, type Path } from './fault.ts';
import { secretIn } from './inline-secret.ts';

type Place = Pick<SourceLocation, 'line' | 'column' | 'endLine'>;

/**
 * Gives a fault its place. A fault of a specification as it is in one environment lies in that environment's own entry when the entry
 * says the value or alone has the mapping that lacks it, and otherwise where all environments say it.
 */
export function locate(document: ParsedDocument, ref: DocumentRef | null, found: Fault, environment: string | null = null): Problem {
  const { path: declared, at, ...rest } = found;
  const path = environment === null ? declared : inEnvironment(document, declared, environment);
  return {
    ...rest,
    location: { file: document.location.file, ...nearestPlace(document, path, at) },
    path: pathText(path.map(shownPart)),
    document: ref,
  };
}

/** A secret may stand where a key is expected. */
function shownPart(part: string | number): string | number {
  return typeof part === 'string' && secretIn(part, '') !== null ? 'not shown' : part;
}

function inEnvironment(document: ParsedDocument, path: Path, environment: string): Path {
  if (path[0] !== 'spec' || path.length < 2) return path;
  const entry = ['spec', 'environments', environment];
  const inEntry = [...entry, ...path.slice(1)];
  const isSaid = placeOf(document, pathText(inEntry)) !== null;
  return isSaid || writtenPart(document, entry, path.slice(1)) > writtenPart(document, ['spec'], path.slice(1)) ? inEntry : path;
}

/** How far down a path there is something: what is missing in a mapping is missing where the mapping is. */
function writtenPart(document: ParsedDocument, base: Path, path: Path): number {
  const missing = path.findIndex((_, index) => placeOf(document, pathText([...base, ...path.slice(0, index + 1)])) === null);
  return missing === -1 ? path.length : missing;
}

/** What is not there has the place of what should hold it. */
function nearestPlace(document: ParsedDocument, path: Path, at: Fault['at']): Place {
  for (let length = path.length; length > 0; length -= 1) {
    const text = pathText(path.slice(0, length));
    const asked = length === path.length ? at : 'key';
    const place = (asked === 'key' ? placeOf(document, `${text}#key`) : null) ?? placeOf(document, text);
    if (place !== null) return place;
  }
  const { line, column } = document.location;
  return { line, column, endLine: line };
}

function placeOf(document: ParsedDocument, path: string): Place | null {
  return (Object.hasOwn(document.places, path) ? document.places[path] : null) ?? null;
}
