import { z } from 'zod';
import type { DesiredConfiguration } from '../../../kernel/desired-state.ts';
import { canonicalJson } from '../../../kernel/digest.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { commit, generation, name } from '../../../kernel/messages/shapes.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';

export const runtimeConfiguration = z.strictObject({
  environment: name,
  configuration: name,
  tenant: name,
  version: z.string(),
  values: z.record(z.string(), z.string()),
  /** Where it was published first. */
  commit,
  generation,
  publishedAt: z.iso.datetime(),
});

/** One version of a configuration in an environment: immutable, addressed by its content, kept for good. */
export type RuntimeConfiguration = z.infer<typeof runtimeConfiguration>;

export function configurationKey(owner: TenantId, environment: string, { name: configuration, version }: Pick<DesiredConfiguration, 'name' | 'version'>): AggregateKey {
  return { tenantId: owner, type: 'RuntimeConfiguration', id: `${environment}.${configuration}.${version}` };
}

interface At {
  readonly environment: string;
  readonly commit: string;
  readonly generation: number;
  readonly publishedAt: string;
}

/** @returns null when that version is published already. @throws {RangeError} when it was published with other values. */
export function publish(stored: RuntimeConfiguration | null, declared: DesiredConfiguration, at: At): RuntimeConfiguration | null {
  const { name: configuration, tenant, version, values } = declared;
  if (stored === null) return { ...at, configuration, tenant, version, values };
  if (canonicalJson(stored.values) !== canonicalJson(values)) throw new RangeError(`version ${version} of ${configuration} was published with other values`);
  return null;
}
