import { reaction, type Reaction } from '../../../kernel/context.ts';
import { emit, type Envelope } from '../../../kernel/envelope.ts';
import { OutOfBounds } from '../../../kernel/errors.ts';
import { done, type Outcome, type Save } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { environmentKey, runtimeEnvironment, type RuntimeEnvironment } from '../domain/runtime-environment.ts';
import type { EnvironmentInventoryPorts } from '../ports.ts';
import { forgetServices } from '../steps/inventory.ts';

/** Forgets; deletes nothing and leaves the tags, by which the environment is known again when it is declared again. */
export function whenUnmanageEnvironment(ports: EnvironmentInventoryPorts): Reaction {
  return reaction({
    name: 'when-unmanage-environment',
    on: 'UnmanageEnvironment',
    writes: ({ payload }) => `environment-inventory/${payload.environment}`,
    handle: (envelope) => unmanage(ports, envelope),
  });
}

async function unmanage(ports: EnvironmentInventoryPorts, command: Envelope<'UnmanageEnvironment'>): Promise<Outcome> {
  const { tenantId, payload } = command;
  const stored = await ports.store.load(environmentKey(tenantId, payload.environment), runtimeEnvironment);
  if (stored !== null && stored.value.generation > payload.generation) return done();
  if (await isDeclared(ports, command)) return done();
  const saves = stored === null ? [] : await forgetting(ports, command, stored);
  return done(saves, [emit('RuntimeEnvironmentDecommissioned', tenantId, payload)]);
}

async function isDeclared({ desired }: EnvironmentInventoryPorts, { tenantId, payload }: Envelope<'UnmanageEnvironment'>): Promise<boolean> {
  try {
    return (await desired.at(tenantId, payload.environment, payload.commit)) !== null;
  } catch (error) {
    if (error instanceof OutOfBounds) return true;
    throw error;
  }
}

async function forgetting(ports: EnvironmentInventoryPorts, { tenantId, payload }: Envelope<'UnmanageEnvironment'>, stored: Stored<RuntimeEnvironment>): Promise<Save[]> {
  if (stored.value.status === 'Unmanaged') return [];
  const { environment, commit, generation } = payload;
  const services = await forgetServices(ports, { tenantId, environment }, stored.value.services);
  const value: RuntimeEnvironment = {
    ...stored.value,
    commit,
    generation,
    status: 'Unmanaged',
    intent: null,
    operation: null,
    services: [],
    reason: null,
    needs: null,
    decommissionedAt: new Date(ports.clock.now()).toISOString(),
  };
  return [{ key: environmentKey(tenantId, environment), expectedVersion: stored.version, value }, ...services];
}
