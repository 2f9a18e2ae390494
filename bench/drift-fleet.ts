import { digestOf } from '../src/kernel/digest.ts';
import { tagNames, type DesiredEnvironment, type DesiredService, type JsonObject } from '../src/kernel/desired-state.ts';
import { revisionSuffixOf } from '../src/kernel/revision-suffix.ts';
import { desiredEnvironment, desiredService } from '../test/support/desired.ts';

export const subscription = '00000000-0000-4000-8000-00000000d41f';
export const perGroup = 100;

/** What somebody changed, and where a scan has to find it. */
export interface Edit {
  readonly path: string;
  readonly change: (app: DesiredService['app']) => JsonObject;
}

export interface FleetApp {
  readonly service: DesiredService;
  /** Null: nobody changed it. */
  readonly edit: Edit | null;
}

export interface FleetGroup {
  readonly environment: DesiredEnvironment;
  readonly apps: readonly FleetApp[];
}

interface Template {
  readonly containers: { image: string; env: { name: string; value: string }[] }[];
  readonly scale: { maxReplicas: number };
}

/** On a copy, which is what Azure is given. */
function edited(path: string, change: (properties: { readonly template: Template; readonly configuration: { readonly ingress: { external: boolean } } }) => void): Edit {
  return {
    path,
    change: (app) => {
      const copy = structuredClone(app);
      // As `serviceAt` makes it, and JSON.
      change(copy.properties as unknown as Parameters<typeof change>[0]);
      return copy as unknown as JsonObject;
    },
  };
}

const edits: readonly Edit[] = [
  edited('properties.template.containers[main].env[SETTING_3].value', ({ template: { containers } }) => {
    const variable = containers[0]?.env.find(({ name }) => name === 'SETTING_3');
    if (variable !== undefined) variable.value = 'by hand';
  }),
  edited('properties.template.containers[main].image', ({ template: { containers: [main] } }) => {
    if (main !== undefined) main.image = main.image.replace(':1.4.2', ':1.4.3-hotfix');
  }),
  edited('properties.template.scale.maxReplicas', ({ template: { scale } }) => void (scale.maxReplicas = 9)),
  edited('properties.configuration.ingress.external', ({ configuration: { ingress } }) => void (ingress.external = false)),
];

/** One in a hundred is edited, in turn at one of four places: the set that a scan is held against. */
export function fleetOf(apps: number): readonly FleetGroup[] {
  return Array.from({ length: Math.ceil(apps / perGroup) }, (_, group) => {
    const name = `e${String(group).padStart(3, '0')}`;
    const azure = { subscription, resourceGroup: `rg-${name}`, managedEnvironment: `cae-${name}` };
    const members = Array.from({ length: Math.min(perGroup, apps - group * perGroup) }, (_each, index) => {
      const number = group * perGroup + index;
      return { service: serviceAt(number, name, azure), edit: number % 100 === 37 ? (edits[Math.floor(number / 100) % edits.length] ?? null) : null };
    });
    return { environment: desiredEnvironment({ name, azure, services: members.map(({ service }) => service) }), apps: members };
  });
}

function serviceAt(number: number, environment: string, { resourceGroup, managedEnvironment }: DesiredEnvironment['azure']): DesiredService {
  const name = `svc-${String(number).padStart(5, '0')}`;
  const image = `contoso.azurecr.io/${name}:1.4.2`;
  const env = Array.from({ length: 10 }, (_, index) => ({ name: `SETTING_${index}`, value: `value ${index} of ${name}` }));
  const probes = [{ type: 'Readiness', httpGet: { path: '/health', port: 8080, scheme: 'HTTP' }, timeoutSeconds: 5, periodSeconds: 10 }];
  // Without replicas: none of them has to be there for a list to show the app.
  const template = { containers: [{ name: 'main', image, env, resources: { cpu: 0.5, memory: '1Gi' }, probes }], scale: { minReplicas: 0, maxReplicas: 4 } };
  const revisionSuffix = revisionSuffixOf(template);
  const app: DesiredService['app'] = {
    location: 'westeurope',
    tags: { [tagNames.tenant]: 'contoso', [tagNames.environment]: environment, [tagNames.service]: name },
    identity: { type: 'None' },
    properties: {
      environmentId: `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.App/managedEnvironments/${managedEnvironment}`,
      configuration: { activeRevisionsMode: 'Multiple', ingress: { external: true, targetPort: 8080, transport: 'auto' } },
      template: { ...template, revisionSuffix },
    },
  };
  return desiredService({ name, image, replicas: { min: 0, max: 4 }, app, revisionSuffix, digest: digestOf(app) });
}

/** As a deployment leaves it, with its revision named in the traffic, and as somebody changed it afterwards. */
export function bodyOf({ service, edit }: FleetApp): JsonObject {
  const deployed = structuredClone(service.app);
  Object.assign(deployed.properties.configuration.ingress ?? {}, { traffic: [{ revisionName: `${service.name}--${service.revisionSuffix}`, weight: 100 }] });
  // ARM's wire shape is JSON.
  const body = edit === null ? (deployed as unknown as JsonObject) : edit.change(deployed);
  return { ...body, tags: { ...service.app.tags, [tagNames.digest]: service.digest, [tagNames.commit]: '1'.repeat(40), [tagNames.generation]: '1' } };
}
