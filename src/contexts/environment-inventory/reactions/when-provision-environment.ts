import { reaction, type Delivery, type Reaction } from '../../../kernel/context.ts';
import { tagNames, type DesiredEnvironment } from '../../../kernel/desired-state.ts';
import { canonicalJson } from '../../../kernel/digest.ts';
import { emit, type Envelope } from '../../../kernel/envelope.ts';
import { OutOfBounds, Rejected } from '../../../kernel/errors.ts';
import type { OperationToken } from '../../../kernel/operation.ts';
import { done, saveIfChanged, stalled, wait, type Outcome, type Save } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { identityTenant, ownTags, placeTags } from '../domain/ownership.ts';
import { nextStep, type Step } from '../domain/provisioning-step.ts';
import { environmentKey, following, immutableChanges, immutableWords, operationOf, runtimeEnvironment, type Intent, type RuntimeEnvironment } from '../domain/runtime-environment.ts';
import { clearanceKey, clearanceOf, tenantClearance } from '../domain/tenant-clearance.ts';
import { observePlace } from '../steps/observe-place.ts';
import type { EnvironmentInventoryPorts } from '../ports.ts';

type Command = Envelope<'ProvisionEnvironment'>;

/** Azure needs minutes for a managed environment; what takes longer needs a person. */
const patienceMs = 45 * 60_000;
const clearancePatienceMs = 10 * 60_000;
const lookAgainMs = 2000;

export function whenProvisionEnvironment(ports: EnvironmentInventoryPorts): Reaction {
  return reaction({
    name: 'when-provision-environment',
    on: 'ProvisionEnvironment',
    writes: ({ payload }) => `environment-inventory/${payload.environment}`,
    handle: (envelope, delivery) => provision(ports, envelope, delivery),
  });
}

async function provision(ports: EnvironmentInventoryPorts, command: Command, delivery: Delivery): Promise<Outcome> {
  const { tenantId, payload } = command;
  const stored = await ports.store.load(environmentKey(tenantId, payload.environment), runtimeEnvironment);
  if (stored !== null && stored.value.generation > payload.generation) return done();
  try {
    const desired = await ports.desired.at(tenantId, payload.environment, payload.commit);
    return desired === null ? done() : await toward(ports, { command, delivery, stored, desired }).catch((error: unknown) => refusedOutright(command, error));
  } catch (error) {
    if (error instanceof OutOfBounds) return refused(command, error.message, error.needs);
    throw error;
  }
}

interface Work {
  readonly command: Command;
  readonly delivery: Delivery;
  readonly stored: Stored<RuntimeEnvironment> | null;
  readonly desired: DesiredEnvironment;
}

async function toward(ports: EnvironmentInventoryPorts, work: Work): Promise<Outcome> {
  const { command, stored, desired } = work;
  const [change] = immutableChanges(stored?.value ?? null, desired);
  if (change !== undefined) {
    const { reason, needs } = immutableWords(desired.name, change);
    return refused(command, reason, needs);
  }
  const known = await ports.store.load(clearanceKey(command.tenantId, desired.name, desired.tenant), tenantClearance);
  const clearance = clearanceOf(desired, known?.value ?? null, command.payload.generation);
  if (clearance.is === 'refused') return refused(command, clearance.reason, clearance.needs);
  if (clearance.is === 'awaited') return awaitClearance(ports, work);
  return follow(ports, work, following(stored?.value ?? null, desired, command.payload));
}

function awaitClearance({ clock }: EnvironmentInventoryPorts, { command, delivery, desired }: Work): Outcome {
  if (clock.now() - delivery.publishedAt < clearancePatienceMs) return wait(backoffMs(delivery), `the binding of tenant ${desired.tenant} to ${desired.name} is not decided`);
  return refused(command, `The binding of tenant ${desired.tenant} to ${desired.name} was not decided in time.`, 'Look at the jobs of tenant-isolation and re-run the check.');
}

function backoffMs({ attempt }: Delivery): number {
  return Math.min(250 * 2 ** Math.min(attempt, 6), 10_000);
}

/** One look at Azure and at most one write to it. */
async function follow(ports: EnvironmentInventoryPorts, work: Work, aggregate: RuntimeEnvironment): Promise<Outcome> {
  const { command, delivery, desired } = work;
  const { tenantId } = command;
  const operation = operationOf(aggregate);
  if (operation !== null) {
    const status = await ports.resources.operation(tenantId, operation, delivery.signal);
    if (status.status === 'running') return late(ports, work) ?? wait(status.lookAgainMs, 'Azure creates the managed environment', saving(work, aggregate));
    if (status.status === 'failed') return creationFailed(work, aggregate, status.code);
  }
  const idle = { ...aggregate, operation: null };
  const step = nextStep(desired, tenantId, await observePlace(ports.resources, tenantId, desired, delivery.signal));
  switch (step.step) {
    case 'refuse':
      return refusedByAzure(work, idle, step);
    case 'not-ready':
      return late(ports, work) ?? wait(lookAgainMs, 'the managed environment is not ready', saving(work, { ...idle, status: 'Provisioning' }));
    case 'write':
      return intended(idle, step.intent) ? write(ports, work, idle, step.intent) : wait(0, 'the next write is saved', saving(work, { ...idle, status: 'Provisioning', intent: step.intent }));
    case 'complete':
      return complete(ports, work, idle, step);
  }
}

