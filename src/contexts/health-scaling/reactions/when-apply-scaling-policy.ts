import { reaction, type Delivery, type Reaction } from '../../../kernel/context.ts';
import { appId, type ObservedApp } from '../../../kernel/container-app.ts';
import type { DesiredEnvironment, DesiredScalingPolicy, DesiredService } from '../../../kernel/desired-state.ts';
import { digestOf } from '../../../kernel/digest.ts';
import { emit, type Envelope } from '../../../kernel/envelope.ts';
import { OutOfBounds, Rejected } from '../../../kernel/errors.ts';
import type { OperationToken } from '../../../kernel/operation.ts';
import { done, wait, type Outcome, type Save } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { asItRuns } from '../../../kernel/taken-over.ts';
import { outcomeKey, requestKey, rolloutOutcome, rolloutRequest } from '../domain/rollout-outcome.ts';
import { policyKey, scalePatch, scaleState, scalingPolicy, type ScalingPolicy } from '../domain/scaling-policy.ts';
import type { HealthScalingPorts } from '../ports.ts';

const lookMs = 3000;
const deploymentMs = 120 * 60_000;
const writeMs = 20 * 60_000;
/** Commands come after the commit that they are about, and the news of its deployment after them. */
const newsMs = 10 * 60_000;
/** What is declared wrongly waits for a person. */
const wrongMs = 60_000;
/** Between two writes of the same scale to one service: each makes its template anew, and somebody else undoes it. */
const cooldownMs = 5 * 60_000;

type Command = Envelope<'ApplyScalingPolicy'>;

export function whenApplyScalingPolicy(ports: HealthScalingPorts): Reaction {
  return reaction({
    name: 'when-apply-scaling-policy',
    on: 'ApplyScalingPolicy',
    writes: ({ tenantId, payload }) => `${tenantId}.${payload.environment}`,
    handle: async (command, delivery) => {
      const { tenantId, payload } = command;
      const stored = await ports.store.load(policyKey(tenantId, payload.environment, payload.service), scalingPolicy);
      if (stored !== null && stored.value.generation >= payload.generation) return done();
      const waiting = await deploymentStanding(ports, command, delivery);
      if (waiting !== null && waiting !== 'incomplete') return waiting;
      const newest = await newestDeclared(ports, command).catch(outOfBounds);
      if (newest instanceof OutOfBounds) return refused(command, stored, { reason: newest.message, needs: newest.needs });
      const { environment, commit, generation } = newest;
      const policy = environment?.scaling.find((one) => one.name === payload.policy && one.tenant === payload.tenant && one.service === payload.service);
      const service = environment?.services.find(({ name }) => name === payload.service);
      if (!environment || policy === undefined || service === undefined) return undeclared(ports, command, stored, newest, delivery);
      return apply(ports, command, stored, { environment, commit, generation, policy, service, mayWrite: waiting === null }, delivery);
    },
  });
}

type Newest = Pick<Declared, 'commit' | 'generation'> & { readonly environment: DesiredEnvironment | null };

/** A command says what to look at: a commit that came after it may declare another scale, and writing the older one would undo it. */
async function newestDeclared({ desired }: HealthScalingPorts, { tenantId, payload }: Command): Promise<Newest> {
  const { environment, commit, generation } = payload;
  const current = await desired.current(tenantId, environment);
  if (current !== null && current.generation > generation) return current;
  return { environment: await desired.at(tenantId, environment, commit), commit, generation };
}

/** What a newer commit took away is not missed; what it declares wrongly stays as it is until it is put right. */
function undeclared({ clock }: HealthScalingPorts, command: Command, stored: StoredPolicy, { environment, generation }: Newest, { publishedAt }: Delivery): Outcome {
  const { policy, service } = command.payload;
  if (generation === command.payload.generation) return refused(command, stored, { reason: 'The commit declares no such policy or service', needs: 'Declare both, or neither.' });
  const isWrong = environment?.invalid.some(({ kind, name }) => (kind === 'ScalingPolicy' && name === policy) || (kind === 'RuntimeService' && name === service));
  if (isWrong !== true) return done([save(command, stored, { generation: command.payload.generation, write: null })]);
  if (clock.now() - publishedAt < deploymentMs) return wait(wrongMs, 'a newer commit declares it wrongly');
  return refused(command, stored, { reason: 'A newer commit declares the policy or its service wrongly', needs: 'Correct the manifest.' });
}

function outOfBounds(error: unknown): OutOfBounds {
  if (error instanceof OutOfBounds) return error;
  throw error;
}

const rolledBackWith = {
  reason: 'The deployment that writes this scaling did not complete, and its scaling went with it',
  needs: 'Merge a fix: its deployment writes the scaling.',
};

/** With a deployment's id the deployment writes the scale; this waits for its end, and for that of any newer one. One that did not complete may still have brought this service. */
async function deploymentStanding({ store, clock }: HealthScalingPorts, { tenantId, payload }: Command, { publishedAt }: Delivery): Promise<Outcome | 'incomplete' | null> {
  const requested = await store.load(requestKey(tenantId, payload.environment), rolloutRequest);
  const outcome = await store.load(outcomeKey(tenantId, payload.environment), rolloutOutcome);
  const ended = outcome?.value.generation ?? 0;
  const awaited = Math.max(payload.deploymentId === null ? 0 : payload.generation, requested?.value.generation ?? 0);
  if (ended < awaited) return clock.now() - publishedAt > deploymentMs ? 'incomplete' : wait(lookMs, `the deployment of generation ${awaited} runs`);
  return payload.deploymentId === null || outcome?.value.isCompleted === true ? null : 'incomplete';
}

