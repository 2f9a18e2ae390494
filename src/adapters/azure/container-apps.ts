import type { ContainerApps } from '../../contexts/deployment/ports.ts';
import type { Workloads } from '../../contexts/health-scaling/ports.ts';
import type { LiveState } from '../../contexts/drift-detection/ports.ts';
import type { AppId, ObservedApp } from '../../kernel/container-app.ts';
import type { AbortSignal } from '../../kernel/context.ts';
import type { AzurePlace } from '../../kernel/desired-state.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { AppCall, Arm } from './arm.ts';
import { appPath, groupPath, revisionPath, sameName } from './names.ts';
import { observedApp, observedContainers, observedRevision } from './observed.ts';
import type { Operations } from './operations.ts';
import { unexpectedAnswer } from './translate.ts';

/** Container apps for every context that looks at them or writes them. */
export type AzureContainerApps = ContainerApps & LiveState & Pick<Workloads, 'revisionState'>;

type Place = Pick<AzurePlace, 'subscription' | 'resourceGroup'>;

export function containerApps(arm: Arm, operations: Operations): AzureContainerApps {
  async function reviseState(verb: 'activate' | 'deactivate', tenant: TenantId, app: AppId, revision: string, signal: AbortSignal): Promise<void> {
    await arm.write(callTo(`revisions.${verb}`, tenant, app, signal), 'POST', `${revisionPath(app, revision)}/${verb}`, null);
  }

  const revisionState: Workloads['revisionState'] = async (tenant, app, revision, signal) => {
    const call = callTo('revisions.get', tenant, app, signal);
    const answer = await arm.get(call, revisionPath(app, revision));
    return answer && observedRevision(answer.body, [], call.operation);
  };

  return {
    revisionState,
    async observe(tenant, app, signal) {
      const call = callTo('containerApps.get', tenant, app, signal);
      const answer = await arm.get(call, appPath(app));
      return answer && named(observedApp(answer.body, app, call.operation), app, call);
    },
    async apps(tenant, place, signal) {
      const call = callTo('containerApps.list', tenant, place, signal);
      const bodies = await arm.list(call, `${groupPath(place)}/providers/Microsoft.App/containerApps`);
      return bodies.map((body) => observedApp(body, place, call.operation));
    },
    async revision(tenant, app, revision, signal) {
      const call = callTo('revisions.get', tenant, app, signal);
      const answer = await arm.get(call, revisionPath(app, revision));
      if (answer === null) return null;
      const replicas = await arm.list(callTo('replicas.list', tenant, app, signal), `${revisionPath(app, revision)}/replicas`);
      return observedRevision(answer.body, observedContainers(replicas, call.operation), call.operation);
    },
    async revisions(tenant, app, signal) {
      const call = callTo('revisions.list', tenant, app, signal);
      const bodies = await arm.list(call, `${appPath(app)}/revisions`);
      return bodies.map((body) => observedRevision(body, [], call.operation));
    },
    async replicas(tenant, app, revision, signal) {
      return (await revisionState(tenant, app, revision, signal))?.replicas ?? null;
    },
    async create(tenant, app, body, signal) {
      const call = callTo('containerApps.create', tenant, app, signal);
      return operations.begin(call, appPath(app), await arm.write(call, 'PUT', appPath(app), body));
    },
    async patch(tenant, app, patch, signal) {
      const call = callTo('containerApps.patch', tenant, app, signal);
      return operations.begin(call, appPath(app), await arm.write(call, 'PATCH', appPath(app), patch));
    },
    operation: operations.look,
    activate: (tenant, app, revision, signal) => reviseState('activate', tenant, app, revision, signal),
    deactivate: (tenant, app, revision, signal) => reviseState('deactivate', tenant, app, revision, signal),
  };
}

export function callTo(operation: string, tenant: TenantId, { subscription, resourceGroup }: Place, signal: AbortSignal): AppCall {
  return { operation, tenant, touches: { subscription, resourceGroup }, signal };
}

function named(observed: ObservedApp, asked: AppId, call: AppCall): ObservedApp {
  if (!sameName(observed.id.name, asked.name)) throw unexpectedAnswer(call.operation);
  return observed;
}
