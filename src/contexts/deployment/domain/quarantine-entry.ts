import { z } from 'zod';

const quarantineEntry = z.strictObject({
  digest: z.string(),
  commit: z.string(),
  image: z.string(),
  /** The gate that failed, or who took it back. */
  reason: z.string(),
  /** ISO-8601. */
  at: z.string(),
  /** The app's tag `trueup-rolled-back` is to name it, because no write came after: without the tag, a person has removed it. */
  tagged: z.boolean(),
});
export type QuarantineEntry = z.infer<typeof quarantineEntry>;

/** Releases that were taken back, newest last, each digest once. */
export const quarantine = z.array(quarantineEntry);
