import { readFile } from 'node:fs/promises';
import { codeOf } from './offline-command.ts';

/** What was saved is not what it should be; the message says where in the file. */
export class UnreadableAnswer extends Error {}

/** JSON as a shell saved it. @throws {UnreadableAnswer} */
export async function savedJson(file: string): Promise<unknown> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UnreadableAnswer(`${file} cannot be read (${codeOf(error)})`);
  });
  return jsonOf(textOf(bytes), file);
}

/** PowerShell writes UTF-16 where other shells write UTF-8. */
function textOf(bytes: Buffer): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes);
}

function jsonOf(text: string, file: string): unknown {
  try {
    // The text may hold anything; what it is, is looked at next.
    return JSON.parse(text) as unknown;
  } catch (error) {
    const said = error instanceof Error ? /line (\d+) column (\d+)/.exec(error.message) : null;
    const place = said === null ? '' : `:${said[1]}:${said[2]}`;
    throw new UnreadableAnswer(`${file}${place} is no JSON${text.trim() === '' ? ': it is empty' : ''}`, { cause: error });
  }
}
