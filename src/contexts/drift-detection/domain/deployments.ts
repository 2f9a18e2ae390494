import type { DeploymentProgress } from '../../../kernel/messages/deployment.ts';
import type { DriftFindings } from './runtime-drift-finding.ts';

/** What a message about a deployment says: it works, or it ended in one of these ways. */
export type Said = 'runs' | 'completed' | 'rolled back' | 'ended';

/** An end that was never told does not hide drift for ever. No state of a deployment lasts as long without a word. */
const silenceMs = 2 * 60 * 60_000;

/** While it runs, what differs is its own work. */
export function isDeploying({ deployment }: DriftFindings, now: number): boolean {
  return deployment !== null && deployment.runs && now - deployment.at < silenceMs;
}

/** The same object when the message says nothing new: messages arrive in any order and more than once. */
export function withDeployment(before: DriftFindings, progress: DeploymentProgress, said: Said, now: number): DriftFindings {
  const { generation, sequence } = progress;
  const applied = appliedAfter(before, progress, said);
  if (!isNews(before, progress)) return applied === before.applied ? before : { ...before, applied };
  return { ...before, applied, deployment: { generation, sequence, runs: said === 'runs', at: now } };
}

function isNews({ deployment }: DriftFindings, { generation, sequence }: DeploymentProgress): boolean {
  if (deployment === null || generation > deployment.generation) return true;
  return generation === deployment.generation && sequence > deployment.sequence;
}

/** What completed stays applied although a younger one runs; what was taken back after it completed is not known good any more. */
function appliedAfter(before: DriftFindings, { commit, generation, sequence, services }: DeploymentProgress, said: Said): DriftFindings['applied'] {
  const { applied, deployment } = before;
  const names = services.map(({ service }) => service);
  const isOvertaken = deployment !== null && deployment.generation === generation && deployment.sequence > sequence;
  if (said === 'completed' && !isOvertaken) {
    const newer = names.filter((name) => (applied[name]?.generation ?? 0) < generation);
    return newer.length === 0 ? applied : { ...applied, ...Object.fromEntries(newer.map((name) => [name, { commit, generation }])) };
  }
  const isTaken = (name: string): boolean => names.includes(name) && applied[name]?.generation === generation;
  if (said !== 'rolled back' || !names.some(isTaken)) return applied;
  return Object.fromEntries(Object.entries(applied).filter(([name]) => !isTaken(name)));
}
