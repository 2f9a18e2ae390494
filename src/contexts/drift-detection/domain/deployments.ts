import type { DeploymentProgress } from '../../../kernel/messages/deployment.ts';
import { isSameJson } from '../../../kernel/same-json.ts';
import { afresh } from './health.ts';
import type { DriftFindings } from './runtime-drift-finding.ts';

/** What a message about a deployment says: it works, or it ended in one of these ways. */
export type Said = 'runs' | 'completed' | 'rolled back' | 'ended';

/** An end that was never told does not hide drift for ever. No state of a deployment lasts as long without a word. */
const silenceMs = 2 * 60 * 60_000;

/** How often it is noted that one still runs: a word of it may come twice a minute, and a scan loses to whoever saves meanwhile. */
const noteMs = 10 * 60_000;

/** Services that a deployment owns: while it runs, what differs there is its own work. Null: it has not said which, so all may be. */
export function deployingAt({ deployment }: Pick<DriftFindings, 'deployment'>, now: number): readonly string[] | null {
  if (deployment === null || !deployment.runs || now - deployment.at >= silenceMs) return [];
  const names = Object.keys(deployment.services);
  return names.length === 0 ? null : names;
}

/** The same object when the message says nothing new: messages arrive in any order and more than once. */
export function withDeployment(before: DriftFindings, progress: DeploymentProgress, said: Said, now: number): DriftFindings {
  const { generation, sequence } = progress;
  const applied = appliedAfter(before, progress, said);
  const brought = said === 'completed' || said === 'rolled back' ? endedBy(before, progress) : [];
  const isSame = applied === before.applied && brought.length === 0;
  const after = isSame ? before : { ...before, applied, ended: { ...before.ended, ...Object.fromEntries(brought.map((name) => [name, { generation, sequence, at: now }])) }, health: afresh(before, brought) };
  const deployment = deploymentAfter(before, progress, said, now);
  return deployment === before.deployment ? after : { ...after, deployment };
}

function deploymentAfter(before: DriftFindings, progress: DeploymentProgress, said: Said, now: number): DriftFindings['deployment'] {
  const { generation, sequence } = progress;
  const known = before.deployment;
  const isYoungest = isNews(before, progress);
  if (known === null || (isYoungest && (said !== 'runs' || !known.runs))) return { generation, sequence, runs: said === 'runs', services: said === 'runs' ? owned({}, progress) : {}, at: now };
  if (!known.runs) return known;
  // What one that gave way has not finished, the one that took over brings.
  const services = said === 'runs' ? owned(known.services, progress) : endedOf(known, generation);
  const isSame = isSameJson(services, known.services);
  if (!isYoungest) return isSame ? known : { ...known, services };
  return isSame && generation === known.generation && now - known.at < noteMs ? known : { ...known, generation, sequence, services, at: now };
}

type Owned = NonNullable<DriftFindings['deployment']>['services'];

function owned(before: Owned, { generation, services }: DeploymentProgress): Owned {
  return { ...before, ...Object.fromEntries(services.map(({ service }) => [service, Math.max(generation, before[service] ?? 0)])) };
}

/** A deployment ended, and a younger one goes on with its own. What a correction of the same generation owns nobody can tell apart. */
function endedOf(running: NonNullable<DriftFindings['deployment']>, generation: number): Owned {
  if (generation === running.generation) return running.services;
  return Object.fromEntries(Object.entries(running.services).filter(([, of]) => of > generation));
}

/** Services that no later deployment brought somewhere already. */
function endedBy({ ended }: DriftFindings, { generation, sequence, services }: DeploymentProgress): readonly string[] {
  return services.map(({ service }) => service).filter((service) => {
    const known = ended[service];
    return known === undefined || generation > known.generation || (generation === known.generation && sequence > known.sequence);
  });
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
    const newer = services.filter(({ service }) => (applied[service]?.generation ?? 0) < generation);
    return newer.length === 0 ? applied : { ...applied, ...Object.fromEntries(newer.map(({ service, revision }) => [service, { commit, generation, revision }])) };
  }
  const isTaken = (name: string): boolean => names.includes(name) && applied[name]?.generation === generation;
  if (said !== 'rolled back' || !names.some(isTaken)) return applied;
  return Object.fromEntries(Object.entries(applied).filter(([name]) => !isTaken(name)));
}
