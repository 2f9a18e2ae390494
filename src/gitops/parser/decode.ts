import { fileProblem, fileTooLarge } from '../domain/file-problem.ts';
import { maxFileBytes } from '../domain/limits.ts';
import type { ParsedFile } from '../domain/parsed-file.ts';

export type Decoded = { readonly text: string } | { readonly problem: ParsedFile['problems'][number] };

/** UTF-8 without surprises, or why not. A byte order mark is left out. */
export function decode(file: string, bytes: Uint8Array): Decoded {
  const refuse = (code: string, message: string, expected: string, hint: string, at: { line: number; column: number } = { line: 1, column: 1 }): Decoded => ({
    problem: fileProblem({ file, code, message, expected, hint, ...at }),
  });
  if (bytes.length > maxFileBytes) return { problem: fileTooLarge(file, bytes.length, maxFileBytes) };
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return refuse('not-utf8', 'The file is UTF-16', 'UTF-8', 'Save it as UTF-8');
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('not-utf8', 'The file is not UTF-8', 'UTF-8', 'Save it as UTF-8', { line: firstBadLine(bytes), column: 1 });
  }
  const control = badCharacter(text);
  if (control === null) return { text };
  return refuse(control.code, control.message, 'text', 'Remove the character', control);
}

function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let line = 1, start = 0; start < bytes.length; line += 1) {
    const newline = bytes.indexOf(10, start);
    const end = newline === -1 ? bytes.length : newline;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end + 1;
  }
  return 1;
}

interface BadCharacter {
  readonly code: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** Control characters, and those that make text read otherwise than it is stored (CVE-2021-42574). */
function badCharacter(text: string): BadCharacter | null {
  const found = /(?![\t\n\r\u0085])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.exec(text);
  if (found === null) return null;
  const before = text.slice(0, found.index);
  const line = before.split('\n').length;
  const place = { line, column: found.index - before.lastIndexOf('\n') };
  const code = found[0].codePointAt(0) ?? 0;
  if (code > 0xff) return { code: 'hidden-character', message: 'A character here changes the direction of the text', ...place };
  return { code: 'control-character', message: code === 0 ? 'There is a NUL character here' : `There is a control character here (${code})`, ...place };
}
