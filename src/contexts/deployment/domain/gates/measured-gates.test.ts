import { describe, expect, it } from 'vitest';
import type { GateAnswer } from '../../../../kernel/messages/deployment.ts';
import { httpVerdict } from './http-verdict.ts';
import { latency } from './latency.ts';
import { logNumber } from './log-number.ts';
import { logQuestion } from './log-question.ts';
import { successRate } from './success-rate.ts';

const none = { sent: 0, errors: 0, health: 0 };

describe('the success rate', () => {
  const rows: readonly { reason: string; counted: { total: number; serverErrors: number } | null; own?: typeof none; answer: GateAnswer; detail: string }[] = [
    { reason: 'few enough errors', counted: { total: 512, serverErrors: 5 }, answer: 'pass', detail: '507 of 512 requests without a server error: 99 %' },
    { reason: 'too many errors', counted: { total: 512, serverErrors: 14 }, answer: 'fail', detail: '498 of 512 requests without a server error: 97.3 %' },
    { reason: 'just as good as it must be', counted: { total: 1000, serverErrors: 10 }, answer: 'pass', detail: '990 of 1000 requests without a server error: 99 %' },
    { reason: 'just below, and shown so', counted: { total: 100_000, serverErrors: 1001 }, answer: 'fail', detail: '98999 of 100000 requests without a server error: 98.999 %' },
    { reason: 'nothing known is not zero requests', counted: null, answer: 'no-data', detail: 'Azure has counted no request in this step yet' },
    { reason: 'fewer than count', counted: { total: 9, serverErrors: 0 }, answer: 'no-data', detail: '9 requests of users, at least 10 are needed' },
    { reason: 'fewer than count, and all of them fail', counted: { total: 9, serverErrors: 9 }, answer: 'no-data', detail: '9 requests of users, at least 10 are needed' },
    { reason: "the gate's own requests are not those of users", counted: { total: 40, serverErrors: 0 }, own: { ...none, sent: 31 }, answer: 'no-data', detail: '9 requests of users, at least 10 are needed' },
    { reason: 'more own requests than Azure has counted by now', counted: { total: 4, serverErrors: 0 }, own: { ...none, sent: 9 }, answer: 'no-data', detail: '0 requests of users, at least 10 are needed' },
    { reason: 'own requests that failed are not those of users', counted: { total: 110, serverErrors: 10 }, own: { ...none, sent: 10, errors: 10 }, answer: 'pass', detail: '100 of 100 requests without a server error: 100 %' },
    { reason: 'what health checks may have sent is taken off the minimum', counted: { total: 20, serverErrors: 0 }, own: { ...none, health: 11 }, answer: 'no-data', detail: '9 requests of users, at least 10 are needed' },
    { reason: 'but not off what is judged', counted: { total: 21, serverErrors: 21 }, own: { ...none, health: 11 }, answer: 'fail', detail: '0 of 21 requests without a server error: 0 %' },
    { reason: 'every request fails', counted: { total: 20, serverErrors: 20 }, answer: 'fail', detail: '0 of 20 requests without a server error: 0 %' },
  ];

  it.each(rows)('$answer: $reason', ({ counted, own = none, answer, detail }) => {
    expect(successRate({ successRate: 99, minSamples: 10 }, { value: counted }, own)).toMatchObject({ gate: 'success rate', answer, detail, threshold: '>= 99 %' });
  });

  it('counts as what it shows, with a limit of one decimal', () => {
    expect(successRate({ successRate: 99.9, minSamples: 10 }, { value: { total: 1000, serverErrors: 1 } }, none)).toMatchObject({ answer: 'pass' });
  });
});

