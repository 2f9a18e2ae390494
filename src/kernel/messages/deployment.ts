import { z } from 'zod';
import { commit, declared, generation, name, sentence } from './shapes.ts';

export const deploymentStates = [
  'Requested',
  'Provisioning',
  'Configuring',
  'RollingOut',
  'HealthGating',
  'Promoting',
  /** A gate failed and the manifest says to hold: nothing moves until a person says where to. */
  'Held',
  'Completed',
  'RollingBack',
  'RolledBack',
  'Failed',
  'Superseded',
] as const;
export type DeploymentState = (typeof deploymentStates)[number];

/** Inconclusive and no data are not failures, and never a pass. */
export const gateAnswers = ['pass', 'fail', 'inconclusive', 'no-data'] as const;
export type GateAnswer = (typeof gateAnswers)[number];

export const stagePurposes = ['ready', 'step', 'watch'] as const;

const stage = z.strictObject({
  /** Percent of the traffic that the new revision has. */
  weight: z.number().int().min(0).max(100),
  bakeMs: z.number().int().nonnegative(),
  purpose: z.enum(stagePurposes),
  /** `moving`: its weight is being set; `judging`: it has the weight. */
  standing: z.enum(['open', 'moving', 'judging', 'passed', 'failed']),
});

const gate = z.strictObject({
  /** `revision`, `readiness`, `success rate`, `restarts`, `latency`, or the name of a query or a system in the manifest. */
  gate: z.string(),
  answer: z.enum(gateAnswers),
  detail: sentence,
  samples: z.number().int().nonnegative().nullable(),
  /** What a pass needs, for people: `>= 99 %`. */
  threshold: z.string().nullable(),
});
export type GateReading = z.infer<typeof gate>;

/** What a release is made of. The ledger of known-good releases holds the same. */
const ingredients = {
  image: z.string(),
  /** Name and version. */
  configuration: z.strictObject({ name, version: z.string() }).nullable(),
  /** A binding without a pinned version is null. Never a value. */
  secrets: z.array(z.strictObject({ binding: name, version: z.string().nullable() })),
};

const serviceProgress = z.strictObject({
  service: name,
  tenant: name,
  ...ingredients,
  revision: z.string().nullable(),
  previousRevision: z.string().nullable(),
  step: z.string(),
  detail: sentence.nullable(),
  url: z.string().nullable(),
  strategy: z.enum(['all-at-once', 'blue-green', 'canary']),
  /** The plan of steps; empty before the app was looked at. */
  stages: z.array(stage),
  /** Percent of the traffic that the release has, as read last. */
  weight: z.number().int().min(0).max(100),
  /** The last reading of each gate of the running stage. */
  gates: z.array(gate),
  /** When the stage that runs may end at the earliest. */
  until: z.iso.datetime().nullable(),
  /** Why the release itself failed: by a gate, at a stage, or by a person. */
  failure: z.strictObject({ weight: z.number().int(), reason: sentence, gates: z.array(gate) }).nullable(),
  /** It does not go back with the others. */
  independent: z.boolean(),
});
export type ServiceProgress = z.infer<typeof serviceProgress>;

/** Enough to report without asking back. `sequence` grows with every message of one deployment; an older one is ignored. */
const progress = z.strictObject({
  deploymentId: z.string(),
  ...declared,
  sequence: z.number().int().positive(),
  state: z.enum(deploymentStates),
  services: z.array(serviceProgress),
  reason: sentence.nullable(),
  needs: sentence.nullable(),
  /** Why it does not move forward although nothing failed. `until` is null where a person ends it. */
  hold: z.strictObject({ why: z.enum(['paused', 'frozen']), detail: sentence, until: z.iso.datetime().nullable() }).nullable(),
  /** It does not answer, so nothing can be looked at. */
  awaits: z.strictObject({ system: z.enum(['Azure']), since: z.iso.datetime() }).optional(),
});
export type DeploymentProgress = z.infer<typeof progress>;

export const deploymentMessages = {
  Deploy: {
    role: 'command',
    about: 'Bring the named services of an environment to a commit, as one deployment.',
    schema: z.strictObject({ ...declared, services: z.array(name) }),
  },
  RollbackDeployment: {
    role: 'command',
    about: 'Take services of an environment back to the known-good release before the one that serves; a deployment that runs goes back as a whole.',
    /** `services`: those named; empty means all of the last deployment. `unprovenOnly`: of them, those that serve a release which was never found good. */
    schema: z.strictObject({ environment: name, services: z.array(name), by: z.string(), reason: sentence, unprovenOnly: z.boolean().optional() }),
  },
  AbortDeployment: {
    role: 'command',
    about: 'Stop the deployment that runs in an environment and take it back. Without one it does nothing.',
    schema: z.strictObject({ environment: name, by: z.string(), reason: sentence }),
  },
  PauseDeployments: {
    role: 'command',
    about: 'Let no deployment of an environment move forward. The way back stays open.',
    schema: z.strictObject({ environment: name, by: z.string() }),
  },
  ResumeDeployments: {
    role: 'command',
    about: 'Let deployments of an environment move forward again; one that is held is judged anew from the stage in which it failed.',
    schema: z.strictObject({ environment: name, by: z.string() }),
  },
  RemediateDrift: {
    role: 'command',
    about: 'Apply the named services at a commit again although what Git declares of them is what was applied before: Azure is not so, or somebody asked.',
    /** `findings`: ids of what it is to put right. */
    schema: z.strictObject({ ...declared, services: z.array(name), reason: sentence, findings: z.array(z.string()).optional() }),
  },
  AdvanceDeployment: {
    role: 'command',
    about: 'Look at the running deployment of an environment and take its next step.',
    /** `urgent`: a person waits for the way back. */
    schema: z.strictObject({ environment: name, commit: commit.optional(), generation: generation.optional(), urgent: z.boolean().optional() }),
  },
  RuntimeDeploymentRequested: { role: 'event', about: 'A deployment exists and waits for what it needs.', schema: progress },
  RuntimeDeploymentProgressed: { role: 'event', about: 'A deployment entered another state or step.', schema: progress },
  RuntimeDeploymentCompleted: { role: 'event', about: 'Every service runs as declared, behind its gate.', schema: progress },
  RuntimeDeploymentRolledBack: { role: 'event', about: 'A gate failed and the previous revisions serve again.', schema: progress },
  RuntimeDeploymentFailed: { role: 'event', about: 'The deployment ended without effect, or needs a person.', schema: progress },
  RuntimeDeploymentSuperseded: { role: 'event', about: 'A newer deployment of the environment took over.', schema: progress },
} as const;
