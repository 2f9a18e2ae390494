import { DelayedError, UnrecoverableError, WaitingError } from 'bullmq';
import { describe, expect, test } from 'vitest';
import { NotAllowed } from '../kernel/errors.ts';
import { shapesOnly } from '../kernel/scrubbing/scrubber.ts';
import { storedError } from './stored-error.ts';

const secret = 'ghs_aB3dE6gH9aB3dE6gH9aB3dE6gH9';
const stored = (error: unknown): Error => storedError(error, shapesOnly.to('redis'));

describe('what BullMQ keeps of an error', () => {
  test.each([
    { reason: 'an SDK\'s text is not kept', error: Object.assign(new Error(`Azure says ${secret}`), { statusCode: 400, code: 'BadRequest' }), message: 'Error (BadRequest): its own text is not kept' },
    { reason: 'ours is', error: new NotAllowed('Azure does not allow it', { code: 'X' }), message: 'Azure does not allow it' },
    { reason: 'ours, without a secret', error: new TypeError(`cannot read ${secret}`), message: 'cannot read [secret]' },
    { reason: 'something that is no error', error: secret, message: 'string: its own text is not kept' },
  ])('$reason', ({ error, message }) => {
    expect(stored(error).message).toBe(message);
    expect(`${String(stored(error))}${stored(error).stack}`).not.toContain(secret);
    expect(stored(error).cause).toBeUndefined();
  });

  test('the end of all attempts stays one', () => {
    expect(stored(new UnrecoverableError(`stalled: ${secret}`))).toBeInstanceOf(UnrecoverableError);
    expect(stored(new UnrecoverableError(`stalled: ${secret}`)).message).toBe('stalled: [secret]');
  });

  test.each([new DelayedError(), new WaitingError()])('what steers BullMQ passes: $name', (error) => {
    expect(stored(error)).toBe(error);
  });
});
