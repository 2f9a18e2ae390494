import { emit } from '../../../kernel/envelope.ts';
import { deploymentIdOf } from '../../../kernel/ids.ts';
import { inBatches } from '../../../kernel/in-batches.ts';
import { done, stalled, type Outcome } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { remember, type DeploymentQueue } from '../domain/deployment-queue.ts';
import { announce, deploymentKey, newDeployment, type RuntimeDeployment } from '../domain/runtime-deployment.ts';
import { isLeftOut, type ServiceRollout } from '../domain/service-rollout.ts';
import { inTheirWords } from '../domain/taken-back.ts';
import type { DeploymentPorts } from '../ports.ts';
import { backOf } from './back-of.ts';
import { saveHandled, type Command } from './command.ts';
import { declaredAt } from './declared-at.ts';
import { lastSequence, newestFirst, removals } from './history.ts';

export interface RollbackCommand extends Command {
  readonly project: string | null;
  readonly trace: string;
  /** Empty: all that the last deployment brought. */
  readonly services: readonly string[];
  /** Of those, what serves a release that was never found good; where none does, nothing is done. */
  readonly unprovenOnly?: boolean | undefined;
}

/** Azure throttles a burst of reads. */
const together = 8;

/**
 * A deployment of its own that only goes back: each service to its newest known-good release before the one that serves. It speaks for
 * the commit that brought what is taken back. That there is nothing to go back to is an end of it, and said.
 */
export async function requestRollback(ports: DeploymentPorts, command: RollbackCommand, queue: Stored<DeploymentQueue>): Promise<Outcome> {
  const { tenantId, environment } = command;
  const meant = await meantBy(ports, command, queue.value);
  if (meant === null) return stalled(`${environment} was never deployed to`, 'Name an environment of this repository.', [saveHandled(ports, command, queue)]);
  const base = await baseOf(ports, command, queue.value, meant);
  const declared = await declaredAt(ports, { tenantId, environment, commit: meant.commit });
  const end = (deployment: RuntimeDeployment): Promise<Outcome> => committed(ports, command, queue, deployment);
  if (declared.is === 'unusable') return end({ ...base, state: 'Failed', reason: `Nothing was taken back. ${declared.reason}`, needs: declared.needs });

  const known = { ...base, project: declared.desired.project };
  const looked = await inBatches(meant.names, together, (name) => backOf(ports, { command, desired: declared.desired, name, brought: meant.brought.get(name) ?? null }));
  const services = looked.filter((one) => one !== null);
  if (services.some((one) => !isLeftOut(one))) return end({ ...known, services: [...services] });
  if (command.unprovenOnly === true) return done([saveHandled(ports, command, queue)]);
  return end({ ...known, services: [...services], state: 'Failed', ...whyNothing(services) });
}

interface Meant {
  readonly names: readonly string[];
  readonly commit: string;
  readonly generation: number;
  /** How the last deployment of each tells of it. */
  readonly brought: ReadonlyMap<string, ServiceRollout>;
}

/** The services, and the newest deployment that brought one of them; without any, Git's newest commit. Null when there is none. */
async function meantBy(ports: DeploymentPorts, { tenantId, environment, services }: RollbackCommand, queue: DeploymentQueue): Promise<Meant | null> {
  let last: RuntimeDeployment | null = null;
  let source: RuntimeDeployment | null = null;
  const brought = new Map<string, ServiceRollout>();
  for await (const deployment of newestFirst(ports, tenantId, queue)) {
    last ??= deployment;
    const done = deployment.services.filter(({ service, step }) => step === 'done' && (services.length === 0 || services.includes(service)));
    if (done.length > 0) source ??= deployment;
    for (const one of done) if (!brought.has(one.service)) brought.set(one.service, one);
    if (source !== null && services.every((name) => brought.has(name))) break;
  }
  const from = source ?? last ?? (await ports.desired.current(tenantId, environment));
  if (from === null) return null;
  const { commit, generation } = from;
  return { names: services.length > 0 ? [...new Set(services)] : [...brought.keys()], commit, generation, brought };
}

async function baseOf(ports: DeploymentPorts, command: RollbackCommand, { history }: DeploymentQueue, { commit, generation }: Meant): Promise<RuntimeDeployment> {
  const { tenantId, environment, eventId, project, trace } = command;
  const deploymentId = `${deploymentIdOf(environment, generation)}-back-${eventId.slice(-12)}`;
  const sequence = (await lastSequence(ports, tenantId, { environment, generation, history })) + 1;
  return newDeployment({ deploymentId, environment, project, commit, generation, trace, sequence, state: 'RollingBack', services: [], reason: inTheirWords(command) }, ports.clock.now());
}

function whyNothing(services: readonly ServiceRollout[]): Pick<RuntimeDeployment, 'reason' | 'needs'> {
  const shown = services.slice(0, 5).map(({ service, refusal }) => `${service}: ${refusal?.reason}`);
  const more = services.length > shown.length ? [`${services.length - shown.length} more`] : [];
  const needs = [...new Set(services.flatMap(({ refusal }) => refusal?.needs ?? []))].slice(0, 3).join(' ');
  const why = services.length === 0 ? ['No deployment that is remembered brought a service'] : [...shown, ...more];
  return { reason: `Nothing was taken back. ${why.join('. ')}`.slice(0, 2000), needs: needs === '' ? 'Name the service, or revert the commit.' : needs.slice(0, 2000) };
}

async function committed(ports: DeploymentPorts, command: RollbackCommand, queue: Stored<DeploymentQueue>, deployment: RuntimeDeployment): Promise<Outcome> {
  const { tenantId, environment } = command;
  const { deploymentId } = deployment;
  const { history, dropped } = remember(queue.value.history, deploymentId);
  const saves = [
    saveHandled(ports, command, queue, { current: deploymentId, history }),
    { key: deploymentKey(tenantId, deploymentId), expectedVersion: 0, value: deployment },
    ...(await removals(ports, tenantId, dropped)),
  ];
  return done(saves, [announce(tenantId, deployment), emit('AdvanceDeployment', tenantId, { environment, urgent: true })]);
}