describe('the latency', () => {
  it.each([
    { reason: 'four answers are too few', ms: [1, 1, 1, 1], answer: 'no-data' },
    { reason: 'five are enough when all are quick', ms: [1, 1, 1, 1, 300], answer: 'pass' },
    { reason: 'a slow one of few decides nothing', ms: [1, 1, 1, 1, 301], answer: 'inconclusive' },
    { reason: 'two slow ones of few do', ms: [1, 1, 1, 301, 301], answer: 'fail' },
    { reason: 'one of twenty may be slow', ms: [...Array.from({ length: 19 }, () => 1), 301], answer: 'pass' },
    { reason: 'five of a hundred may be slow', ms: [...Array.from({ length: 95 }, () => 300), ...Array.from({ length: 5 }, () => 9000)], answer: 'pass' },
    { reason: 'six of a hundred may not', ms: [...Array.from({ length: 94 }, () => 300), ...Array.from({ length: 6 }, () => 9000)], answer: 'fail' },
  ])('$answer: $reason', ({ ms, answer }) => {
    expect(latency(300, { ms })).toMatchObject({ answer, samples: ms.length, threshold: '<= 300 ms' });
  });
});

describe('a number from logs', () => {
  const most = { name: 'error lines', passes: { comparison: '<=' as const, value: 5 } };
  const least = { name: 'orders', passes: { comparison: '>=' as const, value: 5 } };

  it.each([
    { reason: 'at the limit from below', gate: most, asked: { value: 5 }, answer: 'pass' },
    { reason: 'above it', gate: most, asked: { value: 5.5 }, answer: 'fail' },
    { reason: 'at the limit from above', gate: least, asked: { value: 5 }, answer: 'pass' },
    { reason: 'below it', gate: least, asked: { value: 4 }, answer: 'fail' },
    { reason: 'no number is not zero', gate: most, asked: { value: null }, answer: 'no-data' },
    { reason: 'Log Analytics is away', gate: most, asked: { unreadable: 'x', isWrong: false }, answer: 'inconclusive' },
    { reason: 'the query is wrong', gate: most, asked: { unreadable: 'x', isWrong: true }, answer: 'fail' },
  ])('$answer: $reason', ({ gate, asked, answer }) => {
    expect(logNumber(gate, asked)).toMatchObject({ gate: gate.name, answer });
  });

  it('is not judged when it is not its turn', () => {
    expect(logNumber(most, 'not-asked')).toBeNull();
  });
});

describe('a query', () => {
  const gate = { workspace: 'w', query: 'T | where App == "{app}" and Rev == "{revision}" and ago({minutes}m) | project { }' };

  it('gets the values of the release', () => {
    expect(logQuestion(gate, { app: 'checkout', revision: 'checkout--t1', minutes: 5 })).toEqual({ workspace: 'w', minutes: 5, query: 'T | where App == "checkout" and Rev == "checkout--t1" and ago(5m) | project { }' });
  });

  it.each([
    { reason: 'a quote', app: 'a" or 1==1 //' },
    { reason: 'a new line', app: 'a\nb' },
    { reason: 'a placeholder', app: '{revision}' },
    { reason: 'a pipe', app: 'a|take 1' },
    { reason: 'nothing', app: '' },
    { reason: 'letters that Azure does not allow', app: 'Ä' },
  ])('is not asked with a name that holds $reason', ({ app }) => {
    expect(logQuestion(gate, { app, revision: 'checkout--t1', minutes: 5 })).toBeNull();
    expect(logQuestion(gate, { app: 'checkout', revision: app, minutes: 5 })).toBeNull();
  });

  it.each([0, -1, 1.5, Number.NaN])('is not asked for %s minutes', (minutes) => {
    expect(logQuestion(gate, { app: 'checkout', revision: 'checkout--t1', minutes })).toBeNull();
  });
});

describe("the verdict of a user's own system", () => {
  it.each([
    { verdict: 'pass', detail: null, says: 'Its system passes it' },
    { verdict: 'fail', detail: ' orders drop ', says: 'Its system fails it: orders drop' },
    { verdict: 'inconclusive', detail: '', says: 'Its system does not know' },
    { verdict: 'no-data', detail: null, says: 'Its system has no data' },
  ] as const)('$verdict is taken as given', ({ verdict, detail, says }) => {
    expect(httpVerdict('desk', { value: { verdict, detail } })).toMatchObject({ gate: 'desk', answer: verdict, detail: says });
  });
});
