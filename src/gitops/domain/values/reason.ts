import { written } from './written.ts';

/** Why something is as it is, for whoever comes across it: one line. */
export function reasonFor(description: string) {
  return written({ description }, (text, refuse) =>
    /^[^\p{Cc}]{1,200}$/u.test(text) ? text : refuse({ code: 'invalid-value', message: 'This is not a reason on one line', expected: '1 to 200 characters, without a line break' }),
  );
}
