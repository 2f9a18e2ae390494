import { describe, expect, test } from 'vitest';
import { hasRecordings, recordingsFolder } from '../../../../test/support/azure-recordings.ts';
import { compiled } from '../../../../test/support/manifests.ts';
import { recordedApps } from '../../../../test/support/recorded-apps.ts';
import { compareThreeWay } from '../../../kernel/comparison/compare.ts';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import { isError } from '../../../kernel/problem.ts';
import { importApps } from './import-apps.ts';
import { vaultSecretOf } from './live-secrets.ts';

const options = { environment: 'prod', tenant: 'contoso', stage: 'prod' } as const;
const group = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop';
const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-shop`;

interface Parts {
  readonly container?: JsonObject;
  readonly configuration?: JsonObject;
  readonly template?: JsonObject;
  readonly properties?: JsonObject;
  readonly top?: JsonObject;
}

function app({ container = {}, configuration = {}, template = {}, properties = {}, top = {} }: Parts = {}): JsonObject {
  return {
    id: `${group}/providers/Microsoft.App/containerapps/web`,
    name: 'web',
    type: 'Microsoft.App/containerApps',
    location: 'West Europe',
    tags: { owner: 'shop' },
    systemData: { lastModifiedBy: 'somebody' },
    properties: {
      provisioningState: 'Succeeded',
      environmentId: `${group}/providers/Microsoft.App/managedEnvironments/cae-shop`,
      configuration: { activeRevisionsMode: 'Single', ingress: { external: true, targetPort: 8080, transport: 'Auto', fqdn: 'web.example.org', traffic: [{ latestRevision: true, weight: 100 }] }, ...configuration },
      template: {
        containers: [{ name: 'web', image: 'docker.io/contoso/web:1.2', imageType: 'ContainerImage', resources: { cpu: 0.5, memory: '1Gi', ephemeralStorage: '2Gi' }, ...container }],
        scale: { minReplicas: 1, maxReplicas: 4, rules: null },
        ...template,
      },
      ...properties,
    },
    ...top,
  };
}

function imported(body: JsonObject) {
  const { files, notes } = importApps([body], options);
  const texts = Object.fromEntries(files.map(({ path, text }) => [path, text]));
  const { environments, problems } = compiled(texts);
  const service = environments.flatMap(({ services }) => services)[0] ?? null;
  const errors = problems.filter(isError);
  const left = service === null ? null : compareThreeWay({ lastApplied: null, desired: service.app, live: body }).map(({ path }) => path).filter((path) => !isTrueups(path));
  return { texts, text: texts['trueup/services/web.yaml'] ?? Object.entries(texts).find(([path]) => path.includes('/services/'))?.[1] ?? '', notes, errors, service, left };
}

/** What Trueup sets when it takes an app over, see `deployment/domain/take-over.ts`. */
function isTrueups(path: string): boolean {
  return path.startsWith('tags') || path === 'properties.template.revisionSuffix' || path === 'properties.configuration.activeRevisionsMode';
}

const vault = { name: 'api-key', keyVaultUrl: 'https://kv-shop.vault.azure.net/secrets/api-key/3f0c2a5b6d7e8f901a2b3c4d5e6f7081', identity };
const withIdentity = { identity: { type: 'UserAssigned', userAssignedIdentities: { [identity.toLowerCase()]: { principalId: 'p', clientId: 'c' } } } };

describe('an app as it runs', () => {
  test('in an environment of another resource group is told: Git can only name one beside its apps', () => {
    expect(imported(app({ properties: { environmentId: `${group}-net/providers/Microsoft.App/managedEnvironments/cae-shop` } })).notes).toEqual(expect.arrayContaining([expect.stringContaining('is in the resource group rg-shop-net')]));
  });

  test('with a secret whose address is written otherwise', () => {
    expect(vaultSecretOf('https://KV-Shop.vault.azure.net/secrets/Api-Key/3F0C')).toEqual({ vault: 'kv-shop', secret: 'Api-Key', version: '3f0c' });
  });

  test('says nothing of the profile that absent means', () => {
    expect(imported(app({ properties: { workloadProfileName: 'consumption' } })).text).not.toContain('azure');
  });

  test('is written for people', () => {
    const { texts, notes, errors } = imported(app({ container: { env: [{ name: 'LOG_LEVEL', value: 'info' }], probes: [{ type: 'Readiness', httpGet: { path: '/health', port: 8080, scheme: 'HTTP' }, timeoutSeconds: 5 }] } }));
    expect({ notes, errors }).toEqual({ notes: [], errors: [] });
    expect(texts).toEqual({
      'trueup/environments/prod.yaml': `apiVersion: trueup.dev/v1
kind: RuntimeEnvironment
metadata: { name: prod, tenant: contoso }
spec:
  stage: prod
  region: westeurope
  azure:
    subscription: "00000000-0000-0000-0000-000000000001"
    resourceGroup: rg-shop
    managedEnvironment: cae-shop
