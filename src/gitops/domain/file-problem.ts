import type { ParsedFile } from './parsed-file.ts';

type FileProblem = ParsedFile['problems'][number];

interface FileProblemParts extends Partial<Omit<FileProblem, 'location'>> {
  readonly file: string;
  readonly code: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** A problem of a file that is found before its documents are read; of the file as a whole unless a line is given. */
export function fileProblem({ file, code, message, line = 1, column = 1, ...rest }: FileProblemParts): FileProblem {
  return {
    severity: rest.severity ?? 'error',
    code,
    message,
    expected: rest.expected ?? null,
    hint: rest.hint ?? null,
    location: { file, line, column, endLine: line },
    path: rest.path ?? '',
    document: rest.document ?? null,
  };
}

export function fileTooLarge(file: string, bytes: number, most: number): FileProblem {
  return fileProblem({ file, code: 'file-too-large', message: `The file has ${bytes} bytes`, expected: `at most ${most} bytes`, hint: 'Split it into several files' });
}
