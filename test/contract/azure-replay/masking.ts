import type { Volatile, VolatileKind } from './bindings.ts';

/** What in a text is volatile, in the order in which it is looked for. Everything else is compared as it is. */
const patterns: readonly (readonly [VolatileKind, string])[] = [
  ['time', String.raw`\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?`],
  // `8/20/2024 5:37:05 AM`, in the details of a replica.
  ['clock-time', String.raw`\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}:\d{2}\s[AP]M`],
  ['guid', String.raw`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`],
  ['hash', String.raw`(?<![0-9A-Za-z])(?:[0-9A-F]{64}|(?<=containerd://)[0-9a-f]{32,64})(?![0-9A-Za-z])`],
  ['domain', String.raw`[a-z]+-[0-9a-f]{8}(?=\.[a-z0-9]+\.azurecontainerapps\.io)`],
  // Behind the name of a revision: the set and the pod.
  ['replica', String.raw`(?<=--[a-z0-9]{7})-[a-z0-9]{8,10}-[a-z0-9]{5}(?![a-z0-9-])`],
  // Those that the service names itself.
  ['revision', String.raw`[a-z][a-z0-9-]*--[a-z0-9]{7}(?![a-z0-9])`],
  ['address', String.raw`(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])`],
  ['person', String.raw`[a-z.]+@[a-z.]+`],
];
const volatile = new RegExp(patterns.map(([, source]) => `(${source})`).join('|'), 'g');

export interface MaskedText {
  /** The text with each volatile part replaced by its kind and form. */
  readonly template: string;
  readonly parts: readonly Volatile[];
}

export function masked(text: string): MaskedText {
  const parts: Volatile[] = [];
  const template = text.replaceAll(volatile, (...groups: unknown[]) => {
    const part = partOf(groups);
    parts.push(part.volatile);
    return `<${part.form}>`;
  });
  return { template, parts };
}

/** The text with each volatile part that is known replaced by what stands for it. */
export function withParts(text: string, standsFor: (part: Volatile) => string | null): string {
  return text.replaceAll(volatile, (...groups: unknown[]) => standsFor(partOf(groups).volatile) ?? String(groups[0]));
}

/** `groups` are the arguments of a replacer: the match, then one group per pattern. */
function partOf(groups: readonly unknown[]): { readonly volatile: Volatile; readonly form: string } {
  const at = patterns.findIndex((_, index) => groups[index + 1] !== undefined);
  const kind = patterns[at]?.[0] ?? 'guid';
  const text = String(groups[0]);
  return { volatile: { kind, text: kind === 'time' ? withoutZeros(text) : text }, form: formOf(kind, text) };
}

/** What of a volatile part is not left to chance. */
function formOf(kind: VolatileKind, text: string): string {
  if (kind === 'time') return text.includes('.') ? 'time with fraction' : 'time';
  if (kind !== 'revision') return kind;
  const [app = '', suffix = ''] = text.split('--');
  return `revision of ${app}, ${/^0{4}/.test(suffix) ? `number ${suffix}` : 'named by chance'}`;
}

/** How many of the last digits of a fraction are zero is chance. */
function withoutZeros(time: string): string {
  return time.includes('.') ? time.replace(/\.?0+$/, '') : time;
}
