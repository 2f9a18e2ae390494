import { reaction, type Reaction } from '../../../kernel/context.ts';
import { emit, type Envelope } from '../../../kernel/envelope.ts';
import { OutOfBounds } from '../../../kernel/errors.ts';
import { done, stalled, type Outcome } from '../../../kernel/outcome.ts';
import { configurationKey, publish, runtimeConfiguration } from '../domain/runtime-configuration.ts';
import type { ConfigurationSecretsPorts } from '../ports.ts';

export function whenPublishConfiguration(ports: ConfigurationSecretsPorts): Reaction {
  return reaction({
    name: 'when-publish-configuration',
    on: 'PublishConfiguration',
    handle: (envelope) => publishConfiguration(ports, envelope).catch(refused),
  });
}

async function publishConfiguration({ store, clock, desired }: ConfigurationSecretsPorts, { tenantId, payload }: Envelope<'PublishConfiguration'>): Promise<Outcome> {
  const { environment, commit, generation } = payload;
  const at = await desired.at(tenantId, environment, commit);
  const declared = at?.configurations.find(({ name, tenant }) => name === payload.configuration && tenant === payload.tenant);
  if (declared === undefined) return done();
  const key = configurationKey(tenantId, environment, declared);
  const stored = await store.load(key, runtimeConfiguration);
  const publishedAt = new Date(clock.now()).toISOString();
  const value = publish(stored?.value ?? null, declared, { environment, commit, generation, publishedAt });
  const saves = value === null ? [] : [{ key, expectedVersion: 0, value }];
  return done(saves, [emit('ConfigurationSynced', tenantId, { ...payload, version: declared.version })]);
}

/** Whoever asked hears of it from tenant-isolation. */
function refused(error: unknown): Outcome {
  if (error instanceof OutOfBounds) return stalled(error.message, error.needs);
  throw error;
}
