import { secretVariables } from '../config.ts';
import { knownSecrets } from '../kernel/scrubbing/known-secrets.ts';
import { scrubbing } from '../kernel/scrubbing/scrubber.ts';
import { passwordsIn } from '../scrubbing.ts';

/** They hand out the tokens of a cloud that is gone with them, and people need those. */
const showTokens: ReadonlySet<string> = new Set(['demo', 'local']);

/** From here on nothing that is printed holds a secret, neither one of the environment nor one by its look. */
export function scrubOutput(words: readonly string[], environment: Readonly<Record<string, string | undefined>>, streams: readonly NodeJS.WriteStream[]): void {
  if (showTokens.has(words.find((word) => !word.startsWith('-')) ?? '')) return;
  const known = knownSecrets();
  for (const name of secretVariables) {
    const value = environment[name] ?? '';
    for (const secret of name === 'REDIS_URL' ? passwordsIn(value) : [value.replaceAll('\\n', '\n')]) known.add(secret);
  }
  const scrubber = scrubbing(known).to('cli');
  for (const stream of streams) {
    const write = stream.write.bind(stream);
    // The three forms of write differ in what follows the chunk, which is passed on as it came.
    stream.write = ((chunk: string | Uint8Array, ...more: []) => write(scrubber.text(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()), ...more)) as typeof stream.write;
  }
}
