import { z } from 'zod';
import { commit, declared, generation, name, sentence } from './shapes.ts';

export const deploymentStates = [
  'Requested',
  'Provisioning',
  'Configuring',
  'RollingOut',
  'HealthGating',
  'Promoting',
  'Completed',
  'RollingBack',
  'RolledBack',
  'Failed',
  'Superseded',
] as const;
export type DeploymentState = (typeof deploymentStates)[number];

const serviceProgress = z.strictObject({
  service: name,
  tenant: name,
  image: z.string(),
  revision: z.string().nullable(),
  previousRevision: z.string().nullable(),
  step: z.string(),
  detail: sentence.nullable(),
  url: z.string().nullable(),
});

/** Enough to report without asking back. `sequence` grows with every message of one deployment; an older one is ignored. */
const progress = z.strictObject({
  deploymentId: z.string(),
  ...declared,
  sequence: z.number().int().positive(),
  state: z.enum(deploymentStates),
  services: z.array(serviceProgress),
  reason: sentence.nullable(),
  needs: sentence.nullable(),
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
    about: 'Take a deployment back to what ran before it.',
    schema: z.strictObject({ environment: name, deploymentId: z.string(), reason: sentence }),
  },
  RemediateDrift: {
    role: 'command',
    about: 'Re-apply the named services at a commit although Git did not change.',
    schema: z.strictObject({ ...declared, services: z.array(name), reason: sentence }),
  },
  AdvanceDeployment: {
    role: 'command',
    about: 'Look at the running deployment of an environment and take its next step.',
    schema: z.strictObject({ environment: name, commit: commit.optional(), generation: generation.optional() }),
  },
  RuntimeDeploymentRequested: { role: 'event', about: 'A deployment exists and waits for what it needs.', schema: progress },
  RuntimeDeploymentProgressed: { role: 'event', about: 'A deployment entered another state or step.', schema: progress },
  RuntimeDeploymentCompleted: { role: 'event', about: 'Every service runs as declared, behind its gate.', schema: progress },
  RuntimeDeploymentRolledBack: { role: 'event', about: 'A gate failed and the previous revisions serve again.', schema: progress },
  RuntimeDeploymentFailed: { role: 'event', about: 'The deployment ended without effect, or needs a person.', schema: progress },
  RuntimeDeploymentSuperseded: { role: 'event', about: 'A newer deployment of the environment took over.', schema: progress },
} as const;
