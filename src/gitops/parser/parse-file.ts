import { isMap, isScalar, LineCounter, parseAllDocuments, type Document, type ErrorCode, type YAMLError } from 'yaml';
import { fileProblem } from '../domain/file-problem.ts';
import type { ParsedDocument, ParsedFile } from '../domain/parsed-file.ts';
import { convert, placeOf } from './convert.ts';
import { decode } from './decode.ts';

type Ref = ParsedFile['problems'][number]['document'];

/** Reads one file, whatever is in it. May take long or end the process on hostile input: see `child-parser.ts`. */
export function parseFile(path: string, bytes: Uint8Array): ParsedFile {
  const decoded = decode(path, bytes);
  if ('problem' in decoded) return { path, documents: [], problems: [decoded.problem] };
  const lines = new LineCounter();
  const documents: ParsedDocument[] = [];
  const problems: ParsedFile['problems'] = [];
  for (const document of documentsOf(decoded.text, lines)) {
    const read = readDocument(path, document, lines);
    problems.push(...read.problems);
    if (read.document !== null) documents.push(read.document);
  }
  if (documents.length === 0 && problems.length === 0) {
    problems.push(fileProblem({
      file: path,
      severity: 'warning',
      code: 'empty-file',
      message: 'The file declares nothing',
      hint: 'Remove it, or write a manifest',
    }));
  }
  return { path, documents, problems };
}

function documentsOf(text: string, lineCounter: LineCounter): readonly Document.Parsed[] {
  // Keys are compared in `convert.ts`: the parser's own comparison takes a minute for a file of 800 kB.
  const parsed = parseAllDocuments(text, { lineCounter, schema: 'core', merge: false, uniqueKeys: false, version: '1.2', prettyErrors: false, logLevel: 'silent' });
  return Array.isArray(parsed) ? parsed : [];
}

interface ReadDocument {
  readonly document: ParsedDocument | null;
  readonly problems: ParsedFile['problems'];
}

function readDocument(file: string, document: Document.Parsed, lines: LineCounter): ReadDocument {
  const { contents } = document;
  const ref = refOf(document);
  const faults = [...document.errors, ...document.warnings.filter(({ code }) => code !== 'TAG_RESOLVE_FAILED')];
  if (faults.length > 0) return { document: null, problems: oncePerLine(faults.map((error) => syntaxProblem(file, error, lines, ref))).slice(0, 20) };
  if (contents === null || (isScalar(contents) && contents.value === null)) return { document: null, problems: [] };
  const { value, places, problems } = convert(document, lines);
  const located = problems.map(({ place, ...problem }) => fileProblem({ ...problem, file, document: ref, line: place.line, column: place.column }));
  return { document: { value, location: { file, ...placeOf(lines, contents.range) }, places }, problems: located };
}

function oncePerLine(problems: ParsedFile['problems']): ParsedFile['problems'] {
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.location.line}`, problem])).values()];
}

/** Our own words: the parser's may repeat the file's text. */
const syntaxWords: Partial<Record<ErrorCode, string>> = {
  BAD_INDENT: 'The indentation is wrong here',
  TAB_AS_INDENT: 'Tabs cannot indent',
  MISSING_CHAR: 'A character is missing here, such as a quote, a bracket, a comma or a colon',
  UNEXPECTED_TOKEN: 'This is unexpected here',
  BLOCK_AS_IMPLICIT_KEY: 'A mapping cannot start here: is there a second colon in the line?',
  MULTILINE_IMPLICIT_KEY: 'A key has to end on its line',
  BAD_SCALAR_START: 'A plain text cannot start with this character: put it in quotes',
  BAD_DQ_ESCAPE: 'This is not an escape sequence',
  BAD_ALIAS: 'This alias cannot be used here',
  MULTIPLE_ANCHORS: 'A value has one anchor at most',
  MULTIPLE_TAGS: 'A value has one tag at most',
  BAD_DIRECTIVE: 'This directive is not understood',
  RESOURCE_EXHAUSTION: 'The values are nested too deep',
};

function syntaxProblem(file: string, { code, pos: [start] }: YAMLError, lines: LineCounter, document: Ref): ParsedFile['problems'][number] {
  const { line, col } = lines.linePos(start);
  const message = syntaxWords[code] ?? 'This is not well-formed YAML';
  return fileProblem({
    file,
    code: code === 'RESOURCE_EXHAUSTION' ? 'too-deep' : 'yaml-syntax',
    message,
    expected: 'YAML 1.2',
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    document,
  });
}

/** What a document says it is, as far as it can be read. */
function refOf({ contents }: Document.Parsed): Ref {
  if (!isMap(contents)) return null;
  const kind = contents.get('kind');
  const metadata = contents.get('metadata', true);
  const name = isMap(metadata) ? metadata.get('name') : null;
  return typeof kind === 'string' && typeof name === 'string' && name !== '' ? { kind, name: name.slice(0, 100) } : null;
}
