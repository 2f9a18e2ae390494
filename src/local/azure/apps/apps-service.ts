import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AzureAnswer, AzureRequest, AzureService, World } from '../world.ts';
import { checkVersion, fromProvider } from './api-version.ts';
import { Apps } from './apps.ts';
import { ArmError } from './arm-error.ts';
import { Environments } from './environments.ts';
import { ingressOf } from './ingress.ts';
import { listenersOf } from './listeners.ts';
import { measureRegularly } from './measures.ts';
import { operationsOf } from './operations.ts';
import { routesOf } from './routes.ts';
import { timersOn } from './timers.ts';
import { syncVaults } from './vault-sync.ts';

/** Microsoft.App of the local Azure, and the edge of its environments. */
export interface AppsService extends AsyncDisposable {
  readonly handle: AzureService;
  /** Requests to hosts below azurecontainerapps.io. */
  ingress(request: IncomingMessage, response: ServerResponse): void;
}

export function appsService(world: World): AppsService {
  const timers = timersOn(world.clock);
  const listeners = listenersOf();
  const operations = operationsOf(world, timers);
  const environments = new Environments({ world, timers, operations, onDeleted: (environment) => apps.forget(environment) });
  const apps: Apps = new Apps({ world, timers, listeners, operations, environments });
  const route = routesOf({ world, operations, environments, apps });
  const all = () => apps.all();
  syncVaults(world, timers, all);
  measureRegularly(world, timers, all);

  return {
    handle: (request) => answerOf(request, route),
    ingress: ingressOf({ apps: all, metrics: world.metrics, now: timers.now }),
    async [Symbol.asyncDispose]() {
      timers.close();
      for (const app of apps.all()) for (const revision of app.revisions) revision.stop();
      await listeners.closeAll();
    },
  };
}

function answerOf(request: AzureRequest, route: (request: AzureRequest) => AzureAnswer | null): AzureAnswer | null {
  try {
    checkVersion(request);
    const answer = route(request);
    return answer && fromProvider(answer);
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    return error.byProvider ? fromProvider(error.answer()) : error.answer();
  }
}
