/** Characters from `start` up to `end` become `text`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Thrown within this folder only: the change would change more than was asked for, or lose something. */
export class NotEditable extends Error {}

/** Of two that meet the second is left out: whoever reads the text again finds what is still to do. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let [result, at] = ['', 0];
  for (const splice of splices.toSorted((a, b) => a.start - b.start)) {
    if (splice.start < at) continue;
    result += text.slice(at, splice.start) + splice.text;
    at = splice.end;
  }
  return result + text.slice(at);
}
