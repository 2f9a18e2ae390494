import { z } from 'zod';
import type { TenantId } from '../../../kernel/ids.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';
import { ledger } from './ledger-entry.ts';
import { quarantine } from './quarantine-entry.ts';
import { release } from './service-rollout.ts';

const secretReference = z.strictObject({ name: z.string(), keyVaultUrl: z.string(), identity: z.string() });
export type SecretReference = z.infer<typeof secretReference>;

export const appliedApp = z.strictObject({
  /** What was applied last, good or not: the third side of the comparison. */
  applied: release.nullable(),
  /** The newest known-good release: what a rollback goes back to. */
  good: release.nullable(),
  /** References of every secret that was sent: Azure may show them by name only, and a list is replaced whole. */
  secrets: z.array(secretReference),
  ledger: ledger.default([]),
  quarantine: quarantine.default([]),
  /** Names of the app's secrets that a revision may refer to, by the suffix of its name: Azure does not show them. Absent: any of them. */
  revisionSecrets: z.record(z.string(), z.array(z.string())).default({}),
});

/** What is known about the writes to one container app. Lost, it is found again from Git through the app's tags. */
export type AppliedApp = z.infer<typeof appliedApp>;

export const nothingApplied: AppliedApp = { applied: null, good: null, secrets: [], ledger: [], quarantine: [], revisionSecrets: {} };

export function appliedKey(tenantId: TenantId, environment: string, service: string): AggregateKey {
  return { tenantId, type: 'AppliedApp', id: `${environment}.${service}` };
}
