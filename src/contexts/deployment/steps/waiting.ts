import { shortList } from '../../../kernel/short-list.ts';
import { broughtAll, inState, type RuntimeDeployment } from '../domain/runtime-deployment.ts';
import {
  environmentReadiness,
  factKeys,
  lackOf,
  materialNeeds,
  nothingReady,
  openOf,
  placementNeeds,
  readinessKey,
  standingOf,
  unboundTenants,
  type EnvironmentReadiness,
  type Need,
} from '../domain/environment-readiness.ts';
import type { DesiredEnvironment, DesiredService } from '../../../kernel/desired-state.ts';
import { declaredRollouts } from '../domain/declared-rollouts.ts';
import { isLeftOut, leftOut, type ServiceRollout } from '../domain/service-rollout.ts';
import { patience } from '../domain/timing.ts';
import { thenDeployed } from '../domain/what-to-do.ts';
import { askAgain } from './ask-again.ts';
import { turn, type Run, type Turn } from './run.ts';

export async function requested(run: Run): Promise<Turn> {
  const { deployment, desired } = run;
  const before = new Map(deployment.services.map((one) => [one.service, one]));
  const services = declaredRollouts(desired, [...before.keys()]).map((one) => {
    const known = before.get(one.service);
    return { ...one, mayStay: known?.mayStay === true && known.digest === one.digest };
  });
  const now = run.ports.clock.now();
  // Nothing done is never a success.
  if (services.length === 0) return turn(inState(deployment, 'Failed', now, { reason: `Commit ${deployment.commit.slice(0, 7)} declares none of the services that were asked for` }));
  return turn(inState({ ...deployment, services }, 'Provisioning', now));
}

type NeedsOf = (environment: DesiredEnvironment, services: readonly DesiredService[]) => readonly Need[];

export async function provisioning(run: Run): Promise<Turn> {
  const [unbound] = unboundTenants(run.desired, servicesOf(run));
  if (unbound === undefined) return awaitNeeds(run, placementNeeds, 'Configuring');
  const refusal = {
    reason: `Tenant ${unbound} has no RuntimeTenantBinding to the production environment ${run.desired.name}`,
    needs: `Declare a RuntimeTenantBinding of tenant ${unbound} that lists ${run.desired.name}.`,
  };
  const isUser = ({ tenant }: DesiredService): boolean => tenant === unbound;
  return refused(run, withLacks(run, (service) => (isUser(service) ? [lackOf(factKeys.tenant(unbound, ''))] : [])), isUser, refusal);
}

export async function configuring(run: Run): Promise<Turn> {
  return awaitNeeds(run, materialNeeds, 'RollingOut');
}

/** As declared, of those that are not left out. */
function servicesOf({ desired, deployment }: Run): readonly DesiredService[] {
  const names = new Set(deployment.services.filter((one) => !isLeftOut(one)).map(({ service }) => service));
  return desired.services.filter(({ name }) => names.has(name));
}

async function awaitNeeds(run: Run, needsOf: NeedsOf, then: 'Configuring' | 'RollingOut'): Promise<Turn> {
  const { timing, ports, desired } = run;
  const now = ports.clock.now();
  const waited = now - run.deployment.stateSince;
  const stored = await ports.store.load(readinessKey(run.tenantId, run.deployment.environment), environmentReadiness);
  const readiness: EnvironmentReadiness = stored?.value ?? nothingReady;
  const asked = { generation: run.deployment.generation, graceIsOver: waited >= timing.refusalGraceMs };
  const standing = standingOf(readiness, needsOf(desired, servicesOf(run)), asked);
  const deployment = withLacks(run, (service) => openOf(readiness, needsOf(desired, [service])).map(({ key }) => lackOf(key)));
  if (standing.is === 'ready') return turn(inState({ ...deployment, askedAgain: 0 }, then, now));
  if (standing.is === 'waiting') return waiting(run, waitingFor(deployment, standing.missing), standing.missing, waited);
  const { need, reason, needs } = standing;
  const isUser = (service: DesiredService): boolean => needsOf(desired, [service]).some(({ key }) => key === need.key);
  return refused(run, deployment, isUser, { reason: `Refused: ${need.what}. ${reason}`.slice(0, 1900), needs: thenDeployed(needs) });
}

/** An answer that was given and is not known any more is given again only to whoever asks; the more time has passed, the less often. */
function waiting({ timing, tenantId, desired }: Run, deployment: RuntimeDeployment, missing: readonly Need[], waited: number): Turn {
  const again = patience(waited, timing);
  if (waited < timing.askAgainMs * 2 ** deployment.askedAgain) return turn(deployment, again);
  return turn({ ...deployment, askedAgain: deployment.askedAgain + 1 }, again, [], askAgain(tenantId, desired, deployment, missing.map(({ key }) => lackOf(key))));
}

/** What did not arrive before does not stop what this commit changes. */
function refused(run: Run, deployment: RuntimeDeployment, isUser: (service: DesiredService) => boolean, refusal: { readonly reason: string; readonly needs: string }): Turn {
  const now = run.ports.clock.now();
  const users = new Set(servicesOf(run).filter(isUser).map(({ name }) => name));
  const isOut = (rollout: ServiceRollout): boolean => users.has(rollout.service);
  if (!deployment.services.filter(isOut).every(({ mayStay }) => mayStay)) return turn(inState(deployment, 'Failed', now, refusal));
  const after = { ...deployment, services: deployment.services.map((one) => (isOut(one) ? leftOut(one, refusal) : one)) };
  return turn(after.services.every(isLeftOut) ? broughtAll(after, now) : after);
}

function withLacks(run: Run, lacksOf: (service: DesiredService) => readonly string[]): RuntimeDeployment {
  const lacks = new Map(servicesOf(run).map((service) => [service.name, [...lacksOf(service)]]));
  return { ...run.deployment, services: run.deployment.services.map((one) => ({ ...one, lacks: lacks.get(one.service) ?? one.lacks })) };
}

function waitingFor(deployment: RuntimeDeployment, missing: readonly Need[]): RuntimeDeployment {
  return { ...deployment, reason: `Waiting for ${shortList(missing.map(({ what }) => what), 5)}` };
}
