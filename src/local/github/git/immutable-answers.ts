/** Commands that only read, and what they say about objects by name stays so: an object never changes. */
const readers = new Set(['diff', 'ls-tree', 'merge-base', 'rev-list']);
/** Of what is asked again soon: most questions come with each look at the same pull request. */
const mostKept = 2000;
const mostCharacters = 65_536;

/** Of commands whose arguments are options and full object names; a ref moves, so whatever names one is asked every time. */
export function staysSo([command = '', ...args]: readonly string[]): boolean {
  const paths = args.indexOf('--');
  return readers.has(command) && args.slice(0, paths === -1 ? args.length : paths).every((arg) => arg.startsWith('-') || /^\^?[0-9a-f]{40}$/.test(arg));
}

interface Answer {
  readonly code: number | null;
  readonly stdout: Uint8Array;
}

/** The newest answers, by the whole command line. One that failed is not kept: the object may come. */
export function immutableAnswers<T extends Answer>(): (command: readonly string[], ask: () => Promise<T>) => Promise<T> {
  const kept = new Map<string, T>();
  return async (command, ask) => {
    const key = command.join('\0');
    const known = kept.get(key);
    if (known !== undefined) return known;
    const answer = await ask();
    if (answer.code !== 0 || answer.stdout.length > mostCharacters) return answer;
    kept.set(key, answer);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return answer;
  };
}
