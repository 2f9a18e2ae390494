import { describe, expect, test } from 'vitest';
import { NotAllowed } from './kernel/errors.ts';
import { shapesOnly } from './kernel/scrubbing/scrubber.ts';
import { openLog } from './log.ts';

function logged(error: unknown): string {
  const lines: string[] = [];
  openLog('info', 'worker', shapesOnly.to('log'), { write: (line) => void lines.push(line) }).warn({ err: error }, 'A delivery failed');
  return lines.join('');
}

const canary = 'ghs_canary0123456789';
const answer = Object.assign(new Error(`Azure says ${canary}`), { statusCode: 403, code: 'AuthorizationFailed', details: { echoed: canary }, request: { headers: { authorization: canary } } });

describe('an error in the log', () => {
  test.each([
    { error: answer, reason: 'an SDK\'s error' },
    { error: new NotAllowed('Azure does not allow it', { code: 'AuthorizationFailed' }, answer), reason: 'the cause of ours' },
    { error: new AggregateError([answer], 'failed'), reason: 'one of several' },
    { error: Object.assign(new Error('x'), { event: { payload: canary } }), reason: 'a field of it' },
    { error: { token: canary }, reason: 'something that is no error' },
    { error: canary, reason: 'a text' },
  ])('shows no secret: $reason', ({ error }) => {
    const line = logged(error);
    expect(line).not.toContain(canary);
    expect(Buffer.byteLength(line)).toBeLessThan(1024);
  });

  test('shows what helps: our sentence, the code, the request and where', () => {
    const line = JSON.parse(logged(new NotAllowed('Azure does not allow it', { code: 'AuthorizationFailed', requestId: 'r-1' }, answer))) as { readonly err: { readonly at: readonly string[] } }; // our own line
    expect(line.err).toMatchObject({ type: 'NotAllowed', message: 'Azure does not allow it', code: 'AuthorizationFailed', requestId: 'r-1' });
    expect(line.err.at[0]).toContain('log.test.ts');
  });

  test('shows the status of an answer that is not ours', () => {
    expect(JSON.parse(logged(answer))).toMatchObject({ err: { type: 'Error', code: 'AuthorizationFailed', status: 403 } });
  });
});
