import { formsOfBytes, formsOfText } from './secret-forms.ts';

/** From a place in a text up to another. */
export interface Region {
  readonly from: number;
  readonly to: number;
}

/** The secrets of this process, to be found again in texts, also when a text holds only a piece of one. */
export interface KnownSecrets {
  /** Of more lines, as a key in PEM: each of them. What is shorter than 12 characters cannot be told from ordinary text and is left. */
  add(secret: string): void;
  addBytes(secret: Uint8Array): void;
  /** One that is replaced by others before long, as a token is: only the newest are kept. */
  addPassing(secret: string): void;
  /** In order, and apart from each other. */
  regionsIn(text: string): readonly Region[];
}

/** The shortest piece that is recognised, in characters of whatever form. */
const pieceLength = 12;

/** @param keptPassing characters of passing secrets that are kept. */
export function knownSecrets(keptPassing = 65_536): KnownSecrets {
  const lasting = new Set<string>();
  const passing = new Map<string, readonly string[]>();
  let pieces = pieceIndex();
  const addTo = (forms: Iterable<string>): void => {
    for (const form of forms) pieces.add(form);
  };
  const keep = (forms: Iterable<string>): void => {
    for (const form of forms) lasting.add(form);
    addTo(forms);
  };
  return {
    add: (secret) => keep(linesOf(secret).flatMap((line) => [...formsOfText(line)])),
    addBytes: (secret) => keep(formsOfBytes([...secret])),
    addPassing(secret) {
      if (passing.has(secret)) return;
      passing.set(secret, [...formsOfText(secret)]);
      addTo(passing.get(secret) ?? []);
      let length = [...passing.keys()].reduce((sum, token) => sum + token.length, 0);
      if (length <= keptPassing) return;
      // Down to the half, so that what follows does not make the index anew each time.
      for (const token of passing.keys()) {
        if (length <= keptPassing / 2) break;
        passing.delete(token);
        length -= token.length;
      }
      pieces = pieceIndex();
      addTo([...lasting, ...[...passing.values()].flat()]);
    },
    regionsIn: (text) => pieces.regionsIn(text),
  };
}

/** The frame of a PEM is no secret, and the same in every other one. */
function linesOf(secret: string): readonly string[] {
  const lines = secret.split(/[\r\n]+/).filter((line) => line.length >= pieceLength && !line.startsWith('-----'));
  return lines.length > 1 ? [...lines, secret] : lines;
}

interface PieceIndex {
  add(form: string): void;
  regionsIn(text: string): readonly Region[];
}

/** Of four characters in a row. Every piece holds one that begins at a multiple of the stride. */
const gramLength = 4;
const stride = pieceLength - gramLength + 1;
const bits = 20;

/**
 * Every piece of every form. Of a text only one group of four characters in nine is looked at: a bit tells nearly always that nothing is
 * there, a set tells for certain. Time grows with the text alone, whatever the text and however many secrets.
 */
function pieceIndex(): PieceIndex {
  const all = new Set<string>();
  const grams = new Uint8Array(2 ** bits / 8);
  /** Forms that have pieces like ordinary words count only as part of the whole: by its first piece. */
  const whole = new Map<string, Set<string>>();
  const mark = (piece: string): void => {
    for (let at = 0; at < stride; at += 1) {
      const bit = gramBit(piece, at);
      grams[bit >> 3] = (grams[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
  };
  const lookAt = (text: string, from: number, found: Region[]): void => {
    const piece = text.slice(from, from + pieceLength);
    if (all.has(piece)) found.push({ from, to: from + pieceLength });
    for (const form of whole.get(piece) ?? []) if (text.startsWith(form, from)) found.push({ from, to: from + form.length });
  };
  return {
    add(form) {
      for (let at = 0; at + pieceLength <= form.length; at += 1) {
        const piece = form.slice(at, at + pieceLength);
        if (isOrdinary(piece)) {
          const first = form.slice(0, pieceLength);
          mark(first);
          whole.set(first, (whole.get(first) ?? new Set()).add(form));
          continue;
        }
        mark(piece);
        all.add(piece);
      }
    },
    regionsIn(text) {
      const found: Region[] = [];
      const last = text.length - pieceLength;
      if (last < 0) return found;
      for (let at = 0; at + gramLength <= text.length; at += stride) {
        const bit = gramBit(text, at);
        if (((grams[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) continue;
        for (let from = Math.max(0, at + gramLength - pieceLength); from <= at && from <= last; from += 1) lookAt(text, from, found);
      }
      return found.length === 0 ? found : joined(found);
    },
  };
}

function gramBit(text: string, at: number): number {
  const head = Math.imul(text.charCodeAt(at), 0x01000193) ^ text.charCodeAt(at + 1);
  const tail = Math.imul(text.charCodeAt(at + 2), 0x01000193) ^ text.charCodeAt(at + 3);
  return Math.imul(Math.imul(head, 0x85ebca6b) ^ tail, 0x9e3779b1) >>> (32 - bits);
}

/** Words of one case, times and other numbers, and what repeats itself. */
function isOrdinary(piece: string): boolean {
  return /^(?:[A-Z]?[a-z ,.:/_-]*|[A-Z _-]*|[0-9 TZ.:_-]*)$/.test(piece) || new Set(piece).size < 5;
}

function joined(regions: readonly Region[]): readonly Region[] {
  const result: Region[] = [];
  for (const region of regions.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last === undefined || region.from > last.to) result.push(region);
    else result[result.length - 1] = { from: last.from, to: Math.max(last.to, region.to) };
  }
  return result;
}
