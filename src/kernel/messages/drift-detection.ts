import { z } from 'zod';
import { driftModes } from '../desired-state.ts';
import { name, sentence } from './shapes.ts';

export const driftClasses = [
  'changed',
  'missing',
  'unmanaged',
  'never-applied',
  'replicas-out-of-bounds',
  /** A revision that is not the applied one serves, or with other weights. */
  'unexpected-traffic',
  /** A Key Vault reference cannot be read any more, or its vault is ahead of Git. */
  'secret-reference',
  /** An identity has lost a role that its secrets need. */
  'access-lost',
  /** Worse than it was when its last deployment ended. */
  'health-degraded',
] as const;

/** Who changed it and when: the best that is known. */
const attribution = z.strictObject({
  /** As Azure names them: a person's sign-in name, or the id of an application. */
  who: z.string().max(200),
  at: z.iso.datetime(),
  /** The Activity Log names the operation; `systemData` only the last writer. */
  source: z.enum(['activity-log', 'system-data']),
  /** `Microsoft.App/containerApps/write`; null where it is not known. */
  operation: z.string().max(200).nullable(),
});
export type DriftAttribution = z.infer<typeof attribution>;

const acknowledgement = z.strictObject({
  by: z.string().max(200),
  at: z.iso.datetime(),
  /** Null: until the live value changes. */
  until: z.iso.datetime().nullable(),
  reason: sentence,
});

const finding = z.strictObject({
  /** Hash of environment, class, service, path and live value. */
  id: z.string(),
  class: z.enum(driftClasses),
  severity: z.enum(['low', 'medium', 'high']),
  service: name,
  path: z.string(),
  desired: z.string(),
  live: z.string(),
  summary: sentence,
  firstSeenAt: z.iso.datetime(),
  /** Scans that saw it: one may have looked at the wrong moment. */
  observations: z.number().int().positive(),
  /** What is done about it: `report` also where no deployment could put it right. */
  mode: z.enum(driftModes),
  changed: attribution.nullable(),
  acknowledged: acknowledgement.nullable(),
  /** Put right this often within a day and changed again: somebody else wants it so, and nothing more is done by itself. */
  oscillations: z.number().int().nonnegative(),
});
export type DriftFinding = z.infer<typeof finding>;

/** A finding that is gone. */
const resolved = z.strictObject({
  id: z.string(),
  service: name,
  path: z.string(),
  summary: sentence,
  firstSeenAt: z.iso.datetime(),
  resolvedAt: z.iso.datetime(),
  /** `remediated`: a deployment of ours ended in between; `elsewhere`: it was put right, or changed again, by somebody else; `gone`: nothing declares it any more. */
  how: z.enum(['remediated', 'elsewhere', 'gone']),
});
export type ResolvedFinding = z.infer<typeof resolved>;

export const driftDetectionMessages = {
  ScanDrift: {
    role: 'command',
    about: 'Compare what Git declares, what was applied last and what runs.',
    schema: z.strictObject({ environment: name }),
  },
  FollowActivity: {
    role: 'command',
    about: 'Read what was written to an environment since the last look, and scan it at once where somebody else wrote.',
    schema: z.strictObject({ environment: name }),
  },
  AcknowledgeDrift: {
    role: 'command',
    about: 'Leave findings of a service as they are, for some time or until the live value changes.',
    /** `findings`: ids; empty means all that are open. */
    schema: z.strictObject({ environment: name, service: name, findings: z.array(z.string()), by: z.string().max(200), until: z.iso.datetime().nullable(), reason: sentence }),
  },
  RuntimeDriftDetected: {
    role: 'event',
    about: 'Findings were opened; `open` is the whole set.',
    schema: z.strictObject({ environment: name, open: z.array(finding), opened: z.array(z.string()) }),
  },
  RuntimeDriftUpdated: {
    role: 'event',
    about: 'The same findings are open and more is known of them: seen again, who changed it, acknowledged, an acknowledgement that ended.',
    schema: z.strictObject({ environment: name, open: z.array(finding) }),
  },
  RuntimeDriftResolved: {
    role: 'event',
    about: 'Findings are gone; `open` is what remains.',
    schema: z.strictObject({ environment: name, open: z.array(finding), resolved: z.array(resolved) }),
  },
} as const;
