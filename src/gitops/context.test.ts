import { describe, expect, test } from 'vitest';
import { gitopsWorld, type GitopsWorld } from '../../test/support/gitops-world.ts';
import { memoryParsed } from '../../test/support/tiny-language.ts';
import { commitReader } from './desired/commit-reader.ts';
import { parseFile } from './parser/parse-file.ts';
import type { Planner } from '../kernel/plan.ts';

/** gitops with the real manifest language, parsed in this process. */
function realWorld(planners: readonly Planner[] = []): GitopsWorld {
  return gitopsWorld(planners, undefined, (repository) =>
    commitReader({ repository, parser: { parse: async (path, bytes) => parseFile(path, bytes) }, parsed: memoryParsed() }),
  );
}

const platform = `apiVersion: trueup.dev/v1
kind: RuntimeTenantBinding
metadata: { name: contoso, tenant: contoso }
spec:
  isolation: pool
  environments: [staging]
---
apiVersion: trueup.dev/v1
kind: RuntimeEnvironment
metadata: { name: staging, tenant: contoso, project: storefront }
spec:
  stage: staging
  region: westeurope
  azure:
    subscription: 00000000-0000-0000-0000-000000000000
    resourceGroup: rg-storefront-staging
    managedEnvironment: cae-storefront-staging
`;

const services = `apiVersion: trueup.dev/v1
kind: RuntimeService
metadata: { name: checkout, tenant: contoso, project: storefront }
spec:
  type: microservice
  image: contoso.azurecr.io/checkout:1.4.2
  ingress: { port: 8080, external: true }
  resources: { cpu: 0.5, memory: 1Gi }
  configuration: storefront
  secrets: [payments-api-key]
  environments:
    staging: {}
---
apiVersion: trueup.dev/v1
kind: RuntimeConfiguration
metadata: { name: storefront, tenant: contoso, project: storefront }
spec:
  values: { FEATURE_NEW_CART: "off" }
---
apiVersion: trueup.dev/v1
kind: SecretBinding
metadata: { name: payments-api-key, tenant: contoso, project: storefront }
spec:
  env: PAYMENTS_API_KEY
  vault: kv-storefront
  secret: payments-api-key
  version: 3f0c2a5b6d7e8f901a2b3c4d5e6f7081
  identity: id-storefront
---
apiVersion: trueup.dev/v1
kind: ScalingPolicy
metadata: { name: checkout, tenant: contoso, project: storefront }
spec:
  service: checkout
  replicas: { min: 2, max: 10 }
`;

const files = { 'trueup/platform.yaml': platform, 'trueup/services.yaml': services };

async function commandsAfter(world: GitopsWorld, change: (text: string) => string): Promise<readonly string[]> {
  world.github.commit('main', { ...files, 'trueup/services.yaml': change(services) });
  return (await world.settle('SyncRepository', { reason: 'push' })).map(({ type }) => type);
}

describe('gitops with real manifests', () => {
  test('a first sync emits every command, once', async () => {
    expect(await commandsAfter(realWorld(), (text) => text)).toEqual(['BindTenant', 'ProvisionEnvironment', 'PublishConfiguration', 'BindSecret', 'Deploy', 'ApplyScalingPolicy']);
  });

  test.each([
    { change: (text: string) => text, emits: [], reason: 'nothing' },
    { change: (text: string) => `# a comment\n\n${text}`, emits: [], reason: 'a comment' },
    { change: (text: string) => text.replace('1.4.2', '1.5.0'), emits: ['Deploy'], reason: 'an image' },
    { change: (text: string) => text.replace('"off"', '"on"'), emits: ['PublishConfiguration', 'Deploy'], reason: 'a configured value, which its service shows' },
    { change: (text: string) => text.replace('7081', '7082'), emits: ['RotateSecret', 'Deploy'], reason: 'a pinned version' },
    { change: (text: string) => text.replace('max: 10', 'max: 12'), emits: ['Deploy', 'ApplyScalingPolicy'], reason: 'scale, which is part of the app' },
    { change: (text: string) => text.replace('type: microservice', 'type: nonsense'), emits: ['ProvisionEnvironment'], reason: 'a service that is wrong, with the only use of an identity: the others wait for what is declared now' },
    { change: (text: string) => text.replace('kind: RuntimeService', 'kind: [RuntimeService'), emits: ['ProvisionEnvironment'], reason: 'a file that is no YAML, with the only use of an identity' },
  ])('$emits when what changed is $reason', async ({ change, emits }) => {
    const world = realWorld();
    await commandsAfter(world, (text) => text);
    expect(await commandsAfter(world, change)).toEqual(emits);
    expect(await commandsAfter(world, (text) => text), 'and back').toEqual(emits);
  });

  test.each([
    { text: platform.replace('westeurope', 'westeurop'), emits: [], reason: 'its region is no region' },
    { text: platform.replace('stage: staging', 'stage: stagging'), emits: [], reason: 'its stage is no stage' },
    { text: platform.replace('kind: RuntimeEnvironment', 'kind: RuntimeEnvironmentt'), emits: [], reason: 'its kind cannot be read, so it may be anything' },
    { text: `${platform}\u0000`, emits: [], reason: 'its file cannot be read' },
    { text: platform.split('---')[0] ?? '', emits: ['UnmanageEnvironment'], reason: 'it is really gone' },
  ])('an environment is unmanaged only when it is absent: $reason', async ({ text, emits }) => {
    const world = realWorld();
    await commandsAfter(world, (services) => services);
    world.github.commit('main', { ...files, 'trueup/platform.yaml': text });
    expect((await world.settle('SyncRepository', { reason: 'push' })).map(({ type }) => type)).toEqual(emits);
  });

  test('five mistakes are five annotations on their lines and a red plan', async () => {
    const world = realWorld();
    const base = world.github.commit('main', files);
    const wrong = services
      .replace('type: microservice', 'type: nonsense')
      .replace('port: 8080', 'port: 99999')
      .replace('cpu: 0.5', 'cpus: 0.5')
      .replace('"off"', 'off: [1]')
      .replace('min: 2', 'min: 20');
    const head = world.github.commit(null, { ...files, 'trueup/services.yaml': wrong }, [base]);
    world.github.openPull(12, head);
    await world.settle('PlanPullRequest', { number: 12 });
    const check = world.github.check(head, 'trueup/plan');
    expect(check).toMatchObject({ conclusion: 'failure' });
    expect(check?.annotations.filter(({ level }) => level === 'failure').map(({ startLine }) => startLine)).toEqual([5, 7, 8, 18, 35]);
  });

  test('a pull request from a folder that is not managed is neutral', async () => {
    const world = realWorld();
    const base = world.github.commit('main', files);
    const head = world.github.commit(null, { ...files, 'docs/a.yaml': 'kind: RuntimeService' }, [base]);
    world.github.openPull(12, head);
    await world.settle('PlanPullRequest', { number: 12 });
    expect(world.github.check(head, 'trueup/plan')).toMatchObject({ conclusion: 'neutral', title: 'No managed files changed' });
  });
});
