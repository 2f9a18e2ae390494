import type { WriteReason } from '../../../kernel/audit.ts';
import { deploymentIdOf } from '../../../kernel/ids.ts';
import { isOnWayBack, type ServiceRollout } from '../domain/service-rollout.ts';
import type { Run } from './run.ts';

/** `rollout canary, stage 2 of 3`, with what it is part of where that is no merge. Stages count from 1; there are none before the app was looked at. */
export function whyWritten({ deployment }: Pick<Run, 'deployment'>, rollout: ServiceRollout): WriteReason {
  const { strategy, stages, stage, service } = rollout;
  const at = stages.length === 0 ? '' : `, stage ${stage + 1} of ${stages.length}`;
  const going = isOnWayBack(rollout) ? 'way back of ' : '';
  return { commit: deployment.commit, policy: `${partOf(deployment)}${going}rollout ${strategy} of ${service}${at}, ${rollout.step}` };
}

/** A correction and a rollback have ids of their own: what is merged has the one that its generation gives. */
function partOf({ deploymentId, environment, generation }: Run['deployment']): string {
  const merged = deploymentIdOf(environment, generation);
  if (deploymentId === merged) return '';
  return deploymentId.startsWith(`${merged}-back-`) ? 'rollback that was asked for, ' : 'drift mode heal, ';
}
