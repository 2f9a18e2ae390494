import { z } from 'zod';

/** A manifest's name: what people write in `metadata.name`. */
export const name = z.string().min(1).max(63);
/** A full Git commit id. */
export const commit = z.string().regex(/^[0-9a-f]{40}$/);
/** Grows with every sync of the default branch; the highest one wins. */
export const generation = z.number().int().positive();
/** Hash of a declared thing. */
export const digest = z.string().min(1).max(128);
/** One sentence for people. Never raw text from Azure or GitHub. */
export const sentence = z.string().max(2000);

/** Everything that a command needs to find its desired state again: the environment at a commit. */
export const declared = { environment: name, commit, generation };
