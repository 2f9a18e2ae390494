import type { DeploymentState } from '../../kernel/messages/deployment.ts';
import type { Conclusion, DeploymentReport } from '../ports.ts';
import type { DeployReport } from '../records/deploy-report.ts';

interface StateWords {
  /** Null while it runs. */
  readonly conclusion: Conclusion | null;
  readonly github: DeploymentReport['state'];
  readonly words: string;
}

const stateWords: Record<DeploymentState, StateWords> = {
  Requested: { conclusion: null, github: 'queued', words: 'Waiting to start' },
  Provisioning: { conclusion: null, github: 'in_progress', words: 'Waiting for the environment' },
  Configuring: { conclusion: null, github: 'in_progress', words: 'Waiting for configuration and secrets' },
  RollingOut: { conclusion: null, github: 'in_progress', words: 'Creating revisions' },
  HealthGating: { conclusion: null, github: 'in_progress', words: 'Checking the new revisions' },
  Promoting: { conclusion: null, github: 'in_progress', words: 'Moving traffic' },
  Held: { conclusion: 'action_required', github: 'failure', words: 'Held' },
  Completed: { conclusion: 'success', github: 'success', words: 'Deployed' },
  RollingBack: { conclusion: null, github: 'in_progress', words: 'Rolling back' },
  RolledBack: { conclusion: 'failure', github: 'failure', words: 'Rolled back' },
  Failed: { conclusion: 'failure', github: 'failure', words: 'Failed' },
  Superseded: { conclusion: 'cancelled', github: 'inactive', words: 'Superseded by a newer deployment' },
};

/** A deployment that looked at nothing has shown nothing. */
const nothingDone: StateWords = { conclusion: 'neutral', github: 'inactive', words: 'No service was looked at' };

export function stateOf({ progress, supersededBy }: DeployReport): StateWords {
  if (progress === null) return supersededBy === null ? stateWords.Requested : stateWords.Superseded;
  return progress.state === 'Completed' && progress.services.length === 0 ? nothingDone : stateWords[progress.state];
}

const inFlight: ReadonlySet<DeploymentState> = new Set(['RollingOut', 'HealthGating', 'Promoting', 'Held', 'RollingBack']);

/** Something was refused that the deployment waits for, so it goes on only after a person. One that goes on without it has its own end. */
export function isStopped({ refusals, progress }: DeployReport): boolean {
  return Object.keys(refusals).length > 0 && !(progress !== null && inFlight.has(progress.state));
}

/** Null while it runs. */
export function deployConclusion(report: DeployReport): Conclusion | null {
  return isStopped(report) ? 'failure' : stateOf(report).conclusion;
}

/** A sign for the comment's table. */
export function deploySign(report: DeployReport): string {
  const { conclusion } = stateOf(report);
  if (conclusion === 'success') return isStopped(report) ? '⚠️' : '✅';
  if (isStopped(report) || conclusion === 'failure') return '❌';
  if (conclusion === 'action_required') return '✋';
  if (conclusion !== null) return '⏹️';
  return (report.progress?.hold ?? null) === null ? '⏳' : '⏸️';
}
