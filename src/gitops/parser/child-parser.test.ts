import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../kernel/errors.ts';
import type { ManifestParser } from '../ports.ts';
import { childParser } from './child-parser.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const small = bytes('a: 1\n');
const large = bytes(Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n'));

/** Process ids of this process's parsers, as Linux shows them. */
async function parsers(): Promise<readonly number[]> {
  const children = (await readFile(`/proc/self/task/${process.pid}/children`, 'utf8')).split(' ').filter(Boolean).map(Number);
  const commands = await Promise.all(children.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return children.filter((_, index) => commands[index]?.includes('parse-child'));
}

/** Those that this parser has started. */
async function parsersFor(parser: ManifestParser): Promise<readonly number[]> {
  const before = await parsers();
  await parser.parse('warm.yaml', small);
  return (await parsers()).filter((pid) => !before.includes(pid));
}

const codes = (file: { readonly problems: readonly { readonly code: string }[] }): readonly string[] => file.problems.map(({ code }) => code);

describe('the child parser', () => {
  test('places every value and key', async () => {
    await using parser = childParser({ children: 1 });
    const { documents } = await parser.parse('a.yaml', bytes('# first\nspec:\n  steps:\n    - { weight: 10 }\n  "odd.key": x\n'));
    expect(documents).toMatchObject([
      {
        value: { spec: { steps: [{ weight: 10 }], 'odd.key': 'x' } },
        location: { file: 'a.yaml', line: 2, column: 1, endLine: 5 },
        places: {
          'spec#key': { line: 2, column: 1, endLine: 2 },
          'spec.steps[0].weight': { line: 4, column: 17, endLine: 4 },
          'spec["odd.key"]#key': { line: 5, column: 3, endLine: 5 },
        },
      },
    ]);
  });

  test('what is too slow costs itself only', async () => {
    await using slow = childParser({ timeoutMs: 15 });
    const [first, second] = await Promise.all([slow.parse('large.yaml', large), slow.parse('large-too.yaml', large)]);
    expect([codes(first), codes(second)]).toEqual([['parse-timeout'], ['parse-timeout']]);
    expect(first.problems[0]).toMatchObject({ location: { file: 'large.yaml', line: 1 }, document: null });
    await using patient = childParser({ timeoutMs: 20_000 });
    const files = await Promise.all([patient.parse('large.yaml', large), ...Array.from({ length: 10 }, (_, index) => patient.parse(`${index}.yaml`, small))]);
    expect(files.map(codes)).toEqual(files.map(() => []));
  });

  describe.skipIf(process.platform !== 'linux')('on a machine that has no time', () => {
    test('a file is not slow because its child got none', async () => {
      await using parser = childParser({ children: 1, timeoutMs: 100 });
      const [child = 0] = await parsersFor(parser);
      process.kill(child, 'SIGSTOP');
      const read = parser.parse('a.yaml', small);
      await sleep(500);
      process.kill(child, 'SIGCONT');
      expect(codes(await read)).toEqual([]);
      expect(await parsers()).toContain(child);
    });

    test('a file is not slow because its reader got none', async () => {
      await using parser = childParser({ children: 1, timeoutMs: 100 });
      await parsersFor(parser);
      const read = parser.parse('a.yaml', small);
      for (const until = performance.now() + 500; performance.now() < until; );
      expect(codes(await read)).toEqual([]);
    });

    test('a child that gets none for long is replaced, and its file is to be read again', async () => {
      await using parser = childParser({ children: 1, timeoutMs: 100, patienceMs: 400 });
      const [child = 0] = await parsersFor(parser);
      process.kill(child, 'SIGSTOP');
      await expect(parser.parse('a.yaml', small)).rejects.toBeInstanceOf(Unavailable);
      expect(codes(await parser.parse('a.yaml', small))).toEqual([]);
      expect(await parsers()).not.toContain(child);
    });

    test('a child that somebody ends costs its file nothing', async () => {
      await using parser = childParser({ children: 1 });
      const [child = 0] = await parsersFor(parser);
      process.kill(child, 'SIGSTOP');
      const read = parser.parse('a.yaml', small);
      process.kill(child, 'SIGKILL');
      expect(codes(await read)).toEqual([]);
    });
  });

  test('what takes too much memory is a problem, and the next file is read', async () => {
    await using tight = childParser({ children: 1, memoryMiB: 12, timeoutMs: 20_000 });
    expect(codes(await tight.parse('large.yaml', large))).toEqual(['parse-crashed']);
    expect(codes(await tight.parse('small.yaml', small))).toEqual([]);
  });

  test('more files than children wait for their turn', async () => {
    await using parser = childParser({ children: 2 });
    const files = await Promise.all(Array.from({ length: 40 }, (_, index) => parser.parse(`f${index}.yaml`, bytes(`n: ${index}\n`))));
    expect(files.map(({ path, documents }) => [path, documents[0]?.value])).toEqual(files.map((_, index) => [`f${index}.yaml`, { n: index }]));
  });

  test('a closed parser reads nothing', async () => {
    const parser = childParser();
    await parser.parse('a.yaml', small);
    await parser[Symbol.asyncDispose]();
    await expect(parser.parse('a.yaml', small)).rejects.toThrow('closed');
  });

  test('a program ends although its parser was never closed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trueup-parser-'));
    const program = join(folder, 'program.ts');
    await writeFile(program, `import { childParser } from ${JSON.stringify(new URL('child-parser.ts', import.meta.url).href)};\nconst file = await childParser().parse('a.yaml', new TextEncoder().encode('a: 1'));\nprocess.send?.(file.documents.length);\nprocess.disconnect?.();\n`);
    const child = fork(program, { execArgv: [] });
    const [message] = await once(child, 'message');
    const [code] = await once(child, 'exit');
    await rm(folder, { recursive: true });
    expect({ message, code }).toEqual({ message: 1, code: 0 });
  });
});
