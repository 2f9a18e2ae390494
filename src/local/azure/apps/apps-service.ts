import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AzureAnswer, AzureRequest, AzureService, World } from '../world.ts';
import { checkVersion, fromProvider } from './api-version.ts';
import { Apps } from './apps.ts';
import { ArmError } from './arm-error.ts';
import { Environments } from './environments.ts';
import { ingressOf } from './ingress.ts';
import { measureRegularly } from './measures.ts';
import { operationsOf } from './operations.ts';
import { routesOf } from './routes.ts';
import { timersOn } from './timers.ts';
import { syncVaults } from './vault-sync.ts';
import { workloadsAsProcesses } from './workloads/workloads-as-processes.ts';
import { workloadsInProcess } from './workloads/workloads-in-process.ts';

/** Microsoft.App of the local Azure, and the edge of its environments. */
export interface AppsService extends AsyncDisposable {
  readonly handle: AzureService;
  /** Requests to hosts below azurecontainerapps.io. */
  ingress(request: IncomingMessage, response: ServerResponse): void;
}

export interface AppsOptions {
  /**
   * Every replica that runs is a process of its own, which is the default: it can be killed, and what reaches it really reaches a process.
   * In the emulator's process hundreds cost nothing: for benchmarks, and for tests of what the service says about them.
   */
  readonly workloads?: 'process' | 'in-process' | undefined;
  /** Splits traffic; `Math.random` by default. With numbers from a seed a run can be repeated. */
  readonly chance?: (() => number) | undefined;
  /** How many environments the subscription may have in a region; 15 by default, as in Azure. */
  readonly environmentsPerRegion?: number | undefined;
}

export function appsService(world: World, { workloads: kind = 'process', chance = Math.random, environmentsPerRegion = 15 }: AppsOptions = {}): AppsService {
  const timers = timersOn(world.clock);
  const workloads = kind === 'process' ? workloadsAsProcesses() : workloadsInProcess();
  const operations = operationsOf(world, timers);
  const environments = new Environments({ world, timers, operations, perRegion: environmentsPerRegion, onDeleted: (environment) => apps.forget(environment) });
  const apps: Apps = new Apps({ world, timers, workloads, operations, environments });
  const route = routesOf({ world, operations, environments, apps });
  const all = () => apps.all();
  syncVaults(world, timers, all);
  measureRegularly(world, timers, all);

  return {
    handle: (request) => answerOf(request, route),
    ingress: ingressOf({ apps: all, metrics: world.metrics, now: timers.now, chance }),
    async [Symbol.asyncDispose]() {
      timers.close();
      for (const app of apps.all()) for (const revision of app.revisions) revision.stop();
      await workloads[Symbol.asyncDispose]();
    },
  };
}

function answerOf(request: AzureRequest, route: (request: AzureRequest) => AzureAnswer | null): AzureAnswer | null {
  try {
    checkVersion(request);
    const answer = route(request);
    return answer && fromProvider(request, answer);
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    return error.byProvider ? fromProvider(request, error.answer()) : error.answer();
  }
}
