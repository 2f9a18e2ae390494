import { beforeAll, describe, expect, it } from 'vitest';
import { applyPatch, createBody, pinPatch, promotePatch, restorePatch } from '../../../src/contexts/deployment/domain/patches.ts';
import { applyMergePatch } from '../../../src/kernel/comparison/merge-patch.ts';
import type { ContainerAppBody, JsonObject } from '../../../src/kernel/desired-state.ts';
import type { Release } from '../../../src/contexts/deployment/domain/service-rollout.ts';
import { openAzureSpec, type AzureSpec } from '../../support/azure-spec.ts';
import { hasSpec, lineOf } from '../../support/azure-spec-finding.ts';
import { compiled, edited, fileOf, goodManifests } from '../../support/manifests.ts';

interface Written {
  readonly reason: string;
  readonly files: () => Record<string, string>;
}

const service = fileOf('RuntimeService');
const scaling = fileOf('ScalingPolicy');
const rules = (text: string) => edited(scaling, '    - name: http\n      http: { concurrentRequests: 50 }\n', text);

/** Everything that a manifest can make Trueup send, but for the escape hatch, which is the user's own. */
const manifests: readonly Written[] = [
  { reason: 'the examples of the reference', files: goodManifests },
  { reason: 'probes with all they have', files: () => edited(service, '/health, timeout: 5s', '/health, port: 9000, timeout: 240s, period: 10s, initialDelay: 60s, failures: 10') },
  { reason: 'no ingress, no probes', files: () => edited(service, /  ingress: .*\n|  health:\n.*\n.*\n/g, '') },
  { reason: 'the largest of the consumption plan', files: () => edited(service, 'cpu: 0.5, memory: 1Gi', 'cpu: 4, memory: 8Gi') },
  { reason: 'the smallest, in other units', files: () => edited(service, 'cpu: 0.5, memory: 1Gi', 'cpu: 0.25, memory: 512Mi') },
  { reason: 'another kind of component', files: () => edited(service, 'type: microservice', 'type: worker') },
  { reason: 'rules by HTTP and TCP', files: () => rules('    - name: http\n      http: { concurrentRequests: 50 }\n    - name: tcp\n      tcp: { concurrentConnections: 100000 }\n') },
  { reason: 'rules by load', files: () => rules('    - name: cpu\n      cpu: { utilization: 70 }\n    - name: memory\n      memory: { utilization: 100 }\n') },
  { reason: 'a rule by time', files: () => rules('    - name: day\n      cron: { timezone: Europe/Berlin, start: "0 8 * * 1-5", end: "0 18 * * 1-5", replicas: 3 }\n') },
  { reason: "a rule of KEDA's own", files: () => rules('    - name: queue\n      custom: { type: azure-servicebus, metadata: { queueName: orders, messageCount: "5" } }\n') },
];

const traffic = [{ revision: 'checkout--one', weight: 60, label: null }, { revision: 'checkout--two', weight: 40, label: 'next' }];

function releasesOf(files: Record<string, string>): readonly Release[] {
  const { environments, problems } = compiled(files);
  const mistakes = problems.filter(({ severity }) => severity === 'error');
  if (mistakes.length > 0) throw new Error(JSON.stringify(mistakes));
  return environments.flatMap(({ services }) => services.map(({ app, digest }) => ({ body: app, digest, commit: 'c'.repeat(40), generation: '7', trace: 'a'.repeat(32) })));
}

/** With fields that nobody declared: a patch names them to take them away. */
function touchedByOthers(body: ContainerAppBody): JsonObject {
  const added = {
    configuration: { dapr: { enabled: true, appId: 'a' }, ingress: { corsPolicy: { allowedOrigins: ['*'] }, ipSecurityRestrictions: [{ name: 'a', ipAddressRange: '1.2.3.4/32', action: 'Allow' }] } },
    template: { terminationGracePeriodSeconds: 60, initContainers: [{ name: 'i', image: 'x:1' }], volumes: [{ name: 'v', storageType: 'EmptyDir' }], scale: { cooldownPeriod: 60 } },
  };
  return applyMergePatch(body, { properties: added }) as JsonObject; // two objects merged
}

/** Every write of a deployment, from the first to the way back. */
function writesOf(release: Release, other: Release): readonly (readonly ['PUT' | 'PATCH', object])[] {
  const repository = 'contoso/storefront';
  const secrets = [{ name: 'kept', keyVaultUrl: 'https://kv-storefront.vault.azure.net/secrets/a/b', identity: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id' }];
  const live = touchedByOthers(other.body);
  const apply = { release, previous: 'd'.repeat(40), repository, live, traffic, secrets, keepsTemplate: false };
  return [
    ['PUT', createBody(release, repository, 'checkout--one')],
    ['PATCH', applyPatch({ ...apply, lastApplied: null })],
    ['PATCH', applyPatch({ ...apply, lastApplied: other.body })],
    ['PATCH', applyPatch({ ...apply, release: other, lastApplied: release.body, traffic: null, secrets: null })],
    ['PATCH', pinPatch(traffic)],
    ['PATCH', promotePatch(traffic)],
    ['PATCH', restorePatch({ failed: release, isQuarantined: true, previous: { revision: 'checkout--one', traffic, release: other }, live, ignores: [], secrets })],
    ['PATCH', restorePatch({ failed: other, isQuarantined: false, previous: { revision: 'checkout--one', traffic: null, release: null }, live, ignores: [], secrets: null })],
  ];
}

describe.skipIf(!hasSpec)('what manifests make Trueup send, against the specification (skipped where ../shared/azure is absent)', () => {
  let spec: AzureSpec;
  beforeAll(async () => {
    spec = await openAzureSpec();
  });

  async function faultsOf(method: 'PUT' | 'PATCH', body: object): Promise<readonly string[]> {
    const url = 'https://management.azure.com/subscriptions/s/resourceGroups/rg/providers/Microsoft.App/containerApps/checkout?api-version=2025-01-01';
    // As it goes over the wire, where what is undefined is not there.
    const requestBody: unknown = JSON.parse(JSON.stringify(body));
    const { findings } = await spec.hold({ method, url, requestHeaders: { 'content-type': 'application/json' }, requestBody, status: 409, responseHeaders: {}, responseBody: null });
    return findings.filter(({ side }) => side === 'request').map(lineOf);
  }

  it.each(manifests)('is in every write as the model has it: $reason', async ({ files }) => {
    const [plain] = releasesOf(goodManifests());
    const releases = releasesOf(files());
    expect(releases.length).toBeGreaterThan(0);
    const faults: string[] = [];
    for (const release of releases) for (const [method, body] of writesOf(release, plain ?? release)) faults.push(...(await faultsOf(method, body)));
    expect([...new Set(faults)]).toEqual([]);
  });

  it('would not be, if a field were of another type', async () => {
    const [release] = releasesOf(goodManifests());
    if (!release) throw new Error('the examples make no service');
    const body = createBody(release, 'contoso/storefront', 'checkout--one');
    const wrong = JSON.stringify(body).replace('"targetPort":8080', '"targetPort":"8080"').replace('"timeoutSeconds":5', '"timeoutSeconds":0.5');
    expect(await faultsOf('PUT', JSON.parse(wrong) as object)).toEqual(expect.arrayContaining([expect.stringMatching(/targetPort.*model/), expect.stringMatching(/timeoutSeconds.*swagger INVALID_TYPE/)]));
  });
});
