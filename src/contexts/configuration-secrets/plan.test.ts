import { describe, expect, test } from 'vitest';
import { testClock } from '../../../test/support/delivery.ts';
import { desiredConfiguration, desiredEnvironment, desiredSecretBinding, desiredService } from '../../../test/support/desired.ts';
import { owner } from '../../../test/support/grants.ts';
import { memoryStore } from '../../../test/support/memory-store.ts';
import { memoryVaults, observedVersion, secretVersion } from '../../../test/support/memory-vaults.ts';
import type { DesiredEnvironment, DesiredSecretBinding } from '../../kernel/desired-state.ts';
import { Unavailable } from '../../kernel/errors.ts';
import { configurationPlanner } from './plan.ts';

const day = 24 * 3_600_000;
const binding = desiredSecretBinding();
const having = (...secrets: DesiredSecretBinding[]) => desiredEnvironment({ secrets });

function world() {
  const store = memoryStore();
  const azure = memoryVaults();
  const clock = testClock(Date.parse('2026-11-24T00:00:00Z'));
  const plan = (base: DesiredEnvironment | null, head: DesiredEnvironment | null) => configurationPlanner({ store, clock, vaults: azure.vaults, access: azure.access })({ tenantId: owner, environment: 'staging', base, head });
  return { store, azure, plan };
}

describe('plan of secrets', () => {
  test('a new binding is shown by name and version, with the access that it needs', async () => {
    const { changes, problems } = await world().plan(null, having(binding));
    expect(changes).toMatchObject([
      { kind: 'SecretBinding', action: 'create', effect: 'creates a resource', risk: 'medium', summary: `Binds kv-storefront/payments-api-key version ${secretVersion}; grants identity id-storefront read access to the vault` },
    ]);
    expect(problems).toEqual([]);
  });

  test('an identity that may read costs nothing in Azure', async () => {
    const { azure, plan } = world();
    azure.readers.add('kv-storefront principal-id-storefront');
    azure.lag = 0;
    expect((await plan(null, having(desiredSecretBinding({ version: null })))).changes).toMatchObject([{ effect: 'nothing in Azure', risk: 'low', summary: 'Binds kv-storefront/payments-api-key (latest version)' }]);
    expect(azure.writes).toEqual([]);
  });

  test('another version is shown as what it is', async () => {
    const { azure, plan } = world();
    const newer = 'b'.repeat(32);
    azure.secrets.get('kv-storefront')?.set('payments-api-key', [observedVersion({ version: newer })]);
    const { changes } = await plan(having(binding), having(desiredSecretBinding({ version: newer })));
    expect(changes).toMatchObject([{ action: 'update', differences: [{ path: 'spec.version', lastApplied: secretVersion, desired: newer, live: secretVersion }] }]);
  });

  test('what does not differ costs no call', async () => {
    const { azure, plan } = world();
    expect(await plan(having(binding), having(binding))).toEqual({ changes: [], problems: [] });
    expect(azure.calls).toEqual([]);
  });

  test('what cannot be bound is an error at the manifest', async () => {
    const { azure, plan } = world();
    azure.secrets.clear();
    const { problems } = await plan(null, having(binding));
    expect(problems).toEqual([
      {
        severity: 'error',
        code: 'vault-not-found',
        message: 'There is no Key Vault kv-storefront in subscription 00000000-0000-0000-0000-000000000000.',
        expected: null,
        hint: 'Create the vault, or correct its name.',
        location: binding.source,
        path: 'spec.vault',
        document: { kind: 'SecretBinding', name: 'payments-api-key' },
      },
    ]);
  });

  test('an outage is no answer', async () => {
    const { azure, plan } = world();
    azure.vaults.versions = async () => Promise.reject(new Unavailable('away', {}));
    await expect(plan(null, having(binding))).rejects.toThrow(Unavailable);
  });

  test.each([
    { reason: 'gone', head: having(), actions: ['unmanage'] },
    { reason: 'declared wrongly, which is not gone', head: { ...having(), invalid: [{ kind: 'SecretBinding', name: binding.name }] }, actions: [] },
    { reason: 'used by a service that is declared wrongly, which is not gone either', head: { ...having(), invalid: [{ kind: 'RuntimeService', name: 'checkout' }] }, actions: [] },
    { reason: 'gone, while a service that never used it is declared wrongly', head: { ...having(), invalid: [{ kind: 'RuntimeService', name: 'basket' }] }, actions: ['unmanage'] },
    { reason: 'gone with its environment', head: null, actions: ['unmanage'] },
  ])('a binding that is $reason', async ({ head, actions }) => {
    const base = desiredEnvironment({ secrets: [binding], services: [desiredService({ secrets: [binding.name] }), desiredService({ name: 'basket' })] });
    expect((await world().plan(base, head)).changes.map(({ action }) => action)).toEqual(actions);
  });
});

