/** Milliseconds. */
export interface DriftTiming {
  /** After what was seen once, it is looked at again: it may have been the wrong moment. */
  readonly secondLookMs: number;
  /** Between two looks at what others wrote. */
  readonly followEveryMs: number;
}

export const defaultTiming: DriftTiming = { secondLookMs: 30_000, followEveryMs: 60_000 };
