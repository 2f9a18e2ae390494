/** What may be spent of something that a service limits. */
export interface Budget {
  /** Spends one of what belongs to this owner. @returns milliseconds to wait instead; 0 when it is spent. */
  spend(owner: string): Promise<number>;
}

export const unlimited: Budget = { spend: async () => 0 };
