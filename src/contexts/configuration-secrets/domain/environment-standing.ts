import { z } from 'zod';
import type { TenantId } from '../../../kernel/ids.ts';
import { digest, generation, name } from '../../../kernel/messages/shapes.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';

export const environmentStanding = z.strictObject({
  environment: name,
  generation,
  /** Of what is provisioned; null when it failed. */
  digest: digest.nullable(),
  /** When it was said. */
  at: z.iso.datetime(),
});

/** What environment-inventory said last about an environment: its identities are there, or will not come. */
export type EnvironmentStanding = z.infer<typeof environmentStanding>;

export function standingKey(owner: TenantId, environment: string): AggregateKey {
  return { tenantId: owner, type: 'EnvironmentStanding', id: environment };
}

/** Azure may need most of an hour for a new environment. */
const provisioningMs = 60 * 60_000;
/** Reads of a new identity may lag behind its creation. */
const lagMs = 2 * 60_000;

interface Asked {
  readonly generation: number;
  /** Milliseconds since the epoch, as the answer. */
  readonly askedAt: number;
}

/** Until when an identity that is not there may still come with the environment. */
export function hopeUntil(standing: EnvironmentStanding | null, desired: { readonly digest: string }, { generation, askedAt }: Asked): number {
  if (standing?.digest === desired.digest) return Math.max(Date.parse(standing.at), askedAt) + lagMs;
  const failed = standing !== null && standing.digest === null && standing.generation >= generation;
  return failed ? askedAt : askedAt + provisioningMs;
}
