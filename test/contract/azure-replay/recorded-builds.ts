import { newestBuild, type ServiceBuild } from '../../../src/local/azure/apps/service-build.ts';
import type { Interaction } from '../../support/azure-recordings.ts';
import type { Flow } from './recorded-flows.ts';

/** Since when a region has run what the newest build does. */
export interface RecordedRollout {
  readonly behaviour: keyof ServiceBuild;
  readonly region: string;
  /** The last recorded day of the older behaviour in that region, and a flow of that day which shows it. */
  readonly older: { readonly day: string; readonly flow: string };
  /** The next recorded day of that region. On which day between the two it changed is unknown, and nothing hangs on it. */
  readonly newest: { readonly day: string; readonly flow: string };
}

/** Which build answers a flow: a function of region and day, which asks nothing else of what was recorded. */
export type Builds = (region: string | null, day: string) => ServiceBuild;

const stage = 'northcentralusstage';

/** Fitted to the recordings: that these few switches reproduce every recorded answer is shown, that the days are right is not. */
export const recordedRollouts: readonly RecordedRollout[] = [
  { behaviour: 'identitySettings', region: stage, older: { day: '2024-04-22', flow: 'cli_containerapp_termination_grace_period_seconds' }, newest: { day: '2024-05-06', flow: 'cli_containerapp_ingress_e2e' } },
  { behaviour: 'patchNamesItsStatus', region: stage, older: { day: '2024-05-16', flow: 'cli_containerapp_create_and_update_with_env_vars_e2e' }, newest: { day: '2024-10-15', flow: 'cli_containerapp_scale_type_tcp' } },
  { behaviour: 'publicNetworkAccess', region: stage, older: { day: '2024-06-03', flow: 'cli_containerapp_eventjob_crudoperations_e2e' }, newest: { day: '2024-07-31', flow: 'cli_containerapp_env_usages' } },
  { behaviour: 'publicNetworkAccess', region: 'eastus', older: { day: '2024-05-06', flow: 'cli_containerapp_env_workload_profiles_e2e_no_waits' }, newest: { day: '2024-09-25', flow: 'cli_containerapp_registry_identity_user' } },
  { behaviour: 'statusNamesItsAddress', region: stage, older: { day: '2024-08-20', flow: 'cli_containerapp_e2e' }, newest: { day: '2024-10-15', flow: 'cli_containerapp_scale_type_tcp' } },
  { behaviour: 'laterRevisionsCounted', region: stage, older: { day: '2024-08-20', flow: 'cli_containerapp_e2e' }, newest: { day: '2024-10-15', flow: 'cli_containerapp_scale_type_tcp' } },
  { behaviour: 'putEchoes', region: 'eastus', older: { day: '2024-05-06', flow: 'cli_containerapp_env_workload_profiles_e2e_no_waits' }, newest: { day: '2024-09-25', flow: 'cli_containerapp_registry_identity_user' } },
];

export const recordedBuild: Builds = (region, day) => {
  const older = recordedRollouts.filter((one) => one.region === region && day <= one.older.day).map(({ behaviour }) => [behaviour, false] as const);
  return { ...newestBuild, ...Object.fromEntries(older) };
};

/** As its requests name it; null when none does. */
export function regionOf({ interactions }: Flow): string | null {
  for (const { request } of interactions) {
    const path = new URL(request.url).pathname;
    if (!/\/Microsoft\.App\//i.test(path)) continue;
    const sent = request.body as { readonly location?: unknown } | null; // a recorded body; whatever it holds is looked at as text
    const named = /\/locations\/([^/]+)\//.exec(path)?.[1] ?? sent?.location;
    if (typeof named === 'string') return named.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  }
  return null;
}

/** `2024-05-06`, in UTC. @throws when its answer has no date. */
export function dayOf({ request, response }: Interaction): string {
  const date = Date.parse(response.headers['date'] ?? '');
  if (Number.isNaN(date)) throw new Error(`the answer to ${request.method} ${request.url} has no date`);
  return new Date(date).toISOString().slice(0, 10);
}
