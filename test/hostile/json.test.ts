import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pullRequestMessages } from '../../src/handlers/pull-request.ts';
import { isDeep } from '../../src/handlers/json-depth.ts';
import { pushMessages } from '../../src/handlers/push.ts';
import { ZodError } from 'zod';

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('the depth of JSON', () => {
  test.each([
    { text: nested(100), deep: false, reason: 'as deep as is accepted' },
    { text: nested(101), deep: true, reason: 'a level more' },
    { text: `{"a":${nested(100_000)}}`, deep: true, reason: '100,000 levels' },
    { text: `{"a":"${'['.repeat(1000)}"}`, deep: false, reason: 'brackets in a text' },
    { text: `{"a":"\\"${'['.repeat(1000)}"}`, deep: false, reason: 'brackets in a text after a quote in it' },
    { text: `{"a":"\\\\",${'"b":['.repeat(1)}${nested(150)}]}`, deep: true, reason: 'a text that ends in a backslash' },
    { text: `[${'[],'.repeat(10_000)}[]]`, deep: false, reason: 'broad and not deep' },
    { text: '['.repeat(1000), deep: true, reason: 'never closed' },
    { text: ']'.repeat(1000), deep: false, reason: 'never opened: the parser says so' },
  ])('$reason', ({ text, deep }) => {
    expect(isDeep(text)).toBe(deep);
  });

  test('is found by what any value really has', () => {
    const depth = (value: unknown): number => (typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0);
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 90, max: 105 }), (value, around) => {
      expect(isDeep(`${'['.repeat(around)}${JSON.stringify(value)}${']'.repeat(around)}`)).toBe(around + depth(value) > 100);
    }), { numRuns: 300 });
  });
});

const payloads: readonly { readonly reason: string; readonly text: string }[] = [
  { reason: '__proto__ instead of fields', text: '{"__proto__":{"ref":"refs/heads/main","installation":{"id":1},"repository":{"id":7,"default_branch":"main"}}}' },
  { reason: 'constructor.prototype', text: '{"constructor":{"prototype":{"ref":"refs/heads/main"}}}' },
  { reason: 'toString as a key', text: '{"toString":1,"valueOf":2,"hasOwnProperty":3}' },
  { reason: 'an id beyond all numbers', text: '{"ref":"refs/heads/main","installation":{"id":1e400},"repository":{"id":7,"default_branch":"main"}}' },
  { reason: 'an id of minus zero', text: '{"ref":"refs/heads/main","installation":{"id":1},"repository":{"id":-0,"default_branch":"main"}}' },
  { reason: 'an id that cannot be held exactly', text: '{"ref":"refs/heads/main","installation":{"id":9007199254740993},"repository":{"id":7,"default_branch":"main"}}' },
  { reason: 'an id with a fraction', text: '{"ref":"refs/heads/main","installation":{"id":1.5},"repository":{"id":7,"default_branch":"main"}}' },
  { reason: 'an id as a text', text: '{"ref":"refs/heads/main","installation":{"id":"1"},"repository":{"id":7,"default_branch":"main"}}' },
  { reason: 'an id as a list', text: '{"ref":"refs/heads/main","installation":{"id":[1]},"repository":{"id":7,"default_branch":"main"}}' },
  { reason: 'an empty default branch', text: '{"ref":"refs/heads/","installation":{"id":1},"repository":{"id":7,"default_branch":""}}' },
  { reason: 'a ref that is an object', text: '{"ref":{"toString":"refs/heads/main"},"installation":{"id":1},"repository":{"id":7,"default_branch":"main"}}' },
  { reason: 'the last of three refs counts, and is none', text: '{"ref":"refs/heads/main","ref":"refs/heads/main","ref":1,"installation":{"id":1},"repository":{"id":7,"default_branch":"main"}}' },
  { reason: 'a list', text: '[]' },
];

describe('hostile JSON', () => {
  test.each(payloads)('$reason is no payload of GitHub', ({ text }) => {
    const payload: unknown = JSON.parse(text);
    for (const translate of [pushMessages, pullRequestMessages]) expect(() => translate(payload)).toThrow(ZodError);
    expect(Object.hasOwn(Object.prototype, 'ref')).toBe(false);
  });

  test('a million keys that nobody asked for are dropped', () => {
    const more = Array.from({ length: 1_000_000 }, (_, index) => `"k${index}":1`).join(',');
    const payload: unknown = JSON.parse(`{"ref":"refs/heads/main","installation":{"id":1},"repository":{"id":7,"default_branch":"main"},${more}}`);
    expect(pushMessages(payload)).toEqual([expect.objectContaining({ type: 'SyncRepository', tenantId: '1.7', payload: { reason: 'push' } })]);
  });

  test('lone surrogates in a branch name match no branch', () => {
    expect(pushMessages(JSON.parse('{"ref":"refs/heads/\\ud800","installation":{"id":1},"repository":{"id":7,"default_branch":"main"}}'))).toEqual([]);
  });
});
