import { reaction, type Reaction } from '../../../kernel/context.ts';
import { emit, type Envelope } from '../../../kernel/envelope.ts';
import { done, saveIfChanged, stalled, type Outcome, type Save } from '../../../kernel/outcome.ts';
import type { Problem } from '../../../kernel/problem.ts';
import { bindingProblems, rightsOf } from '../domain/bounds.ts';
import { bindingOf } from '../domain/placement.ts';
import { bindingKey, decide, runtimeTenantBinding } from '../domain/runtime-tenant-binding.ts';
import type { TenantIsolationPorts } from '../ports.ts';

/** Looks at the whole environment at the commit, so that a changed service is held to placement, quota and grant as a changed binding is. */
export function whenBindTenant(ports: TenantIsolationPorts): Reaction {
  return reaction({
    name: 'when-bind-tenant',
    on: 'BindTenant',
    handle: (envelope) => bind(ports, envelope),
  });
}

type Command = Envelope<'BindTenant'>;

async function bind(ports: TenantIsolationPorts, command: Command): Promise<Outcome> {
  const { tenantId, payload } = command;
  const key = bindingKey(tenantId, payload.environment, payload.tenant);
  const stored = await ports.store.load(key, runtimeTenantBinding);
  if (stored !== null && stored.value.generation > payload.generation) return done();
  const environment = await ports.desired.at(tenantId, payload.environment, payload.commit);
  const forgotten = stored === null ? [] : [{ key, expectedVersion: stored.version, value: null }];
  if (environment === null) return done(forgotten);
  const problems = bindingProblems(environment, payload.tenant, rightsOf(ports.grants, tenantId, payload.tenant));
  const declared = bindingOf(environment, payload.tenant);
  if (declared === null) return environment.tenant === payload.tenant ? ownerUnbound(command, problems, forgotten) : done(forgotten);

  const binding = decide(declared, payload, problems);
  const saves = saveIfChanged(key, stored, binding);
  const { isolation, digest, reason, needs } = binding;
  if (reason === null || needs === null) return done(saves, [emit('RuntimeTenantBound', tenantId, { ...payload, isolation, digest })]);
  return refused(command, reason, needs, saves);
}

/** There is nothing to keep a record of, and nothing may come of it either where the owner lacks the right. */
function ownerUnbound(command: Command, [first]: readonly Problem[], saves: readonly Save[]): Outcome {
  return first === undefined ? done(saves) : refused(command, first.message, first.hint ?? 'Correct the manifest.', saves);
}

function refused({ tenantId, payload }: Command, reason: string, needs: string, saves: readonly Save[]): Outcome {
  return stalled(reason, needs, saves, [emit('RuntimeTenantBindingRefused', tenantId, { ...payload, reason, needs })]);
}
