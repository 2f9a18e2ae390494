import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appBody, appPath, appProperties, readyEnvironment } from '../../../../test/support/app-requests.ts';
import { appsUnderTest, environmentId, until, type AppsUnderTest } from '../../../../test/support/apps-under-test.ts';
import { newestBuild, oldestBuild, serviceBehaviours, type ServiceBuild } from './service-build.ts';

let azure: AppsUnderTest;
beforeEach(async () => {
  azure = await appsUnderTest({ workloads: 'in-process' });
  await readyEnvironment(azure);
});
afterEach(() => azure[Symbol.asyncDispose]());

function pathOf(address: string | undefined): string {
  return new URL(address ?? 'https://none').pathname;
}

async function ended(result: string): Promise<void> {
  await until(`the end of ${result}`, async () => ((await azure.call('GET', result)).status === 202 ? null : true));
}

async function environmentProperties(): Promise<object> {
  return ((await azure.call('GET', environmentId)).body as { readonly properties: object }).properties; // as environments are shown
}

/** One question per behaviour, asked of one build, and what each kind of build says to it. */
const questions: Readonly<Record<keyof ServiceBuild, { readonly ask: () => Promise<unknown>; readonly newest: unknown; readonly older: unknown }>> = {
  statusNamesItsAddress: {
    async ask() {
      const status = pathOf((await azure.call('PUT', appPath, appBody())).headers?.['azure-asyncoperation']);
      const { id, name } = (await azure.call('GET', status)).body as { readonly id: string; readonly name: string }; // as statuses are shown
      expect(id).toMatch(new RegExp(`/containerappOperationStatuses/${name}$`));
      return id === status;
    },
    newest: true,
    older: false,
  },
  publicNetworkAccess: {
    ask: async () => 'publicNetworkAccess' in (await environmentProperties()),
    newest: true,
    older: false,
  },
  patchNamesItsStatus: {
    async ask() {
      await azure.settle('PUT', appPath, appBody());
      const { status, headers } = await azure.call('PATCH', appPath, { tags: { team: 'a' } });
      await ended(pathOf(headers?.['location']));
      return [status, Object.keys(headers ?? {}).filter((name) => name === 'location' || name === 'azure-asyncoperation').sort()];
    },
    newest: [202, ['azure-asyncoperation', 'location']],
    older: [202, ['location']],
  },
  laterRevisionsCounted: {
    async ask() {
      await azure.settle('PUT', appPath, appBody());
      const first = (await appProperties(azure))['latestRevisionName'];
      await azure.settle('PUT', appPath, appBody({ image: 'r.azurecr.io/web:2' }));
      const second = (await appProperties(azure))['latestRevisionName'];
      expect([first === second, /^web--[a-z][a-z0-9]{6}$/.test(String(first))]).toEqual([false, true]);
      return String(second).replace(/--[a-z][a-z0-9]{6}$/, '--random');
    },
    newest: 'web--0000001',
    older: 'web--random',
  },
  putEchoes: {
    async ask() {
      const { properties } = (await azure.call('PUT', appPath, appBody())).body as { readonly properties: Readonly<Record<string, unknown>> }; // as apps are shown
      expect(properties).toMatchObject({ provisioningState: 'InProgress' });
      return [properties['runningStatus'], properties['latestRevisionName'], 'eventStreamEndpoint' in properties];
    },
    newest: [undefined, undefined, false],
    older: ['Running', '', true],
  },
  identitySettings: {
    async ask() {
      await azure.settle('PUT', appPath, appBody());
      const { configuration } = await appProperties(azure);
      return 'identitySettings' in Object(configuration);
    },
    newest: true,
    older: false,
  },
};
// The keys are those of the table that the type is of.
const behaviours = Object.keys(serviceBehaviours) as (keyof ServiceBuild)[];

describe('a build of the service', () => {
  it.each(behaviours)('is the newest, has one of the older behaviours, or all of them: %s', async (behaviour) => {
    const { ask, newest, older } = questions[behaviour];
    const answers = [];
    for (const build of [{}, oldestBuild, { [behaviour]: false }, { ...oldestBuild, [behaviour]: true }]) {
      azure.rollOut(build);
      answers.push(await ask());
      await until('the app being gone', async () => ((await azure.call('DELETE', appPath)).status === 204 ? true : null));
    }
    expect(answers).toEqual([newest, older, older, newest]);
  });

  it('leaves null in an environment that an older one wrote last, until it is written again', async () => {
    azure.rollOut(oldestBuild);
    await azure.settle('PUT', environmentId, { location: 'westeurope', tags: { by: 'older' }, properties: {} });
    expect(await environmentProperties()).not.toHaveProperty('publicNetworkAccess');
    azure.rollOut(newestBuild);
    expect(await environmentProperties()).toHaveProperty('publicNetworkAccess', null);
    await azure.settle('PUT', environmentId, { location: 'westeurope', tags: { by: 'newest' }, properties: {} });
    expect(await environmentProperties()).toHaveProperty('publicNetworkAccess', 'Enabled');
  });
});