describe('age of a rotation', () => {
  const aged = (maxAgeMs: number | null) => desiredSecretBinding({ maxAgeMs });

  test.each([
    { reason: 'no rule', maxAgeMs: null, codes: [] },
    { reason: 'young enough: made 23 days ago', maxAgeMs: 23 * day, codes: [] },
    { reason: 'too old', maxAgeMs: 22 * day, codes: ['rotation-overdue'] },
  ])('$reason', async ({ maxAgeMs, codes }) => {
    const { problems } = await world().plan(null, having(aged(maxAgeMs)));
    expect(problems.map(({ code }) => code)).toEqual(codes);
    expect(problems.every(({ severity }) => severity === 'warning')).toBe(true);
  });

  test('of what did not change is known from when it was bound, without a call', async () => {
    const { store, azure, plan } = world();
    const bound = { digest: binding.digest, vault: 'v', secret: 's', version: null, found: 'f', createdOn: '2026-01-01T00:00:00Z', boundAt: '2026-01-02T00:00:00.000Z' };
    const value = { environment: 'staging', binding: binding.name, tenant: 'contoso', status: 'Bound', commit: 'a'.repeat(40), generation: 1, digest: binding.digest, bound, grant: null, reason: null, needs: null };
    store.apply({ end: 'done', saves: [{ key: { tenantId: owner, type: 'SecretBinding', id: `staging.${binding.name}` }, expectedVersion: 0, value }], emits: [] });
    const { problems } = await plan(having(aged(90 * day)), having(aged(90 * day)));
    expect(problems).toMatchObject([{ code: 'rotation-overdue', message: 'The version of payments-api-key is 327 days old and should be at most 90.' }]);
    expect(azure.calls).toEqual([]);
  });
});

describe('plan of configurations', () => {
  const off = desiredConfiguration({ values: { A: '1', B: '2' } });
  const on = desiredConfiguration({ values: { A: '1', B: '3', C: '4' } });
  const configured = (...configurations: (typeof off)[]) => desiredEnvironment({ configurations });

  test.each([
    { reason: 'nothing differs', base: configured(off), head: configured(off), lines: [] },
    { reason: 'a new one', base: null, head: configured(off), lines: [`create: Publishes version ${off.version}`] },
    { reason: 'other values', base: configured(off), head: configured(on), lines: [`update: Publishes version ${on.version} in place of ${off.version}`] },
    { reason: 'one less keeps its versions', base: configured(off), head: configured(), lines: [] },
  ])('$reason', async ({ base, head, lines }) => {
    const { changes } = await world().plan(base, head);
    expect(changes.map(({ action, summary }) => `${action}: ${summary}`)).toEqual(lines);
  });

  test('only the values that differ are shown', async () => {
    const { changes } = await world().plan(configured(off), configured(on));
    expect(changes[0]?.differences).toEqual([
      { path: 'values.B', lastApplied: '2', desired: '3', live: '2' },
      { path: 'values.C', lastApplied: null, desired: '4', live: null },
    ]);
  });
});
