import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appBody, appPath, appProperties, readyEnvironment, revision, untilRevision } from '../../../../test/support/app-requests.ts';
import { appsUnderTest, type AppsUnderTest } from '../../../../test/support/apps-under-test.ts';

/** azure-container-apps#395: taking a secret away that a revision refers to is accepted and never ends well. */
let azure: AppsUnderTest;
beforeEach(async () => {
  azure = await appsUnderTest({ workloads: 'in-process' });
  await readyEnvironment(azure);
});
afterEach(() => azure[Symbol.asyncDispose]());

const secrets = [{ name: 'db', value: 'x' }, { name: 'spare', value: 'y' }];
const expired = { status: 'Failed', error: { code: 'ContainerAppOperationError', message: expect.stringContaining('Operation expired') } };
const without = (...names: readonly string[]) => ({ properties: { configuration: { secrets: secrets.filter(({ name }) => !names.includes(name)) }, template: { revisionSuffix: 'b', containers: [{ name: 'main', image: 'r.azurecr.io/web:2' }], volumes: null, scale: { minReplicas: 1, rules: null } } } });

const uses: readonly { readonly reason: string; readonly wish: Parameters<typeof appBody>[0]; readonly template?: object }[] = [
  { reason: 'a variable', wish: { container: { env: [{ name: 'DB', secretRef: 'db' }] } } },
  { reason: 'a rule of its scale', wish: { scale: { minReplicas: 1, rules: [{ name: 'queue', custom: { type: 'rabbitmq', metadata: {}, auth: [{ secretRef: 'db', triggerParameter: 'host' }] } }] } } },
  { reason: 'a volume', wish: {}, template: { volumes: [{ name: 'files', storageType: 'Secret', secrets: [{ secretRef: 'db', path: 'db' }] }] } },
];

async function first({ wish, template = {} }: (typeof uses)[number]): Promise<void> {
  const body = appBody({ suffix: 'a', configuration: { secrets }, ...wish }) as { properties: { template: object } };
  await azure.settle('PUT', appPath, { ...body, properties: { ...body.properties, template: { ...body.properties.template, ...template } } });
  await untilRevision(azure, 'web--a', 'Running');
}

describe('a secret that is taken away', () => {
  it.each(uses)('from $reason of an active revision: the operation runs until it expires, and changes nothing', async (use) => {
    await first(use);
    const answer = await azure.call('PATCH', appPath, without('db'));
    expect(answer.status).toBe(202);
    expect(await appProperties(azure)).toMatchObject({ provisioningState: 'InProgress' });
    expect(await azure.call('PATCH', appPath, {})).toMatchObject({ status: 409, body: { error: { code: 'ContainerAppOperationInProgress' } } });
    const status = new URL(answer.headers?.['azure-asyncoperation'] ?? '').pathname;
    await expect.poll(async () => (await azure.call('GET', status)).body, { interval: 10 }).toMatchObject(expired);
    expect(await appProperties(azure)).toMatchObject({ provisioningState: 'Failed', latestRevisionName: 'web--a' });
    expect(await revision(azure, 'web--a')).toMatchObject({ runningState: 'Running' });
  });

  it('from an inactive revision, too, with a PUT as with a PATCH', async () => {
    await first({ reason: '', wish: { container: { env: [{ name: 'DB', secretRef: 'db' }] } } });
    await azure.settle('PATCH', appPath, without());
    await azure.call('POST', `${appPath}/revisions/web--a/deactivate`);
    expect(await azure.settle('PATCH', appPath, without('db'))).toMatchObject(expired);
    expect(await azure.settle('PUT', appPath, appBody({ suffix: 'c' }))).toMatchObject(expired);
  });

  it('that no revision refers to, or none that is still kept: at once', async () => {
    const put = (suffix: string, configuration: object, container: object = {}) => azure.settle('PUT', appPath, appBody({ mode: 'Single', suffix, image: `a:${suffix}`, configuration: { maxInactiveRevisions: 0, ...configuration }, container }));
    await put('a', { secrets }, { env: [{ name: 'DB', secretRef: 'db' }] });
    await untilRevision(azure, 'web--a', 'Running');
    expect(await azure.settle('PATCH', appPath, { properties: { configuration: { secrets: secrets.slice(0, 1) } } })).toMatchObject({ status: 'Succeeded' });
    await put('b', { secrets });
    await untilRevision(azure, 'web--b', 'Running');
    expect(await put('c', { secrets: [] })).toMatchObject({ status: 'Succeeded' });
  });
});
