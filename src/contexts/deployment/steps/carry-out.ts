import { isBusy, type ObservedApp } from '../../../kernel/container-app.ts';
import { Rejected } from '../../../kernel/errors.ts';
import type { OperationToken } from '../../../kernel/operation.ts';
import { inWords } from '../domain/outside-refusal.ts';
import { isOnWayBack, type ServiceRollout } from '../domain/service-rollout.ts';
import { appOf, type Run } from './run.ts';
import { whyWritten } from './why-written.ts';

interface Impossible {
  readonly reason: string;
  readonly needs: string | null;
}

/** A long-running write of an app that was intended by an earlier delivery. */
export interface Write {
  /** True when the app shows that it has happened: asked before sending, and after the operation's end. */
  readonly isDone: (app: ObservedApp) => boolean;
  readonly send: (app: ObservedApp) => Promise<OperationToken | Impossible>;
  /** Where there is no app; without it there has to be one. */
  readonly create?: () => Promise<OperationToken>;
}

export type Carried =
  /** `wrote`: sent by this delivery. `isBusy`: something is on its way in Azure; without it nothing was sent that had an effect. */
  | { readonly end: 'running'; readonly rollout: ServiceRollout; readonly againMs: number; readonly wrote: boolean; readonly isBusy: boolean }
  | { readonly end: 'done'; readonly rollout: ServiceRollout; readonly app: ObservedApp }
  | { readonly end: 'failed'; readonly rollout: ServiceRollout; readonly reason: string; readonly needs: string | null };

/** Sent and without effect so often, something undoes it. */
const sendLimit = 4;

/**
 * Carries an intended write through: looks whether it was done (a crash may have lost the answer), polls what runs, sends what is not
 * there. Sends at most once, and only when `maySend`.
 */
export async function carryOut(run: Run, rollout: ServiceRollout, write: Write, maySend: boolean): Promise<Carried> {
  try {
    return await carried(run, rollout, write, maySend);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return failed({ ...rollout, operation: null }, `Azure refuses the write${inWords(error)}`);
  }
}

async function carried(run: Run, rollout: ServiceRollout, write: Write, maySend: boolean): Promise<Carried> {
  const polled = await poll(run, rollout);
  if (polled !== null) return polled;
  const app = await run.ports.apps.observe(run.tenantId, appOf(run, rollout), run.delivery.signal);
  if (app !== null && isBusy(app)) return running(rollout, run.timing.lookMs, 'Azure is working on the container app');
  const ended = { ...rollout, operation: null };
  if (app !== null && write.isDone(app)) {
    return app.provisioningState === 'Failed' ? failed(ended, 'Azure could not finish the write') : { end: 'done', rollout: ended, app };
  }
  if (rollout.sent >= sendLimit) return failed(ended, 'Azure accepted the write and does not show it; something else may be writing the container app');
  return maySend ? send(run, ended, write, app) : { ...running(ended, run.timing.lookMs, rollout.detail), isBusy: false };
}

/** Null when nothing is in flight any more. */
async function poll(run: Run, rollout: ServiceRollout): Promise<Carried | null> {
  if (rollout.operation === null) return null;
  const early = acceptedMs(run, rollout) - (run.ports.clock.now() - (rollout.sentAt ?? 0));
  if (early > 0) return running(rollout, early, rollout.detail);
  // The text was a token when it was saved.
  const status = await run.ports.apps.operation(run.tenantId, rollout.operation as OperationToken, run.delivery.signal);
  if (status.status === 'failed') {
    const field = status.field === null ? '' : `, field ${status.field}`;
    return failed({ ...rollout, operation: null }, `Azure could not do it (${status.code}${field})`);
  }
  if (status.status !== 'running') return null;
  const waited = run.ports.clock.now() - (rollout.sentAt ?? 0);
  if (waited > run.timing.operationMs) return failed(rollout, 'Azure did not finish the write in time');
  // Forward at Azure's pace: at a look every two seconds the operations alone would use up a subscription's reads (facts/azure.md A4).
  return running(rollout, isOnWayBack(rollout) ? Math.min(status.lookAgainMs, run.timing.lookMs) : status.lookAgainMs, rollout.detail);
}

/** A way back is followed closely from its begin. */
function acceptedMs({ timing }: Run, rollout: ServiceRollout): number {
  return isOnWayBack(rollout) ? 0 : timing.acceptedMs;
}

async function send(run: Run, rollout: ServiceRollout, write: Write, app: ObservedApp | null): Promise<Carried> {
  const token = await run.delivery.write(whyWritten(run, rollout), async () => (app === null ? ((await write.create?.()) ?? gone) : write.send(app)));
  if (typeof token === 'object') return failed(rollout, token.reason, token.needs);
  const sent = { ...rollout, operation: token, sentAt: run.ports.clock.now(), sent: rollout.sent + 1 };
  // One write per delivery: others may have one to send, or to take back.
  const isAlone = run.deployment.services.length === 1;
  return { end: 'running', rollout: sent, againMs: isAlone ? Math.max(acceptedMs(run, rollout), run.timing.lookMs / 4) : run.timing.lookMs / 4, wrote: true, isBusy: true };
}

const gone: Impossible = { reason: 'The container app is gone', needs: null };

function running(rollout: ServiceRollout, againMs: number, detail: string | null): Extract<Carried, { end: 'running' }> {
  return { end: 'running', rollout: { ...rollout, detail }, againMs, wrote: false, isBusy: true };
}

function failed(rollout: ServiceRollout, reason: string, needs: string | null = null): Carried {
  return { end: 'failed', rollout, reason, needs };
}
