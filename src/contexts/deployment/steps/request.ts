import type { DesiredEnvironment } from '../../../kernel/desired-state.ts';
import { emit, type EmittedMessage } from '../../../kernel/envelope.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { done, type Outcome, type Save } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { declaredRollouts } from '../domain/declared-rollouts.ts';
import { announce, deploymentKey, inState, newDeployment, type RuntimeDeployment } from '../domain/runtime-deployment.ts';
import { deploymentQueue, emptyQueue, queueKey, remember, saveQueue, type DeploymentQueue } from '../domain/deployment-queue.ts';
import { carriedOver, isKnownTo, owedAfter, owedUnread, stillDeclared, withoutLacks, type OwedServices } from '../domain/owed.ts';
import { isEnd } from '../domain/transitions.ts';
import type { DeploymentPorts } from '../ports.ts';
import { askAgain } from './ask-again.ts';
import { declaredAt, readable } from './declared-at.ts';
import { lastSequence, loadDeployment, removals } from './history.ts';

export interface Request {
  readonly tenantId: TenantId;
  readonly deploymentId: string;
  readonly environment: string;
  readonly project: string | null;
  readonly commit: string;
  readonly generation: number;
  readonly trace: string;
  readonly services: readonly string[];
  readonly reason: string | null;
  /** Git did not change. */
  readonly isCorrection: boolean;
}

type RequestPorts = Pick<DeploymentPorts, 'store' | 'desired' | 'clock'>;

/**
 * Makes the deployment that was asked for, to run at once or behind the one that runs, with what earlier ones did not bring. Asked twice,
 * or late, it changes nothing.
 */
export async function request(ports: RequestPorts, asked: Request): Promise<Outcome> {
  const { tenantId, environment, deploymentId } = asked;
  const stored = (await ports.store.load(queueKey(tenantId, environment), deploymentQueue)) ?? emptyQueue;
  const queue = stored.value;
  if (isOld(queue, asked)) return done();

  const declared = await declaredAt(ports, asked);
  // What cannot be used becomes a deployment that fails and says so.
  const desired = declared.is === 'declared' ? declared.desired : null;
  const current = await loadDeployment(ports, tenantId, queue.current);
  const replaced = await loadDeployment(ports, tenantId, queue.next);
  const left = replaced === null ? queue.owed : owedAfter(queue.owed, replaced.value);
  const owed = desired === null ? left : await withoutRemoved(ports, asked, desired, left);
  const names = [...new Set([...asked.services, ...carriedOver(owed)])];
  const spoken = await lastSequence(ports, tenantId, { ...asked, history: queue.history });
  // The one that is replaced says one thing more.
  const sequence = spoken + (replaced?.value.generation === asked.generation ? 2 : 1);
  const deployment = requestedDeployment(ports, { ...asked, services: names }, { desired, owed, sequence });
  const brought = deployment.services.map(({ service }) => service);
  if (asked.isCorrection && desired !== null && brought.length === 0) return nothingToCorrect(asked, stored, owed);
  const unread = desired === null ? names : [];
  const { history, dropped } = remember(queue.history, deploymentId);
  const saves: Save[] = [
    saveQueue(tenantId, environment, stored, { ...placeOf(queue, current, deploymentId), generation: asked.generation, history, services: servicesAfter(queue, desired, deployment), owed: owedUnread(withoutLacks(owed, brought), unread, asked.generation) }),
    { key: deploymentKey(tenantId, deploymentId), expectedVersion: 0, value: deployment },
    ...(await removals(ports, tenantId, dropped.filter((id) => id !== queue.current && id !== queue.next))),
  ];
  const ended = replacedBy(ports, tenantId, replaced);
  const advance = emit('AdvanceDeployment', tenantId, { environment });
  // A correction of a newer generation came with a merge, which asks for all that is owed.
  const isMerge = !asked.isCorrection || asked.generation > queue.generation;
  const again = desired === null || !isMerge ? [] : askAgain(tenantId, desired, asked, lacksOf(owed, brought));
  return done([...saves, ...ended.saves], [announce(tenantId, deployment), ...ended.emits, ...again, advance]);
}

