import type { SecretAccess, VaultMetadata } from '../../contexts/configuration-secrets/ports.ts';
import type { ContainerApps, EndpointProbe, LogNumbers, Outages, RevisionRequests } from '../../contexts/deployment/ports.ts';
import type { ActivityLog, LiveState, ReadBudget } from '../../contexts/drift-detection/ports.ts';
import type { EnvironmentResources, InventoryReader } from '../../contexts/environment-inventory/ports.ts';
import type { HealthEndpoints, RequestMetrics, ScaleWriter, Workloads } from '../../contexts/health-scaling/ports.ts';
import type { Grants } from '../../contexts/tenant-isolation/ports.ts';
import type { LiveApps } from '../../gitops/ports.ts';
import { appId } from '../../kernel/container-app.ts';
import type { Clock } from '../../kernel/ports.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { Telemetry } from '../../kernel/telemetry.ts';
import type { WriteGate } from '../audit/write-gate.ts';
import { unguarded, type Breakers } from '../outage/breakers.ts';
import { unlimited, type Budget } from '../outage/budget.ts';
import { activityLog } from './activity-log.ts';
import { armOf } from './arm.ts';
import { azureCalls, placeOf, type ObservedCall } from './calls.ts';
import { azureClients } from './clients.ts';
import { containerApps } from './container-apps.ts';
import { azureCredential, tellingTokens, type AzureCredentialKind } from './credential.ts';
import { endpointProbe, probeAgent } from './endpoint-probe.ts';
import { environmentResources } from './environment-resources.ts';
import { vaultMetadata } from './key-vault.ts';
import { logNumbers } from './log-numbers.ts';
import { operationSeal } from './operation-seal.ts';
import { operationsOf } from './operations.ts';
import { ownIdentity } from './own-identity.ts';
import { readBudget } from './read-budget.ts';
import { requestMetrics } from './request-metrics.ts';
import { azureAgent, type Route } from './route.ts';
import { secretAccess } from './secret-access.ts';
import { tenantCheck } from './tenant-check.ts';
import { writeBudget } from './write-budget.ts';

export interface AzureOptions {
  readonly credential: AzureCredentialKind;
  /** Null: Azure itself, on the few hosts that Trueup talks to. */
  readonly route: Route | null;
  /** How long to wait between two looks at an operation that runs; longer where Azure asks for it. */
  readonly pollMs: number;
  /** 32 bytes. Operations that were sealed with another key are `unknown`. */
  readonly sealKey: Secret<Uint8Array>;
  readonly clock: Clock;
  readonly grants: Pick<Grants, 'of'>;
  /** Without them calls go out whatever the service answers. */
  readonly breakers?: Breakers;
  /** Of writes, by subscription. */
  readonly writes?: Budget;
  readonly telemetry?: Telemetry;
  /** After which a request is given up, in milliseconds. */
  readonly callMs?: number;
  /** For metrics and audit. */
  readonly onCall?: (call: ObservedCall) => void;
  /** Without one nothing is kept of what is written. */
  readonly gate?: WriteGate;
  /** Told each token as it is given out. */
  readonly onToken?: (token: string) => void;
}

/** Azure, as the contexts ask for it. */
export interface AzureAdapters {
  readonly resources: EnvironmentResources;
  readonly inventory: InventoryReader;
  readonly vaults: VaultMetadata;
  readonly access: SecretAccess;
  readonly apps: ContainerApps;
  readonly endpoints: EndpointProbe & HealthEndpoints;
  readonly live: LiveState & LiveApps;
  readonly activity: ActivityLog;
  readonly budget: ReadBudget;
  readonly workloads: Workloads;
  readonly metrics: RequestMetrics & RevisionRequests;
  readonly logs: LogNumbers;
  readonly scaling: ScaleWriter;
  readonly outages: Outages;
}

export function azureAdapters(options: AzureOptions): AzureAdapters {
  const { clock, route, pollMs, callMs, telemetry, breakers = unguarded, writes = unlimited } = options;
  const agent = azureAgent(route);
  const credential = tellingTokens(azureCredential(options.credential, agent), options.onToken ?? (() => undefined));
  const { budget, policy } = readBudget(clock);
  const clients = azureClients(credential, agent, [policy, writeBudget({ writes, random: Math.random, ...(telemetry && { telemetry }) })], callMs, options.gate);
  const check = tenantCheck(options.grants);
  const calls = azureCalls(check, clock, options.onCall ?? (() => undefined), { breakers, ...(callMs !== undefined && { callMs }), ...(telemetry && { telemetry }) });
  const arm = armOf(clients, calls, clock);
  const operations = operationsOf({ arm, seal: operationSeal(options.sealKey), clock, pollMs });
  const apps = containerApps(arm, operations);
  const resources = environmentResources(clients, calls, arm, operations);
  return {
    resources,
    inventory: apps,
    vaults: vaultMetadata(clients, calls),
    access: secretAccess(clients, calls, resources),
    apps,
    endpoints: endpointProbe(check, probeAgent(route)),
    live: { apps: apps.apps, replicas: apps.replicas, app: (tenant, place, name, signal) => apps.observe(tenant, appId(place, name), signal) },
    activity: activityLog(clients, calls, ownIdentity(credential, options.credential.clientId), clock),
    budget,
    workloads: {
      apps: apps.apps,
      revision: apps.revision,
      revisionState: apps.revisionState,
      managedEnvironmentState: async (tenant, place, signal) => (await resources.managedEnvironment(tenant, place, signal))?.provisioningState ?? null,
    },
    metrics: requestMetrics(clients, calls, clock),
    logs: logNumbers(clients, calls, clock),
    scaling: apps,
    outages: { since: ({ subscription }) => breakers.since(placeOf({ touches: { subscription } })) },
  };
}
