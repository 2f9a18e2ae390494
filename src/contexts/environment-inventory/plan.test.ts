import { describe, expect, test } from 'vitest';
import { desiredEnvironment } from '../../../test/support/desired.ts';
import { owner } from '../../../test/support/grants.ts';
import { memoryEnvironment } from '../../../test/support/memory-environment.ts';
import { memoryStore } from '../../../test/support/memory-store.ts';
import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import { following, type RuntimeEnvironment } from './domain/runtime-environment.ts';
import { environmentPlanner } from './plan.ts';

const staging = desiredEnvironment({ identities: ['id-storefront'] });
const { azure: place } = staging;
const own = { 'trueup-tenant': 'contoso', 'trueup-environment': 'staging', 'trueup-stage': 'staging', 'trueup-repository': '7', 'trueup-project': 'storefront' };
const managed = (overrides: object = {}) => ({ id: '/e', location: 'westeurope', tags: own, provisioningState: 'Succeeded', defaultDomain: 'd', ...overrides });

function world(prepare: (azure: ReturnType<typeof memoryEnvironment>) => void = () => undefined, stored: RuntimeEnvironment | null = null) {
  const store = memoryStore();
  const azure = memoryEnvironment();
  prepare(azure);
  if (stored) store.apply({ end: 'done', saves: [{ key: { tenantId: owner, type: 'RuntimeEnvironment', id: 'staging' }, expectedVersion: 0, value: stored }], emits: [] });
  const plan = (base: DesiredEnvironment | null, head: DesiredEnvironment | null) => environmentPlanner({ store, resources: azure.resources })({ tenantId: owner, environment: 'staging', base, head });
  return { azure, plan };
}

function there({ groups, environments, identities }: ReturnType<typeof memoryEnvironment>, tags: Record<string, string>): void {
  groups.set(place.resourceGroup, { id: '/g', location: 'westeurope', tags });
  environments.set(`${place.resourceGroup}/${place.managedEnvironment}`, managed({ tags }));
  identities.set(`${place.resourceGroup}/id-storefront`, { id: '/i', location: 'westeurope', tags, principalId: 'p', clientId: 'c' });
}

const rows: { reason: string; tags: Record<string, string> | null; lines: string[] }[] = [
  { reason: 'nothing is there', tags: null, lines: ['create ResourceGroup: creates a resource', 'create ManagedEnvironment: creates a resource', 'create UserAssignedIdentity: creates a resource'] },
  { reason: 'what is there belongs to nobody', tags: { team: 'a' }, lines: ['adopt ResourceGroup: tags only', 'adopt ManagedEnvironment: tags only', 'adopt UserAssignedIdentity: tags only'] },
  { reason: 'what is there is ours', tags: own, lines: [] },
  { reason: 'a tag is missing', tags: { 'trueup-environment': 'staging' }, lines: ['update ResourceGroup: tags only', 'update ManagedEnvironment: tags only', 'update UserAssignedIdentity: tags only'] },
];

describe('plan of environment-inventory', () => {
  test.each(rows)('$reason', async ({ tags, lines }) => {
    const { plan, azure } = world((resources) => tags && there(resources, tags));
    const { changes, problems } = await plan(null, staging);
    expect(changes.map(({ action, kind, effect }) => `${action} ${kind}: ${effect}`)).toEqual(lines);
    expect([problems, azure.writes]).toEqual([[], []]);
  });

  test('an unchanged environment costs no call', async () => {
    const { plan, azure } = world();
    expect(await plan(staging, { ...staging, services: [] })).toEqual({ changes: [], problems: [] });
    expect(azure.calls).toEqual([]);
  });

  test('a group that is not there is asked about once', async () => {
    const { plan, azure } = world();
    await plan(null, staging);
    expect(azure.calls).toEqual(['resourceGroup']);
  });

  test('a foreign resource is an error at the manifest', async () => {
    const { plan } = world((resources) => there(resources, { 'trueup-repository': '8' }));
    const { problems } = await plan(null, staging);
    expect(problems.map(({ severity, code, path, location }) => [severity, code, path, location.line])).toEqual([
      ['error', 'owned-by-another', 'spec.azure.resourceGroup', 10],
      ['error', 'owned-by-another', 'spec.azure.managedEnvironment', 10],
      ['error', 'owned-by-another', 'spec.azure', 10],
    ]);
  });

  test('stage and region of what is provisioned cannot change', async () => {
    const provisioned = { managedEnvironmentId: '/e', defaultDomain: 'd', identities: [], stage: 'staging' as const, region: 'westeurope', digest: 'x', at: '2026-11-01T00:00:00.000Z' };
    const stored = { ...following(null, staging, { commit: 'a'.repeat(40), generation: 1 }), status: 'Provisioned' as const, provisioned };
    const { plan, azure } = world(undefined, stored);
    const { problems } = await plan(staging, desiredEnvironment({ stage: 'prod', region: 'northeurope' }));
    expect(problems.map(({ code, path, expected }) => [code, path, expected])).toEqual([
      ['immutable', 'spec.stage', 'staging'],
      ['immutable', 'spec.region', 'westeurope'],
    ]);
    expect(azure.calls).toEqual([]);
  });

  test('what never was provisioned may change', async () => {
    const { plan } = world(undefined, following(null, staging, { commit: 'a'.repeat(40), generation: 1 }));
    expect((await plan(staging, desiredEnvironment({ region: 'northeurope' }))).problems).toEqual([]);
  });

  test('without a record, the base branch says what is there', async () => {
    expect((await world().plan(staging, desiredEnvironment({ region: 'northeurope' }))).problems).toMatchObject([{ code: 'immutable', path: 'spec.region' }]);
  });

  test.each([
    { reason: 'of what is declared again', base: null },
    { reason: 'of what the base declares as another stage already', base: desiredEnvironment({ stage: 'dev' }) },
  ])('without a record, the live tag says the stage $reason', async ({ base }) => {
    const { plan } = world((resources) => there(resources, own));
    const { changes, problems } = await plan(base, desiredEnvironment({ stage: 'dev', identities: ['id-storefront'] }));
    expect(changes).toEqual([]);
    expect(problems).toMatchObject([{ severity: 'error', code: 'immutable', path: 'spec.stage', message: expect.stringContaining('The stage of staging is staging and cannot become dev'), location: { line: 10 } }]);
  });

  test('a removal stops managing and deletes nothing', async () => {
    const { changes } = await world().plan(staging, null);
    expect(changes).toMatchObject([{ action: 'unmanage', effect: 'stops managing', risk: 'medium', summary: 'Is managed no more; nothing is deleted, what runs keeps running' }]);
  });

  test('another place is said to leave the old one behind', async () => {
    const { changes } = await world().plan(staging, desiredEnvironment({ azure: { ...place, managedEnvironment: 'cae-other' } }));
    expect(changes[0]).toMatchObject({ kind: 'RuntimeEnvironment', risk: 'high', differences: [{ path: 'spec.azure.managedEnvironment', lastApplied: 'cae-storefront-staging', desired: 'cae-other' }] });
  });
});
