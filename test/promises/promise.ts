/** Numbers are what a threshold can be set on; texts say what was run. */
export type Figures = Readonly<Record<string, number>>;

export type Threshold = { readonly atMost: number } | { readonly atLeast: number };

/** `short` belongs to `npm test`; `full` is the size that the promise names. */
export type Size = 'short' | 'full';

export interface ProofOptions {
  /** Everything that is left to chance follows from it. */
  readonly seed: number;
  readonly size: Size;
  /** For a person who waits: one line of how far it is. */
  readonly tell: (line: string) => void;
}

export interface Proved {
  /** How large the run was: `{ deliveries: 1000, kills: 20 }`. */
  readonly run: Readonly<Record<string, number | string>>;
  readonly figures: Figures;
}

/** One promise and the run that shows whether it is kept. */
export interface PromiseProof {
  /** `P1`. */
  readonly id: string;
  readonly promise: string;
  /** The id of the proof whose run this one looks at, too: in one process there is one run for both. */
  readonly withRunOf?: string;
  /** What the run does, for `docs/promises.md`. */
  readonly how: string;
  /** What it does not show, and the bound that holds instead; null for nothing. */
  readonly limits: string | null;
  /** By the names of figures. A figure without one is told and not judged. */
  readonly thresholds: Readonly<Record<string, Threshold>>;
  /** Judged only at full size, on a machine that does nothing else: times mostly, which mean little beside other tests. */
  readonly thresholdsAtFullSize?: Readonly<Record<string, Threshold>>;
  /** @throws only when it could not be run: a promise that is broken is in the figures. */
  readonly run: (options: ProofOptions) => Promise<Proved>;
}

/** What is broken, one sentence each. A figure that is missing or no number breaks its threshold: what was not measured was not shown. */
export function broken(proof: Pick<PromiseProof, 'thresholds' | 'thresholdsAtFullSize'>, size: Size, figures: Figures): readonly string[] {
  return Object.entries(thresholdsOf(proof, size)).flatMap(([name, threshold]) => {
    const figure = figures[name];
    if (figure === undefined || !Number.isFinite(figure)) return [`${name} was not measured, expected ${inWords(threshold)}`];
    const holds = 'atMost' in threshold ? figure <= threshold.atMost : figure >= threshold.atLeast;
    return holds ? [] : [`${name} is ${figure}, expected ${inWords(threshold)}`];
  });
}

export function thresholdsOf({ thresholds, thresholdsAtFullSize = {} }: Pick<PromiseProof, 'thresholds' | 'thresholdsAtFullSize'>, size: Size): Readonly<Record<string, Threshold>> {
  return size === 'full' ? { ...thresholds, ...thresholdsAtFullSize } : thresholds;
}

export function inWords(threshold: Threshold): string {
  return 'atMost' in threshold ? `at most ${threshold.atMost}` : `at least ${threshold.atLeast}`;
}