/** Git declares nothing of it any more. A deployment of nothing would be green. */
function nothingToCorrect({ tenantId, environment }: Request, queue: Stored<DeploymentQueue>, owed: OwedServices): Outcome {
  const isSame = Object.keys(owed).length === Object.keys(queue.value.owed).length;
  return done(isSame ? [] : [saveQueue(tenantId, environment, queue, { owed })]);
}

/** At once, or behind the one that runs. */
function placeOf(queue: DeploymentQueue, current: Stored<RuntimeDeployment> | null, deploymentId: string): Pick<DeploymentQueue, 'current' | 'next'> {
  return current !== null && !isEnd(current.value.state) ? { current: queue.current, next: deploymentId } : { current: deploymentId, next: null };
}

/** Without what Git declares no more, and with what is asked for. */
function servicesAfter({ services }: DeploymentQueue, desired: DesiredEnvironment | null, asked: RuntimeDeployment): DeploymentQueue['services'] {
  const names = desired === null ? null : serviceNames(desired);
  const left = Object.entries(services).filter(([name]) => names === null || names.includes(name));
  return Object.fromEntries([...left, ...asked.services.map(({ service, tenant }) => [service, tenant] as const)]);
}

function lacksOf(owed: OwedServices, names: readonly string[]): readonly string[] {
  return [...new Set(names.flatMap((name) => owed[name]?.lacks ?? []))];
}

/** A file that cannot be read may hide a service from its commit; what it declared before is then among what is declared wrongly now. */
async function withoutRemoved({ desired }: RequestPorts, { tenantId, environment }: Request, at: DesiredEnvironment, owed: OwedServices): Promise<OwedServices> {
  if (Object.keys(owed).every((name) => serviceNames(at).includes(name))) return owed;
  const now = (await readable(desired.current(tenantId, environment)))?.environment ?? null;
  return now === null ? owed : stillDeclared(owed, new Set([...serviceNames(at), ...serviceNames(now)]));
}

function serviceNames({ services, invalid }: DesiredEnvironment): readonly string[] {
  return [...services, ...invalid.filter(({ kind }) => kind === 'RuntimeService')].map(({ name }) => name);
}

/** At the generation that is known there may be corrections, and the Deploy that one of them was faster than. */
function isOld(queue: DeploymentQueue, { generation, deploymentId }: Request): boolean {
  return generation < queue.generation || queue.history.includes(deploymentId);
}

function replacedBy({ clock }: RequestPorts, tenantId: TenantId, replaced: Stored<RuntimeDeployment> | null): { readonly saves: Save[]; readonly emits: EmittedMessage[] } {
  if (replaced === null) return { saves: [], emits: [] };
  const { value, version } = replaced;
  const superseded = inState(value, 'Superseded', clock.now(), { reason: 'A newer deployment took over before it began' });
  const ended = { ...superseded, sequence: value.sequence + 1 };
  return { saves: [{ key: deploymentKey(tenantId, ended.deploymentId), expectedVersion: version, value: ended }], emits: [announce(tenantId, ended)] };
}

interface Known {
  readonly desired: DesiredEnvironment | null;
  readonly owed: OwedServices;
  readonly sequence: number;
}

function requestedDeployment({ clock }: RequestPorts, asked: Request, { desired, owed, sequence }: Known): RuntimeDeployment {
  const { deploymentId, environment, commit, generation, trace, reason } = asked;
  const project = desired?.project ?? asked.project;
  const services = desired === null ? [] : declaredRollouts(desired, asked.services).map((one) => ({ ...one, mayStay: isKnownTo(owed, one) }));
  return newDeployment({ deploymentId, environment, project, commit, generation, trace, sequence, state: 'Requested', services, reason }, clock.now());
}