interface Declared {
  readonly environment: DesiredEnvironment;
  readonly commit: string;
  /** Of the commit that declares it: the command's, or the newest. */
  readonly generation: number;
  readonly policy: DesiredScalingPolicy;
  readonly service: DesiredService;
  /** False when the deployment that was to write the scale did not complete: then this only looks. */
  readonly mayWrite: boolean;
}

type StoredPolicy = Stored<ScalingPolicy> | null;

async function apply(ports: HealthScalingPorts, command: Command, stored: StoredPolicy, declared: Declared, delivery: Delivery): Promise<Outcome> {
  const { tenantId, payload } = command;
  const write = stored?.value.write ?? null;
  const id = appId(declared.environment.azure, payload.service);
  if (write !== null && write.operation !== null) {
    // The text was a token when it was saved.
    const status = await ports.scaling.operation(tenantId, write.operation as OperationToken, delivery.signal);
    if (status.status === 'running') return wait(Math.min(status.lookAgainMs, lookMs), 'Azure writes the scale');
    if (status.status === 'failed' && write.generation === declared.generation) return refused(command, stored, { reason: `Azure could not write the scale (${status.code})`, needs: 'Change the policy to one that Azure accepts.' });
  }
  const app = await ports.scaling.observe(tenantId, id, delivery.signal);
  if (app === null) return refused(command, stored, { reason: 'The service does not run', needs: `Deploy ${payload.service} first.` });
  if (app.provisioningState === 'InProgress') return wait(lookMs, 'Another write is running');
  const service = asItRuns(declared.service, app);
  const state = scaleState({ tenantId, environment: payload.environment }, service, app);
  if (state.is === 'not-ours') return refused(command, stored, state);
  if (state.is === 'as-declared') return applied(command, stored, declared.policy);
  if (!declared.mayWrite) return refused(command, stored, rolledBackWith);
  if (state.is === 'not-brought') {
    return ports.clock.now() - delivery.publishedAt < newsMs ? wait(lookMs, 'the release that scales so is on its way') : refused(command, stored, rolledBackWith);
  }
  return send(ports, command, stored, { ...declared, service }, app, delivery);
}

/** First the intent, then the write, then a look: at most one write per delivery. */
async function send(ports: HealthScalingPorts, command: Command, stored: StoredPolicy, { service, policy, commit, generation }: Declared, app: ObservedApp, delivery: Delivery): Promise<Outcome> {
  const { tenantId } = command;
  const now = ports.clock.now();
  const wrote = digestOf(service.app.properties.template.scale ?? null);
  const write = stored?.value.write ?? null;
  const before = stored?.value;
  if (write === null || write.generation !== generation) {
    const rest = before?.wrote === wrote && before.writtenAt !== null ? before.writtenAt + cooldownMs - now : 0;
    if (rest > 0) return wait(rest, 'scaled a moment ago');
    return wait(0, 'intends to write the scale', [save(command, stored, { write: { generation, since: now, operation: null } })]);
  }
  if (now - write.since > writeMs) return refused(command, stored, { reason: 'Azure accepts the scale and does not show it', needs: `Look at the container app ${service.name} in Azure.` });
  try {
    const operation = await delivery.write({ commit, policy: `scaling policy ${policy.name}` }, () => ports.scaling.patch(tenantId, app.id, scalePatch(service, app), delivery.signal));
    return wait(lookMs, 'Azure writes the scale', [save(command, stored, { write: { ...write, operation }, writtenAt: now, wrote })]);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return refused(command, stored, { reason: `Azure refuses the scale (${error.code ?? 'no code'})`, needs: 'Change the policy to one that Azure accepts.' });
  }
}

function save({ tenantId, payload }: Command, stored: StoredPolicy, change: Partial<ScalingPolicy>): Save {
  const { environment, service, policy } = payload;
  const before = stored?.value ?? { policy, generation: 0, writtenAt: null, wrote: null, write: null };
  return { key: policyKey(tenantId, environment, service), expectedVersion: stored?.version ?? 0, value: { ...before, policy, ...change } };
}

function applied(command: Command, stored: StoredPolicy, { replicas }: DesiredScalingPolicy): Outcome {
  const { tenantId, payload } = command;
  const { environment, commit, generation, policy, service, tenant } = payload;
  const event = emit('ScalingPolicyApplied', tenantId, { environment, commit, generation, policy, service, tenant, replicas });
  return done([save(command, stored, { generation, write: null })], [event]);
}

function refused(command: Command, stored: StoredPolicy, { reason, needs }: { readonly reason: string; readonly needs: string }): Outcome {
  const { tenantId, payload } = command;
  const { environment, commit, generation, policy, service, tenant } = payload;
  const event = emit('ScalingPolicyRefused', tenantId, { environment, commit, generation, policy, service, tenant, reason, needs });
  return done([save(command, stored, { generation, write: null })], [event]);
}
