import { describe, expect, test } from 'vitest';
import { immutableAnswers, staysSo } from './immutable-answers.ts';

const [one, other] = ['1'.repeat(40), '2'.repeat(40)];

test.each([
  { reason: 'a count between two commits', command: ['rev-list', '--count', one, `^${other}`], stays: true },
  { reason: 'a listing with a path, which may look like anything', command: ['rev-list', '--max-count=3', one, '--', 'main'], stays: true },
  { reason: 'a branch, which moves', command: ['rev-list', '--count', 'main', `^${other}`], stays: false },
  { reason: 'an expression on a commit', command: ['ls-tree', `${one}:trueup`], stays: false },
  { reason: 'a short name, which may become ambiguous', command: ['diff', one.slice(0, 7), other], stays: false },
  { reason: 'a command that writes', command: ['update-ref', one, other], stays: false },
])('whether an answer of git stays so: $reason', ({ command, stays }) => {
  expect(staysSo(command)).toBe(stays);
});

describe('answers that stay so', () => {
  const end = (code: number, stdout = 'text') => ({ code, stdout: Buffer.from(stdout) });

  test('are asked for once, each command for itself', async () => {
    const remembered = immutableAnswers();
    const asked: string[] = [];
    const ask = (name: string) => remembered(['diff', name], async () => (asked.push(name), end(0, name)));
    for (const name of [one, other, one, other]) expect((await ask(name)).stdout.toString()).toBe(name);
    expect(asked).toEqual([one, other]);
  });

  test('do not hold a failure: the object may come', async () => {
    const remembered = immutableAnswers();
    expect((await remembered(['diff', one], async () => end(128))).code).toBe(128);
    expect((await remembered(['diff', one], async () => end(0))).code).toBe(0);
  });

  test('leave the oldest when there are too many', async () => {
    const remembered = immutableAnswers();
    for (let number = 0; number <= 2000; number += 1) await remembered(['diff', String(number)], async () => end(0));
    expect((await remembered(['diff', '1'], async () => end(0, 'again'))).stdout.toString()).toBe('text');
    expect((await remembered(['diff', '0'], async () => end(0, 'again'))).stdout.toString()).toBe('again');
  });
});
