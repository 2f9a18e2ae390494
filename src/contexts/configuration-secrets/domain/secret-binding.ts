import { z } from 'zod';
import type { DesiredSecretBinding } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { commit, digest, generation, name } from '../../../kernel/messages/shapes.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';

const bound = z.strictObject({
  digest,
  vault: z.string(),
  secret: z.string(),
  /** As declared; null follows the latest. */
  version: z.string().nullable(),
  /** The version that was found for it, and when Key Vault made it: the age of a rotation. */
  found: z.string(),
  createdOn: z.string().nullable(),
  boundAt: z.iso.datetime(),
});
export type Bound = z.infer<typeof bound>;

export const secretBinding = z.strictObject({
  environment: name,
  binding: name,
  tenant: name,
  status: z.enum(['Checking', 'Granting', 'Bound', 'Refused']),
  commit,
  generation,
  /** Of what is declared. */
  digest,
  /** What was bound last, also while a newer form of it is refused. */
  bound: bound.nullable(),
  /** The bot's own grant of read access: asked for, saved before it is made; then made, and looked for again. */
  grant: z.strictObject({ principalId: z.string(), state: z.enum(['intended', 'made']), at: z.iso.datetime() }).nullable(),
  reason: z.string().nullable(),
  needs: z.string().nullable(),
});

/** A workload's reference to a Key Vault secret: metadata only. */
export type SecretBinding = z.infer<typeof secretBinding>;

export function secretKey(owner: TenantId, environment: string, binding: string): AggregateKey {
  return { tenantId: owner, type: 'SecretBinding', id: `${environment}.${binding}` };
}

interface At {
  readonly environment: string;
  readonly commit: string;
  readonly generation: number;
}

/** The aggregate as it begins to follow what is declared at a commit. */
export function following(stored: SecretBinding | null, declared: DesiredSecretBinding, { environment, commit, generation }: At): SecretBinding {
  const { name: binding, tenant, digest } = declared;
  const grant = stored?.digest === digest ? stored.grant : null;
  return { environment, binding, tenant, status: grant === null ? 'Checking' : 'Granting', commit, generation, digest, bound: stored?.bound ?? null, grant, reason: null, needs: null };
}

/** The same secret, another pinned version. */
export function isRotation(before: Bound | null, declared: DesiredSecretBinding): boolean {
  return before !== null && before.vault === declared.vault && before.secret === declared.secret && before.version !== declared.version;
}
