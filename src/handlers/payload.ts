import { z } from 'zod';
import { tenantId, type TenantId } from '../kernel/ids.ts';
import { commit } from '../kernel/messages/shapes.ts';

const id = z.number().int().positive();

/** The parts of GitHub's payloads that are read at all; everything else is dropped where it enters. */
export const fromInstallation = z.object({ installation: z.object({ id }) });

export const fromRepository = fromInstallation.extend({
  repository: z.object({ id, default_branch: z.string().min(1) }),
});

export type FromRepository = z.infer<typeof fromRepository>;

export const pullRequestNumber = id;

/** What a check run and a check suite say alike. */
export const check = z.object({
  head_sha: commit,
  app: z.object({ id: z.number() }).nullable(),
  pull_requests: z.array(z.object({ number: pullRequestNumber })).default([]),
});

export function repositoryTenant({ installation, repository }: FromRepository): TenantId {
  return tenantId(installation.id, repository.id);
}
