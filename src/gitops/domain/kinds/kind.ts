import type { z } from 'zod';
import type { Fault } from '../reading/fault.ts';
import type { Readable } from '../reading/readable.ts';
import type { Metadata } from './metadata.ts';

export interface Kind<Spec = unknown> {
  /** One or two sentences for the reference. */
  readonly about: string;
  readonly metadata: z.ZodType<Metadata>;
  /** Of `spec` without `environments`, as it is after an environment's entry was merged over it. */
  readonly spec: z.ZodType<Spec>;
  /** Whether `spec.environments` holds what differs, per environment, and whether that says where it runs. */
  readonly environments: 'none' | 'differences' | 'where-it-runs';
  /** Fields of `spec` that only entries of environments may say. */
  readonly perEnvironment?: readonly string[];
  /** What one field alone cannot say, of those that could be read. Paths start at the document. */
  check(spec: Readable<Spec>): readonly Fault[];
  /** A whole document for the reference. */
  readonly example: string;
}
