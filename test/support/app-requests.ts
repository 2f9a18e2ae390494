import { environmentId, groupPath, until, type AppsUnderTest } from './apps-under-test.ts';

export const appPath = `${groupPath}/containerApps/web`;

interface Wish {
  readonly image?: string;
  readonly suffix?: string | null;
  readonly mode?: 'Single' | 'Multiple';
  readonly configuration?: object;
  readonly container?: object;
  readonly scale?: object;
  readonly more?: object;
}

/** A body for a PUT of a container app with an external ingress, of which one replica always runs. */
export function appBody({ image = 'r.azurecr.io/web:1', suffix = null, mode = 'Multiple', configuration, container, scale = { minReplicas: 1 }, more }: Wish = {}): object {
  return {
    location: 'westeurope',
    properties: {
      environmentId,
      configuration: { activeRevisionsMode: mode, ingress: { external: true, targetPort: 8080 }, ...configuration },
      template: { revisionSuffix: suffix, containers: [{ name: 'main', image, ...container }], scale },
    },
    ...more,
  };
}

/** An environment that is ready, and its domain. */
export async function readyEnvironment(azure: AppsUnderTest): Promise<string> {
  await azure.settle('PUT', environmentId, { location: 'westeurope', properties: { workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }] } });
  const { body } = await azure.call('GET', environmentId);
  return (body as { properties: { defaultDomain: string } }).properties.defaultDomain;
}

export interface ShownRevision {
  readonly active: boolean;
  readonly replicas: number;
  readonly trafficWeight: number;
  readonly healthState: string;
  readonly provisioningState: string;
  readonly runningState: string;
  readonly runningStateDetails?: string;
  readonly provisioningError?: string;
  readonly lastActiveTime?: string;
  readonly fqdn?: string;
  readonly labels?: readonly string[];
}

export async function revision(azure: AppsUnderTest, name: string): Promise<ShownRevision> {
  const { status, body } = await azure.call('GET', `${appPath}/revisions/${name}`);
  if (status !== 200) throw new Error(`${name}: ${JSON.stringify(body)}`);
  return (body as { properties: ShownRevision }).properties;
}

export function untilRevision(azure: AppsUnderTest, name: string, runningState: string): Promise<ShownRevision> {
  return until(`${name} being ${runningState}`, async () => {
    const seen = await revision(azure, name);
    return seen.runningState === runningState ? seen : null;
  });
}

export async function appProperties(azure: AppsUnderTest): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await azure.call('GET', appPath);
  return (body as { properties: Record<string, unknown> }).properties;
}
