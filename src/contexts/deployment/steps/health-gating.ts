import type { ObservedRevision } from '../../../kernel/container-app.ts';
import type { DesiredService } from '../../../kernel/desired-state.ts';
import { Rejected } from '../../../kernel/errors.ts';
import { judge, type GateEvidence } from '../domain/gate.ts';
import { inWords } from '../domain/outside-refusal.ts';
import { inState, withService } from '../domain/runtime-deployment.ts';
import { atStep, isLeftOut, type ServiceRollout } from '../domain/service-rollout.ts';
import { appOf, backOut, backOutOf, declaredService, turn, type Run, type Turn } from './run.ts';

/** Looked at together: a gate of many services takes as long as one. */
const together = 10;

/** Looks at every new revision that has not passed yet. One failure takes the whole deployment back; silence holds it until its time is over. */
export async function healthGating(run: Run): Promise<Turn> {
  let { deployment } = run;
  const open = deployment.services.filter(({ step }) => step === 'gating');
  for (let from = 0; from < open.length; from += together) {
    const looks = await Promise.all(open.slice(from, from + together).map((rollout) => look(run, rollout).catch((error: unknown) => refused(rollout, error))));
    for (const { rollout } of looks) deployment = withService(deployment, rollout);
    const asleep = looks.find(({ isAsleep }) => isAsleep);
    if (asleep !== undefined) return wake(run, asleep.rollout);
    const failed = looks.find(({ isFailed }) => isFailed);
    if (failed !== undefined) {
      const reason = `${failed.rollout.service} did not pass its gate: ${failed.rollout.detail}`;
      const names = new Set(looks.filter(({ isFailed }) => isFailed).map(({ rollout }) => rollout.service));
      return turn(backOut(deployment, run.ports.clock.now(), { reason }, ({ service }) => names.has(service)));
    }
  }
  const passed = deployment.services.every((one) => isLeftOut(one) || one.step === 'ready' || one.step === 'promoted' || one.step === 'unchanged');
  return passed ? turn(inState(deployment, 'Promoting', run.ports.clock.now())) : turn(deployment, run.timing.lookMs);
}

interface Look {
  readonly rollout: ServiceRollout;
  readonly isFailed: boolean;
  /** The revision was there before and is not active. */
  readonly isAsleep: boolean;
}

/** Asked again it would be refused again: the service did not pass, and no other is to blame. */
function refused(rollout: ServiceRollout, error: unknown): Look {
  if (!(error instanceof Rejected)) throw error;
  return { rollout: { ...rollout, detail: `Azure refuses to show or to probe it${inWords(error)}` }, isFailed: true, isAsleep: false };
}

async function look(run: Run, rollout: ServiceRollout): Promise<Look> {
  const { ports, tenantId, delivery } = run;
  const service = declaredService(run, rollout);
  const revision = await ports.apps.revision(tenantId, appOf(run, rollout), rollout.revision ?? '', delivery.signal);
  if (revision !== null && !revision.active) return { rollout, isFailed: false, isAsleep: true };
  const probe = await probed(run, service, revision);
  const result = judge(service, { revision, probe, before: rollout.gate }, run.timing.gateSuccesses);
  const judged = result.answer === 'pass' ? atStep(rollout, 'ready', result.detail) : { ...rollout, detail: result.detail };
  return { rollout: { ...judged, gate: result.memory }, isFailed: result.answer === 'fail', isAsleep: false };
}

/** Asks the new revision at its own address, which has no traffic yet. Inside addresses cannot be reached from here. */
async function probed({ ports, tenantId, delivery }: Run, service: DesiredService, revision: ObservedRevision | null): Promise<GateEvidence['probe']> {
  if (service.ingress?.external !== true || revision === null) return 'not-asked';
  if (revision.fqdn === null) return null;
  const { path, timeoutMs } = service.health.readiness ?? { path: '/', timeoutMs: 5000 };
  const { status } = await ports.endpoints.probe(tenantId, { fqdn: revision.fqdn, path, timeoutMs }, delivery.signal);
  return status;
}

/** A template that ran before gets its revision back, and Azure does not always wake it. */
async function wake(run: Run, rollout: ServiceRollout): Promise<Turn> {
  run.delivery.assertLeaseHeld();
  try {
    await run.ports.apps.activate(run.tenantId, appOf(run, rollout), rollout.revision ?? '', run.delivery.signal);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    const reason = `${rollout.service}: its revision was there before and Azure refuses to start it${inWords(error)}`;
    const needs = `Merge a change of ${rollout.service} that makes another revision.`;
    return turn(backOutOf(run.deployment, rollout, run.ports.clock.now(), { reason, needs }));
  }
  return turn(withService(run.deployment, { ...rollout, detail: 'Its revision was there before and is being started' }), run.timing.lookMs);
}
