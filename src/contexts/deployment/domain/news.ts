import type { DeploymentProgress, ServiceProgress } from '../../../kernel/messages/deployment.ts';

/** Numbers alone are announced this often at most. The reports on GitHub have a pace of their own, which is slower. */
export const numbersPaceMs = 30_000;

/** What people decide on: states, steps, stages, weights, holds, failures and what each gate answers, without the numbers behind it. */
export function newsOf({ services, ...deployment }: DeploymentProgress): object {
  return [deployment, services.map(essential)];
}

/** While a stage is judged, the detail says which number is waited for. */
function essential({ gates, detail, ...service }: ServiceProgress): object {
  const isJudged = service.step === 'gating' || service.step === 'ready';
  return [service, isJudged ? null : detail, gates.map(({ gate, answer }) => [gate, answer])];
}
