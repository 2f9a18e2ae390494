import { expect, test } from 'vitest';
import { rateLimits, speedOf } from './limits.ts';

const reads = 'x-ms-ratelimit-remaining-subscription-reads';

test.each([
  { reason: 'counts down with each read', speed: 1, reads: 3, passes: 0, left: 246 },
  { reason: 'ends at nothing', speed: 1, reads: 400, passes: 0, left: 0 },
  { reason: 'refills by 25 a second', speed: 1, reads: 250, passes: 1_000, left: 24 },
  { reason: 'is never more than full', speed: 1, reads: 10, passes: 60_000, left: 249 },
  { reason: 'refills faster where operations are', speed: 4, reads: 250, passes: 1_000, left: 99 },
])('a bucket $reason', ({ speed, reads: sent, passes, left }) => {
  let now = 0;
  const count = rateLimits(() => now, speed);
  for (let read = 0; read < sent; read += 1) count('GET', 'bot');
  count('PUT', 'bot');
  for (let read = 0; read < 50; read += 1) count('GET', 'somebody-else');
  now += passes;
  expect(Number(count('GET', 'bot')[reads])).toBe(left);
});

test.each([
  { operationMs: 25_000, speed: 1 },
  { operationMs: 100, speed: 250 },
  { operationMs: 60_000, speed: 1 },
])('an operation of $operationMs ms is $speed times as fast as Azure', ({ operationMs, speed }) => {
  expect(speedOf({ operationMs })).toBe(speed);
});
