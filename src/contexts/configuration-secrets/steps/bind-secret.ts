import type { Delivery } from '../../../kernel/context.ts';
import type { DesiredEnvironment, DesiredSecretBinding } from '../../../kernel/desired-state.ts';
import { emit, type EmittedMessage, type Envelope } from '../../../kernel/envelope.ts';
import { OutOfBounds, Rejected } from '../../../kernel/errors.ts';
import { tenantIn } from '../../../kernel/ids.ts';
import { done, saveIfChanged, stalled, wait, type Outcome, type Save } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { lookAtSecret, notAllowed, unlessNotAllowed, type SecretLook } from './check-secret.ts';
import { environmentStanding, hopeUntil, standingKey } from '../domain/environment-standing.ts';
import { following, isRotation, secretBinding, secretKey, type Bound, type SecretBinding } from '../domain/secret-binding.ts';
import { identityMayNotRead, identityNotFound, type Refusal } from '../domain/secret-check.ts';
import type { ConfigurationSecretsPorts } from '../ports.ts';

/** Azure may need ten minutes to spread a role assignment. */
const grantPatienceMs = 10 * 60_000;

type Command = Envelope<'BindSecret'> | Envelope<'RotateSecret'>;

/** Binds a secret, for the first time or again: at most one write, the grant of read access, after its intent is saved. */
export async function bindSecret(ports: ConfigurationSecretsPorts, command: Command, delivery: Delivery): Promise<Outcome> {
  const { tenantId, payload } = command;
  const stored = await ports.store.load(secretKey(tenantId, payload.environment, payload.binding), secretBinding);
  if (stored !== null && stored.value.generation > payload.generation) return done();
  try {
    const environment = await ports.desired.at(tenantId, payload.environment, payload.commit);
    const declared = environment?.secrets.find(({ name, tenant }) => name === payload.binding && tenant === payload.tenant);
    if (environment === null || declared === undefined) return done();
    const aggregate = following(stored?.value ?? null, declared, payload);
    return await toward(ports, { command, delivery, stored, environment, declared, aggregate }).catch((error: unknown) => refusedOutright(command, error));
  } catch (error) {
    if (error instanceof OutOfBounds) return stalled(error.message, error.needs, [], [refusal(command, error.message, error.needs)]);
    throw error;
  }
}

/** A limit or a policy: nobody is told of it in any other way. */
function refusedOutright(command: Command, error: unknown): Outcome {
  if (!(error instanceof Rejected)) throw error;
  const { code } = error;
  const reason = `Azure refuses to let ${command.payload.binding} be read${code === null ? '' : ` (${code})`}.`;
  const needs = 'Look at limits and policies of the subscription in the Azure portal, and re-run the check.';
  return stalled(reason, needs, [], [refusal(command, reason, needs)]);
}

interface Work {
  readonly command: Command;
  readonly delivery: Delivery;
  readonly stored: Stored<SecretBinding> | null;
  readonly environment: DesiredEnvironment;
  readonly declared: DesiredSecretBinding;
  readonly aggregate: SecretBinding;
}

type Found = Extract<SecretLook, { found: true }>;

async function toward(ports: ConfigurationSecretsPorts, work: Work): Promise<Outcome> {
  const { command, delivery, environment, declared } = work;
  const look = await lookAtSecret(ports, { owner: command.tenantId, environment, signal: delivery.signal }, declared);
  if (!look.found) return refuse(work, look.refusal);
  if (look.principalId === null) return awaitIdentity(ports, work);
  if (look.mayRead) return bind(ports, work, look);
  return grant(ports, work, { ...look, principalId: look.principalId });
}

async function awaitIdentity({ store, clock }: ConfigurationSecretsPorts, work: Work): Promise<Outcome> {
  const { command, delivery, environment, declared } = work;
  const stored = await store.load(standingKey(command.tenantId, environment.name), environmentStanding);
  const standing = stored?.value ?? null;
  if (clock.now() >= hopeUntil(standing, environment, { generation: command.payload.generation, askedAt: delivery.publishedAt })) return refuse(work, identityNotFound(declared, environment.name));
  return wait(backoffMs(delivery), `identity ${declared.identity} is not there yet`, saving(work, work.aggregate));
}

function backoffMs({ attempt }: Delivery): number {
  return Math.min(500 * 2 ** Math.min(attempt, 5), 15_000);
}

type Reader = Found & { readonly principalId: string };

async function grant(ports: ConfigurationSecretsPorts, work: Work, look: Reader): Promise<Outcome> {
  const { command, delivery, declared, aggregate } = work;
  const { principalId, vault } = look;
  const known = aggregate.grant?.principalId === principalId ? aggregate.grant : null;
  const at = new Date(ports.clock.now()).toISOString();
  if (known === null) {
    const intended: SecretBinding = { ...aggregate, status: 'Granting', grant: { principalId, state: 'intended', at } };
    return wait(0, 'the grant is saved', saving(work, intended));
  }
  if (known.state === 'made') return awaitGrant(ports, work, look, Date.parse(known.at));
  const why = { commit: command.payload.commit, policy: `secret binding ${declared.name}, read access to its vault` };
  const answer = await unlessNotAllowed(delivery.write(why, () => ports.access.grantRead(tenantIn(command.tenantId, declared.tenant), vault, principalId, delivery.signal)));
  if (answer === notAllowed) return refuseGrant(work, look);
  return wait(0, 'granted; look again', saving(work, { ...aggregate, status: 'Granting', grant: { principalId, state: 'made', at } }));
}

function awaitGrant({ clock }: ConfigurationSecretsPorts, work: Work, look: Reader, madeAt: number): Outcome {
  if (clock.now() - madeAt < grantPatienceMs) return wait(backoffMs(work.delivery), 'the grant is not in force yet', saving(work, work.aggregate));
  return refuseGrant(work, look);
}

function refuseGrant({ aggregate, ...work }: Work, { vault, principalId }: Reader): Outcome {
  return refuse({ ...work, aggregate: { ...aggregate, grant: null } }, identityMayNotRead(work.declared, vault, principalId));
}

function bind({ clock }: ConfigurationSecretsPorts, work: Work, { version }: Found): Outcome {
  const { command, declared, aggregate } = work;
  const { tenantId, payload } = command;
  const { digest, vault, secret } = declared;
  const before = aggregate.bound;
  const same = before !== null && before.digest === digest && before.found === version.version;
  const boundAt = same ? before.boundAt : new Date(clock.now()).toISOString();
  const bound: Bound = { digest, vault, secret, version: declared.version, found: version.version, createdOn: version.createdOn, boundAt };
  const emits: EmittedMessage[] = [emit('SecretBound', tenantId, { ...payload, digest })];
  if (isRotation(before, declared)) emits.push(emit('SecretRotated', tenantId, { ...payload, from: before?.version ?? null, to: declared.version }));
  return done(saving(work, { ...aggregate, status: 'Bound', bound, grant: null }), emits);
}

function refuse(work: Work, { reason, needs }: Refusal): Outcome {
  const saves = saving(work, { ...work.aggregate, status: 'Refused', reason, needs });
  return stalled(reason, needs, saves, [refusal(work.command, reason, needs)]);
}

function refusal({ tenantId, payload }: Command, reason: string, needs: string): EmittedMessage {
  return emit('SecretBindingRefused', tenantId, { ...payload, reason: reason.slice(0, 2000), needs: needs.slice(0, 2000) });
}

function saving({ command, stored }: Work, value: SecretBinding): readonly Save[] {
  return saveIfChanged(secretKey(command.tenantId, command.payload.environment, command.payload.binding), stored, value);
}
