import type { ObservedRevision } from '../../../kernel/container-app.ts';
import type { DesiredHttpGate, DesiredLogGate, DesiredService } from '../../../kernel/desired-state.ts';
import { Conflict, isOutsideFailure, NotAllowed, Rejected } from '../../../kernel/errors.ts';
import { isProven } from '../domain/gates/judge-stage.ts';
import { logQuestion } from '../domain/gates/log-question.ts';
import { dueSources } from '../domain/gates/next-look.ts';
import type { Asked, Named, StageEvidence } from '../domain/gates/evidence.ts';
import { countedFrom } from '../domain/gates/stage-minutes.ts';
import { inWords } from '../domain/outside-refusal.ts';
import type { ServiceRollout } from '../domain/service-rollout.ts';
import type { HttpVerdict } from '../ports.ts';
import { appOf, declaredService, type Run } from './run.ts';

/**
 * One look at the revision of a stage: two reads of Azure Resource Manager, a request to the revision, and the other sources at their
 * turn, together. What such a source does is evidence. What Azure Resource Manager itself refuses, or is too busy for, is thrown: before
 * the revision is asked, because a request that nobody remembers would pass for one of a user.
 */
export async function gatherEvidence(run: Run, rollout: ServiceRollout): Promise<StageEvidence> {
  const service = declaredService(run, rollout);
  const askedAt = run.ports.clock.now();
  const revision = await run.ports.apps.revision(run.tenantId, appOf(run, rollout), rollout.revision ?? '', run.delivery.signal);
  const due = dueSources(service, rollout, askedAt, run.timing);
  const requests = due.requests ? await counted(run, rollout) : ('not-asked' as const);
  const base = { revision, probe: await probed(run, service, revision) };
  const now = run.ports.clock.now();
  const isAsked = rollout.stage > 0 || isProven(service, rollout, base, now, run.timing);
  if (!isAsked) return { ...base, askedAt, requests, logs: [], http: [] };
  const [logs, http] = await Promise.all([
    Promise.all(due.logs.map((gate) => queried(run, rollout, gate, now))),
    Promise.all(due.http.map((gate) => asked(run, rollout, gate))),
  ]);
  return { ...base, askedAt, requests, logs, http };
}

/** Asks the new revision at its own address. Inside addresses cannot be reached from here. */
async function probed({ ports, tenantId, delivery }: Run, service: DesiredService, revision: ObservedRevision | null): Promise<StageEvidence['probe']> {
  if (service.ingress?.external !== true || revision === null) return 'not-asked';
  if (revision.fqdn === null) return { status: null, ms: 0 };
  const { path, timeoutMs } = service.health.readiness ?? { path: '/', timeoutMs: 5000 };
  return ports.endpoints.probe(tenantId, { fqdn: revision.fqdn, path, timeoutMs }, delivery.signal);
}

async function counted(run: Run, rollout: ServiceRollout): Promise<StageEvidence['requests']> {
  const { ports, tenantId, delivery } = run;
  const from = countedFrom(rollout);
  if (from === null || from > ports.clock.now()) return { value: null };
  try {
    return { value: await ports.requests.since(tenantId, appOf(run, rollout), rollout.revision ?? '', from, delivery.signal) };
  } catch (error) {
    // Anything else is Azure Resource Manager being busy or away, or a bug: the whole look is made again.
    if (error instanceof NotAllowed) return { unreadable: 'Azure denies access to its metrics', isWrong: false };
    if (error instanceof Rejected || error instanceof Conflict) return { unreadable: `Azure refuses to show its metrics${inWords({ code: error.code, field: null })}`, isWrong: false };
    throw error;
  }
}

async function queried(run: Run, rollout: ServiceRollout, gate: DesiredLogGate, now: number): Promise<Named<number | null>> {
  const minutes = Math.max(1, Math.ceil((now - (rollout.stageSince ?? now)) / 60_000));
  const question = logQuestion(gate, { app: rollout.service, revision: rollout.revision ?? '', minutes });
  if (question === null) return { name: gate.name, answer: { unreadable: 'The name of its revision may not stand inside of a query', isWrong: true } };
  const answer = await answerOf(run, () => run.ports.logs.ask(run.tenantId, question, run.delivery.signal), { system: 'Log Analytics', wrong: 'The query is wrong' });
  return { name: gate.name, answer };
}

async function asked(run: Run, rollout: ServiceRollout, { name, url, timeoutMs }: DesiredHttpGate): Promise<Named<HttpVerdict>> {
  const { deploymentId, environment, commit } = run.deployment;
  const { service, revision, image, weight } = rollout;
  const question = { environment, service, revision: revision ?? '', image, commit, weight, deploymentId };
  const answer = await answerOf(run, () => run.ports.gates.ask(run.tenantId, { url, timeoutMs }, question, run.delivery.signal), { system: 'Its system', wrong: 'Its address is wrong' });
  return { name, answer };
}

interface Words {
  readonly system: string;
  /** What is said when it refuses the question itself. */
  readonly wrong: string;
}

async function answerOf<T>({ delivery }: Run, ask: () => Promise<T>, { system, wrong }: Words): Promise<Asked<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    // Cut off because this process ends, or broken: no answer of that system.
    if (delivery.signal.aborted || !isOutsideFailure(error)) throw error;
    if (error instanceof Rejected) return { unreadable: `${wrong}${inWords(error)}`, isWrong: true };
    if (error instanceof NotAllowed) return { unreadable: error.code === 'OutsideGrant' ? 'It is not granted to the tenant' : `${system} denies access`, isWrong: false };
    return { unreadable: `${system} could not answer`, isWrong: false };
  }
}
