/**
 * Bytes that somebody could commit, and the answer they get. Lines start at 1. Empty files stand beside, in the test: they are no error. The
 * half second that a cold process takes for what is deep has its own test beside the parser.
 */
export interface YamlCase {
  readonly reason: string;
  readonly bytes: string | Uint8Array;
  /** Every error, in order; an empty list means that the file is read as it stands. */
  readonly wanted: readonly { readonly code: string; readonly line: number }[];
  /** What is read, where that is the point. */
  readonly value?: unknown;
}

const one = (code: string, line = 1): YamlCase['wanted'] => [{ code, line }];
const keys = (count: number): string => Array.from({ length: count }, (_, index) => `k${index}: 1\n`).join('');
const utf16 = (text: string): Uint8Array => new Uint8Array([0xff, 0xfe, ...Buffer.from(text, 'utf16le')]);

const billionLaughs = ['a: &a [x, x, x, x, x, x, x, x, x]', ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghi'[index]}`).join(', ')}]`)].join('\n');

export const yamlCases: readonly YamlCase[] = [
  { reason: 'billion laughs', bytes: billionLaughs, wanted: one('too-many-aliases', 3) },
  { reason: 'twenty aliases that double each time', bytes: ['a0: &a0 [x, x]', ...Array.from({ length: 10 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`)].join('\n'), wanted: one('too-many-aliases', 4) },
  { reason: 'a list that holds itself', bytes: 'a: &a [*a]\n', wanted: one('alias-cycle') },
  { reason: 'a mapping that holds itself further down', bytes: 'a: &a\n  b:\n    c: *a\n', wanted: one('alias-cycle', 3) },
  { reason: 'an alias without an anchor', bytes: 'a: 1\nb: *nowhere\n', wanted: one('unknown-alias', 2) },
  { reason: 'an alias that is short is read', bytes: 'a: &a { x: "1" }\nb: *a\n', wanted: [], value: { a: { x: '1' }, b: { x: '1' } } },
  { reason: '80,000 keys are more than a file may have', bytes: keys(80_000), wanted: one('file-too-large') },
  { reason: '20,000 keys take no time', bytes: keys(20_000), wanted: [] },
  { reason: '60,000 values', bytes: `a: [${'1,'.repeat(60_000)}]`, wanted: one('too-many-values') },
  { reason: 'a flow list 2,000 deep, in a cold process', bytes: `a: ${'['.repeat(2000)}${']'.repeat(2000)}`, wanted: one('too-deep') },
  { reason: 'the same again', bytes: `a: ${'['.repeat(2000)}${']'.repeat(2000)}`, wanted: one('too-deep') },
  { reason: 'a flow mapping 2,000 deep', bytes: `${'{a: '.repeat(2000)}1${'}'.repeat(2000)}`, wanted: one('too-deep') },
  { reason: 'JSON 100,000 deep', bytes: '['.repeat(100_000) + ']'.repeat(100_000), wanted: one('too-deep') },
  { reason: '31 levels are one too many', bytes: Array.from({ length: 31 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('') + `${' '.repeat(31)}b: 1\n`, wanted: one('too-deep', 31) },
  { reason: 'a merge key', bytes: 'a: &a { x: 1 }\nb:\n  <<: *a\n', wanted: one('merge-key', 3) },
  { reason: 'fifty merge keys', bytes: `a: &a { x: 1 }\n${Array.from({ length: 50 }, (_, index) => `b${index}: { <<: *a }\n`).join('')}`, wanted: Array.from({ length: 50 }, (_, index) => ({ code: 'merge-key', line: index + 2 })) },
  { reason: 'a function', bytes: 'a: 1\nb: !!js/function "function () { return 1 }"\n', wanted: one('custom-tag', 2) },
  { reason: 'binary', bytes: 'a: !!binary aGVsbG8=\n', wanted: one('custom-tag') },
  { reason: 'a tag of somebody’s own', bytes: 'a: !secret { name: x }\n', wanted: one('custom-tag') },
  { reason: 'a set', bytes: 'a: !!set { x, y }\n', wanted: one('custom-tag') },
  { reason: 'a tab indents', bytes: 'a:\n\tb: 1\n', wanted: one('yaml-syntax', 2) },
  { reason: 'two documents are two documents', bytes: 'a: 1\n---\nb: 2\n', wanted: [] },
  { reason: 'an empty document between two', bytes: 'a: 1\n---\n---\nb: 2\n', wanted: [] },
  { reason: 'no is a text', bytes: 'a: no\n', wanted: [], value: { a: 'no' } },
  { reason: 'on is a text, as a key too', bytes: 'on: on\n', wanted: [], value: { on: 'on' } },
  { reason: 'an octal number', bytes: 'a: 0o14\n', wanted: one('number-spelling') },
  { reason: '014 is 12 for some and 14 for others', bytes: 'a: 014\n', wanted: one('number-spelling') },
  { reason: '1:30 is a text, not 90', bytes: 'a: 1:30\n', wanted: [], value: { a: '1:30' } },
  { reason: '1_000 is a text, not 1000', bytes: 'a: 1_000\n', wanted: [], value: { a: '1_000' } },
  { reason: 'a hexadecimal number', bytes: 'a: 0x1F\n', wanted: one('number-spelling') },
  { reason: 'not a number', bytes: 'a: .nan\n', wanted: one('number-out-of-range') },
  { reason: 'NaN in JavaScript’s words is a text', bytes: 'a: NaN\n', wanted: [], value: { a: 'NaN' } },
  { reason: 'infinity', bytes: 'a: 1\nb: -.inf\n', wanted: one('number-out-of-range', 2) },
  { reason: 'a number beyond all numbers', bytes: 'a: 1e400\n', wanted: one('number-out-of-range') },
  { reason: 'a whole number that loses digits', bytes: 'a: 12345678901234567890\n', wanted: one('number-out-of-range') },
  { reason: '2^53 + 1 loses its last digit', bytes: '{"a": 9007199254740993}', wanted: one('number-out-of-range') },
  { reason: 'minus nothing', bytes: '{"a": -0}', wanted: [], value: { a: -0 } },
  { reason: 'a date is a text', bytes: 'a: 2024-01-01\n', wanted: [], value: { a: '2024-01-01' } },
  { reason: 'CRLF', bytes: 'a: 1\r\nb: "x"\r\nc: [\r\n', wanted: one('yaml-syntax', 4) },
  { reason: 'CRLF that is well', bytes: 'a: 1\r\nb: "x"\r\n', wanted: [], value: { a: 1, b: 'x' } },
  { reason: 'a byte order mark', bytes: '\ufeffa: 1\n', wanted: [], value: { a: 1 } },
  { reason: 'UTF-16', bytes: utf16('a: 1\n'), wanted: one('not-utf8') },
  { reason: 'UTF-16 without its mark', bytes: utf16('a: 1\n').subarray(2), wanted: one('control-character') },
  { reason: 'bytes that are no text', bytes: new Uint8Array([...Buffer.from('a: 1\nb: '), 0xc3, 0x28, 0x0a]), wanted: one('not-utf8', 2) },
  { reason: 'NUL', bytes: 'a: 1\nb: "x\0y"\n', wanted: one('control-character', 2) },
  { reason: 'NUL by escape', bytes: 'a: "x\\0y"\n', wanted: one('hidden-character') },
  { reason: 'a terminal escape', bytes: 'a: "\u001b[31m"\n', wanted: one('control-character') },
  { reason: 'a terminal escape by escape', bytes: 'a: "\\e[31m"\n', wanted: one('hidden-character') },
  { reason: 'text that runs backwards', bytes: 'a: 1 # \u202e1 :b\n', wanted: one('hidden-character') },
  { reason: 'half a character', bytes: 'a: "\\ud800"\n', wanted: one('hidden-character') },
  { reason: 'the same key twice', bytes: '{"a": 1,\n "a": 2}', wanted: one('duplicate-key', 2) },
  { reason: 'the same key twice, deep down and among others', bytes: 'a:\n  b: 1\n  c: 2\n  b: 3\n', wanted: one('duplicate-key', 4) },
  { reason: '__proto__', bytes: '{"__proto__": {"admin": true}}', wanted: one('unsafe-key') },
  { reason: 'constructor.prototype is a key like any other', bytes: '{"constructor": {"prototype": {"x": 1}}, "toString": 1}', wanted: [], value: { constructor: { prototype: { x: 1 } }, toString: 1 } },
  { reason: '__proto__ deep down, by escape and as an alias’ anchor', bytes: 'a:\n  b: { "\\x5f_proto__": &__proto__ 1 }\n', wanted: one('unsafe-key', 2) },
  { reason: 'a million keys', bytes: `{${'"a":1,'.repeat(1_000_000)}}`, wanted: one('file-too-large') },
  { reason: 'a number as key', bytes: '1: x\n', wanted: one('key-not-text') },
  { reason: 'nothing as key', bytes: '~: x\n', wanted: one('key-not-text') },
  { reason: 'a mapping as key', bytes: '? { a: 1 }\n: 2\n', wanted: one('key-not-text') },
  { reason: 'a key of 300 characters', bytes: `${'k'.repeat(300)}: 1\n`, wanted: one('invalid-key') },
  { reason: 'a quote that never ends', bytes: 'a: 1\nb: "x\n', wanted: one('yaml-syntax', 3) },
  { reason: 'a second colon', bytes: 'a: b: c\n', wanted: one('yaml-syntax') },
  { reason: 'YAML 1.1 changes nothing', bytes: '%YAML 1.1\n---\na: no\n', wanted: [], value: { a: 'no' } },
];
