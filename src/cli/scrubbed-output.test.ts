import { expect, test } from 'vitest';
import { scrubOutput } from './scrubbed-output.ts';

const secret = 'q7Rb2Zk9Xw4Lm1Vt8Yc3Nd6';
const token = 'ghs_aB3dE6gH9aB3dE6gH9aB3dE6gH9';

function printed(words: readonly string[], chunk: string | Uint8Array): string {
  const out: string[] = [];
  const stream = { write: (text: string) => out.push(text) > 0 };
  // Nothing but `write` is looked at.
  scrubOutput(words, { REDIS_URL: `redis://:${secret}@127.0.0.1:6379`, WEBHOOK_SECRET: '' }, [stream as unknown as NodeJS.WriteStream]);
  stream.write(chunk as string); // as a stream takes it
  return out.join('');
}

test.each([
  { reason: 'a secret of the environment', words: ['jobs'], chunk: `password ${secret}\n`, shown: 'password [secret]\n' },
  { reason: 'one by its look', words: ['--json', 'diff'], chunk: `live ${token}\n`, shown: 'live [secret]\n' },
  { reason: 'bytes', words: ['jobs'], chunk: Buffer.from(token), shown: '[secret]' },
  { reason: 'an address is none', words: ['jobs'], chunk: 'redis://127.0.0.1:6379', shown: 'redis://127.0.0.1:6379' },
  { reason: 'the local cloud hands out its tokens', words: ['local', 'github'], chunk: token, shown: token },
])('what a command prints: $reason', ({ words, chunk, shown }) => {
  expect(printed(words, chunk)).toBe(shown);
});
