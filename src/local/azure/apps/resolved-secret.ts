/** A secret as a replica starts with it. */
export interface ResolvedSecret {
  readonly value: string;
  /** The version that a Key Vault reference led to; null for a value that was given. */
  readonly version: string | null;
}