function intended({ intent }: RuntimeEnvironment, next: Intent): boolean {
  return canonicalJson(intent) === canonicalJson(next);
}

async function write({ resources }: EnvironmentInventoryPorts, work: Work, aggregate: RuntimeEnvironment, intent: Intent): Promise<Outcome> {
  const { delivery, command } = work;
  const why = { commit: command.payload.commit, policy: `environment provisioning, ${intent.write.replaceAll('-', ' ')}` };
  const operation = await delivery.write(why, () => written(resources, work, intent));
  return wait(0, 'written; look again', saving(work, { ...aggregate, intent: null, operation }));
}

/** @returns what has to be followed; null for what is done with its answer. */
async function written(resources: EnvironmentInventoryPorts['resources'], { command, delivery, desired }: Work, intent: Intent): Promise<OperationToken | null> {
  const { tenantId, traceId } = command;
  const { azure, region } = desired;
  const { signal } = delivery;
  const own = intent.write === 'ensure-identity' ? ownTags(desired, tenantId, identityTenant(desired, intent.name)) : placeTags(desired, tenantId);
  const tags = { ...own, [tagNames.trace]: traceId };
  switch (intent.write) {
    case 'ensure-resource-group':
      await resources.ensureResourceGroup(tenantId, azure, region, tags, signal);
      return null;
    case 'create-managed-environment':
      return resources.createManagedEnvironment(tenantId, azure, region, tags, signal);
    case 'tag-managed-environment':
      await resources.tagManagedEnvironment(tenantId, azure, tags, signal);
      return null;
    case 'ensure-identity':
      await resources.ensureIdentity(tenantId, azure, intent.name, region, tags, signal);
      return null;
  }
}

function complete({ clock }: EnvironmentInventoryPorts, work: Work, aggregate: RuntimeEnvironment, { provisioned }: Extract<Step, { step: 'complete' }>): Outcome {
  const { tenantId, payload } = work.command;
  const before = aggregate.provisioned;
  const unchanged = before !== null && canonicalJson({ ...before, at: null }) === canonicalJson({ ...provisioned, at: null });
  const at = unchanged ? before.at : new Date(clock.now()).toISOString();
  const { digest, managedEnvironmentId, defaultDomain } = provisioned;
  const value: RuntimeEnvironment = { ...aggregate, status: 'Provisioned', intent: null, provisioned: { ...provisioned, at } };
  const about = { projectId: work.desired.project ?? undefined };
  return done(saving(work, value), [
    emit('RuntimeEnvironmentProvisioned', tenantId, { ...payload, digest, managedEnvironmentId, defaultDomain }, about),
    emit('RefreshInventory', tenantId, { environment: payload.environment }, about),
  ]);
}

function late({ clock }: EnvironmentInventoryPorts, work: Work): Outcome | null {
  if (clock.now() - work.delivery.publishedAt < patienceMs) return null;
  const reason = `Azure did not finish managed environment ${work.desired.azure.managedEnvironment} within ${patienceMs / 60_000} minutes.`;
  return refused(work.command, reason, 'Look at the managed environment in the Azure portal, then re-run the check.');
}

/** What is wanted may be refused while what is there goes on: only an environment that never was ready becomes Failed. */
function failing(work: Work, aggregate: RuntimeEnvironment, reason: string, needs: string): Outcome {
  const status = aggregate.provisioned === null ? 'Failed' : 'Provisioned';
  return refused(work.command, reason, needs, saving(work, { ...aggregate, status, intent: null, operation: null, reason, needs }));
}

function creationFailed(work: Work, aggregate: RuntimeEnvironment, code: string): Outcome {
  const { resourceGroup, managedEnvironment } = work.desired.azure;
  const reason = `Azure could not create managed environment ${managedEnvironment}${/^\w{1,80}$/.test(code) ? ` (${code})` : ''}.`;
  const needs = `Look at the deployments and the activity log of resource group ${resourceGroup}, put right what Azure names there, and re-run the check.`;
  return failing(work, aggregate, reason, needs);
}

function refusedByAzure(work: Work, aggregate: RuntimeEnvironment, { refusals }: Extract<Step, { step: 'refuse' }>): Outcome {
  return failing(work, aggregate, refusals.map(({ reason }) => reason).join(' '), [...new Set(refusals.map(({ needs }) => needs))].join(' '));
}

/** A limit of the subscription, or a policy of it: nobody is told of it in any other way. */
function refusedOutright(command: Command, error: unknown): Outcome {
  if (!(error instanceof Rejected)) throw error;
  const { code } = error;
  const reason = `Azure refuses to set up environment ${command.payload.environment}${code === null ? '' : ` (${code})`}.`;
  return refused(command, reason, 'Look at limits and policies of the subscription in the Azure portal, and re-run the check.');
}

function refused({ tenantId, payload }: Command, reason: string, needs: string, saves: readonly Save[] = []): Outcome {
  const sentences = { reason: reason.slice(0, 2000), needs: needs.slice(0, 2000) };
  return stalled(sentences.reason, sentences.needs, saves, [emit('RuntimeEnvironmentProvisioningFailed', tenantId, { ...payload, ...sentences })]);
}

function saving({ command, stored }: Work, value: RuntimeEnvironment): readonly Save[] {
  return saveIfChanged(environmentKey(command.tenantId, command.payload.environment), stored, value);
}
