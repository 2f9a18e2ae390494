import type { Canary } from './canaries.ts';

/** A canary, or 12 bytes of it in a row, where it should not be. */
export interface Hit {
  readonly canary: Canary;
  /** `as it is`, `base64`, `hexadecimal`. */
  readonly form: string;
  readonly sink: string;
  readonly around: string;
}

/** Every place of every piece of the canaries in a text: at most one for each canary and form. */
export type CanaryHunt = (sink: string, bytes: Buffer | string) => readonly Hit[];

const sliceBytes = 12;

/** Written apart from the scrubber on purpose: what one of them forgets the other one finds. */
export function canaryHunt(canaries: readonly Canary[]): CanaryHunt {
  const pieces = new Map<number, Map<string, Pick<Hit, 'canary' | 'form'>>>();
  /** By the first three bytes of a piece: nearly nothing of an ordinary text gets past it. */
  const starts = new Uint8Array(2 ** 24 / 8);
  for (const canary of canaries) {
    for (const [form, length, text] of canary.cores.flatMap(formsOf)) {
      const known = pieces.get(length) ?? new Map<string, Pick<Hit, 'canary' | 'form'>>();
      pieces.set(length, known);
      for (let at = 0; at + length <= text.length; at += 1) {
        known.set(text.slice(at, at + length), { canary, form });
        const start = (text.charCodeAt(at) << 16) | (text.charCodeAt(at + 1) << 8) | text.charCodeAt(at + 2);
        starts[start >> 3] = (starts[start >> 3] ?? 0) | (1 << (start & 7));
      }
    }
  }
  return (sink, given) => {
    const bytes = typeof given === 'string' ? Buffer.from(given) : given;
    const hits = new Map<string, Hit>();
    for (let at = 0; at + sliceBytes <= bytes.length; at += 1) {
      const start = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      if (((starts[start >> 3] ?? 0) & (1 << (start & 7))) === 0) continue;
      for (const [length, known] of pieces) {
        const piece = known.get(bytes.toString('latin1', at, at + length));
        if (piece !== undefined) hits.set(`${piece.canary.text} ${piece.form}`, { ...piece, sink, around: bytes.toString('latin1', Math.max(0, at - 80), at + length + 40) });
      }
    }
    return [...hits.values()];
  };
}

/** Name of the form, how many of its characters hold 12 bytes in a row, and the text. */
function formsOf(core: string): readonly (readonly [string, number, string])[] {
  // What lies at the ends is decided by the neighbours, too.
  const base64 = [0, 1, 2].map((before) => Buffer.concat([Buffer.alloc(before), Buffer.from(core)]).toString('base64').replace(/=+$/, '').slice(before === 0 ? 0 : before + 1, -1));
  const hex = Buffer.from(core).toString('hex');
  const inHtml = core.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const asIs = [core, encodeURIComponent(core), JSON.stringify(core).slice(1, -1), inHtml.replaceAll("'", '&#39;'), inHtml.replaceAll("'", '&#x27;')];
  return [
    ...asIs.map((text) => ['as it is', sliceBytes, text] as const),
    // 14 letters are the fewest that hold 12 bytes wherever these begin.
    ...[...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))].map((text) => ['base64', 14, text] as const),
    ...[hex, hex.toUpperCase()].map((text) => ['hexadecimal', 2 * sliceBytes, text] as const),
  ];
}
