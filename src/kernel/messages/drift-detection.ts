import { z } from 'zod';
import { name, sentence } from './shapes.ts';

export const driftClasses = ['changed', 'missing', 'unmanaged', 'never-applied', 'replicas-out-of-bounds', 'unexpected-traffic'] as const;

const finding = z.strictObject({
  /** Hash of environment, resource, path and live value. */
  id: z.string(),
  class: z.enum(driftClasses),
  severity: z.enum(['low', 'medium', 'high']),
  service: name,
  path: z.string(),
  desired: z.string(),
  live: z.string(),
  summary: sentence,
  firstSeenAt: z.iso.datetime(),
});

export const driftDetectionMessages = {
  ScanDrift: {
    role: 'command',
    about: 'Compare what Git declares, what was applied last and what runs.',
    schema: z.strictObject({ environment: name }),
  },
  RuntimeDriftDetected: {
    role: 'event',
    about: 'The set of open findings changed; `open` is the whole set.',
    schema: z.strictObject({ environment: name, open: z.array(finding), opened: z.array(z.string()) }),
  },
  RuntimeDriftResolved: {
    role: 'event',
    about: 'Findings are gone; `open` is what remains.',
    schema: z.strictObject({ environment: name, open: z.array(finding), resolved: z.array(z.string()) }),
  },
} as const;