`,
      'trueup/tenants/contoso.yaml': `apiVersion: trueup.dev/v1
kind: RuntimeTenantBinding
metadata: { name: contoso, tenant: contoso }
spec:
  isolation: silo # or pool, or shared
  environments: [ prod ]
`,
      'trueup/services/web.yaml': `apiVersion: trueup.dev/v1
kind: RuntimeService
metadata: { name: web, tenant: contoso }
spec:
  type: microservice # gateway, microservice, worker, admin-portal, customer-portal or mobile-backend
  image: docker.io/contoso/web:1.2
  ingress: { port: 8080, external: true }
  resources: { cpu: 0.5, memory: 1Gi }
  env: { LOG_LEVEL: info }
  health: { readiness: { path: /health, timeout: 5s } }
  environments: { prod: {} }
---
apiVersion: trueup.dev/v1
kind: ScalingPolicy
metadata: { name: web, tenant: contoso }
spec:
  service: web
  replicas: { min: 1, max: 4 }
`,
    });
  });

  test.each([
    { reason: 'as little as there can be', body: app(), notes: [] },
    { reason: 'replicas that Azure fills in', body: app({ template: { scale: { maxReplicas: null } } }), notes: [] },
    { reason: 'one replica needs no policy', body: app({ template: { scale: { minReplicas: 1, maxReplicas: 1 } } }), notes: [] },
    { reason: 'a command: the whole container is said in the words of Azure', body: app({ container: { command: ['/bin/web'], env: [{ name: 'A', value: 'b' }] } }), notes: [/stands there/] },
    { reason: 'two containers', body: app({ template: { containers: [{ name: 'web', image: 'a/b:1', resources: { cpu: 0.25, memory: '0.5Gi' } }, { name: 'side', image: 'a/c:1', resources: { cpu: 0.25, memory: '0.5Gi' } }] } }), notes: [/stands there/] },
    { reason: 'sticky sessions and rules of the network', body: app({ configuration: { ingress: { external: true, targetPort: 80, transport: 'Http2', stickySessions: { affinity: 'sticky' }, ipSecurityRestrictions: [{ name: 'office', action: 'Allow', ipAddressRange: '10.0.0.0/8' }] } } }), notes: [] },
    { reason: 'no ingress', body: app({ configuration: { ingress: null } }), notes: [] },
    { reason: 'a port that Azure finds itself', body: app({ configuration: { ingress: { external: true, transport: 'Auto' } } }), notes: [] },
    { reason: 'volumes, init containers, dapr', body: app({ configuration: { dapr: { enabled: true, appId: 'web' } }, template: { volumes: [{ name: 'v', storageType: 'EmptyDir' }], initContainers: [{ name: 'init', image: 'a/b:1', resources: { cpu: 0.25, memory: '0.5Gi' } }] } }), notes: [] },
    { reason: 'a workload profile with sizes of its own', body: app({ properties: { workloadProfileName: 'D4' }, container: { resources: { cpu: 1, memory: '4Gi' } } }), notes: [] },
    { reason: 'rules of every kind', body: app({ template: { scale: { minReplicas: 1, maxReplicas: 9, cooldownPeriod: 60, rules: [{ name: 'h', http: { metadata: { concurrentRequests: '50' } } }, { name: 'c', custom: { type: 'cpu', metadata: { type: 'Utilization', value: '70' } } }, { name: 'n', custom: { type: 'cron', metadata: { timezone: 'UTC', start: '0 8 * * *', end: '0 9 * * *', desiredReplicas: '3' } } }, { name: 'q', azureQueue: { accountName: 'st', queueName: 'q', queueLength: 5 } }, { name: 'k', custom: { type: 'kafka', metadata: { topic: 't' } } }] } } }), notes: [] },
    { reason: 'an identity and the registry that it pulls from', body: app({ top: withIdentity, container: { image: 'contoso.azurecr.io/web:1' }, configuration: { ingress: null, registries: [{ server: 'contoso.azurecr.io', identity: identity.toLowerCase() }] } }), notes: [] },
    { reason: 'a secret of a vault keeps its name', body: app({ top: withIdentity, configuration: { ingress: null, secrets: [vault] }, container: { env: [{ name: 'API_KEY', secretRef: 'api-key' }] } }), notes: [] },
    { reason: 'a secret that Azure alone knows stays where it is', body: app({ configuration: { ingress: null, secrets: [{ name: 'api-key' }] }, container: { env: [{ name: 'API_KEY', secretRef: 'api-key' }, { name: 'A', value: 'b' }] } }), notes: [/the secret api-key: its value lies in Azure alone/, /stands there/] },
  ])('$reason', ({ body, notes: expected }) => {
    const { errors, left, notes, text } = imported(body);
    expect({ errors, left }, text).toEqual({ errors: [], left: [] });
    expect(notes, notes.join('\n')).toHaveLength(expected.length);
    for (const one of expected) expect(notes).toContainEqual(expect.stringMatching(one));
  });

  test('a secret of a vault keeps its name until its version changes: then it is another secret', () => {
    const { texts, service } = imported(app({ top: withIdentity, configuration: { ingress: null, secrets: [vault] }, container: { env: [{ name: 'API_KEY', secretRef: 'api-key' }] } }));
    const rotated = Object.entries(texts).map(([path, text]) => [path, text.replace('3f0c2a5b6d7e8f901a2b3c4d5e6f7081', '00000000000000000000000000000001')]);
    const [after] = compiled(Object.fromEntries(rotated)).environments;
    expect(service?.app.properties.configuration['secrets']).toEqual([{ ...vault, identity: vault.identity }]);
    expect(after?.secrets[0]?.appSecretName).toMatch(/^web-api-key-[0-9a-f]{8}$/);
  });

  test.each([
    { reason: 'under a key that says so', name: 'DB_PASSWORD', value: 'hunter2' },
    { reason: 'by its look', name: 'STORE', value: 'DefaultEndpointsProtocol=https;AccountKey=abcdefgh12345678' },
    { reason: 'where all of the container is written', name: 'DB_PASSWORD', value: 'hunter2', command: ['/bin/web'] },
  ])('a text that may be a secret is never written: $reason', ({ name, value, command }) => {
    const { texts, notes, left, errors } = imported(app({ container: { env: [{ name, value }, { name: 'LOG_LEVEL', value: 'info' }], ...(command !== undefined && { command }) } }));
    expect(JSON.stringify([texts, notes])).not.toContain(value);
    expect(notes.join('\n')).toMatch(new RegExp(`${name} may be a secret`));
    expect({ left, errors }).toEqual({ left: [`properties.template.containers[web].env[${name}]`], errors: [] });
  });

  test.each([
    { reason: 'an image without a version', body: app({ container: { image: 'mcr.microsoft.com/quickstart:latest', args: ['x'] } }), note: /another one every day/ },
    { reason: 'what nothing starts', body: app({ configuration: { ingress: null }, template: { scale: { maxReplicas: 3 } } }), note: /nothing starts it again/ },
    { reason: 'an identity of the app itself', body: app({ top: { identity: { type: 'SystemAssigned' } } }), note: /Git cannot name it/ },
    { reason: 'a rule with a secret', body: app({ template: { scale: { minReplicas: 1, maxReplicas: 3, rules: [{ name: 'q', custom: { type: 'kafka', metadata: {}, auth: [{ secretRef: 'a', triggerParameter: 'b' }] } }] } } }), note: /the scale rule q/ },
    { reason: 'a line end in a name', body: app({ configuration: { secrets: [{ name: 'a\nspec: x' }] } }), note: /value lies in Azure alone/ },
  ])('says what is left to do: $reason', ({ body, note }) => {
    expect(imported(body).notes.join('\n')).toMatch(note);
  });
});

const bodies = recordedApps();

/** Why a body cannot be taken over as it is. */
const allowed: readonly { readonly reason: string; readonly note: RegExp }[] = [
  { reason: 'nothing would ever start it', note: /nothing starts it again/ },
  { reason: 'an identity that is not of its resource group', note: /Git cannot name it/ },
  { reason: 'a scale rule with a secret', note: /cannot be said in a ScalingPolicy/ },
];

const outcomes = bodies.map((one) => {
  const outcome = imported(one.body);
  return { ...one, ...outcome, why: allowed.find(({ note }) => outcome.notes.some((text) => note.test(text)))?.reason ?? null };
});
const exact = outcomes.filter(({ why }) => why === null);

describe.skipIf(!hasRecordings)(`${hasRecordings ? `${exact.length} of ${bodies.length}` : 'skipped, absent:'} recorded container apps in ${recordingsFolder}`, () => {
  test('are there in number, and nearly all can be taken over', () => {
    expect(bodies.length).toBeGreaterThan(20);
    expect(exact.length / bodies.length, JSON.stringify(outcomes.map(({ why }) => why))).toBeGreaterThan(0.6);
  });

  test.each(exact.map((one, index) => ({ ...one, index })))('$index of $file comes back as it was', ({ errors, left, notes, text }) => {
    expect({ errors, left, notes: notes.filter((one) => !one.includes('`spec.azure`') && !one.includes('lies in Azure alone')) }, text).toEqual({ errors: [], left: [], notes: [] });
  });

  test('what a list holds is written as Azure shows it: the revision is found again by the very template that it has', () => {
    expect(imported(app({ template: { volumes: [{ name: 'scratch', storageType: 'EmptyDir' }] } })).text).toContain('volumes: [ { name: scratch, storageType: EmptyDir } ]');
  });

  test('a transport is written as it is sent, not as Azure answers it', () => {
    const { text, left } = imported(app({ configuration: { ingress: { external: true, targetPort: 80, transport: 'Http2' } } }));
    expect([text.includes('transport: http2'), left]).toEqual([true, []]);
  });
});
