import { describe, expect, test } from 'vitest';
import { envelopeOf, failOnce, runToEnd, testClock, type Faults } from '../../../../test/support/delivery.ts';
import { desiredEnvironment, desiredSecretBinding, memoryDesired } from '../../../../test/support/desired.ts';
import { owner } from '../../../../test/support/grants.ts';
import { memoryStore } from '../../../../test/support/memory-store.ts';
import { memoryVaults, observedVersion, secretVersion } from '../../../../test/support/memory-vaults.ts';
import type { DesiredSecretBinding } from '../../../kernel/desired-state.ts';
import { OutOfBounds, Rejected } from '../../../kernel/errors.ts';
import { whenBindSecret } from '../reactions/when-bind-secret.ts';
import { whenRotateSecret } from '../reactions/when-rotate-secret.ts';
import { whenRuntimeEnvironmentProvisioned } from '../reactions/when-runtime-environment-provisioned.ts';
import { whenRuntimeEnvironmentProvisioningFailed } from '../reactions/when-runtime-environment-provisioning-failed.ts';

const commit = 'a'.repeat(40);
const binding = desiredSecretBinding();
const declared = { environment: 'staging', commit, generation: 1 };
const key = `${owner}|SecretBinding|staging.payments-api-key`;
const newer = 'b'.repeat(32);

function world(faults: Faults = failOnce(0, 'before')) {
  const store = memoryStore();
  const clock = testClock();
  const azure = memoryVaults();
  const desired = memoryDesired();
  const declare = (secret: DesiredSecretBinding, generation = 1) => desired.declare(commit, generation, desiredEnvironment({ secrets: [secret], identities: [secret.identity] }));
  declare(binding);
  const ports = { store: faults.wrap(store), clock, desired: faults.wrap(desired), vaults: faults.wrap(azure.vaults), access: faults.wrap(azure.access) };
  const payload = { ...declared, binding: binding.name, tenant: 'contoso' };
  const bind = (generation = 1, limit?: number) => runToEnd(whenBindSecret(ports), envelopeOf('BindSecret', owner, { ...payload, generation }), { store, clock }, limit === undefined ? {} : { limit });
  const rotate = (generation = 1) => runToEnd(whenRotateSecret(ports), envelopeOf('RotateSecret', owner, { ...payload, generation }), { store, clock });
  return { store, clock, azure, ports, declare, bind, rotate, payload, faults };
}

describe('when BindSecret', () => {
  test('grants the identity read access once, looks again, and says that it is bound', async () => {
    const { store, azure, bind, payload } = world();
    await bind();
    expect(azure.writes).toEqual(['grantRead kv-storefront principal-id-storefront']);
    expect(store.emitted).toEqual([{ type: 'SecretBound', tenantId: owner, payload: { ...payload, digest: binding.digest } }]);
    expect(store.snapshot()[key]).toMatchObject({ status: 'Bound', grant: null, bound: { version: secretVersion, found: secretVersion, createdOn: '2026-11-01T00:00:00.000Z' } });
  });

  test('the intent is saved before the grant is made', async () => {
    const { store, azure, ports, bind } = world();
    const granted: unknown[] = [];
    const { grantRead } = azure.access;
    azure.access.grantRead = async (...parameters) => {
      granted.push((store.snapshot()[key] as { grant: unknown }).grant);
      return grantRead(...parameters);
    };
    Object.assign(ports, { access: azure.access });
    await bind();
    expect(granted).toMatchObject([{ state: 'intended', principalId: 'principal-id-storefront' }]);
  });

  test('what Azure refuses outright is said with its code: whoever waits for the secret must not wait in vain', async () => {
    const { store, azure, ports, bind } = world();
    azure.access.grantRead = () => Promise.reject(new Rejected('Azure refuses what was sent', { code: 'RoleAssignmentLimitExceeded' }));
    Object.assign(ports, { access: azure.access });
    expect((await bind()).last).toMatchObject({ end: 'stalled', reason: 'Azure refuses to let payments-api-key be read (RoleAssignmentLimitExceeded).' });
    expect(store.emitted).toMatchObject([{ type: 'SecretBindingRefused', payload: { binding: binding.name, reason: expect.stringContaining('RoleAssignmentLimitExceeded') } }]);
  });

  test('an identity that may read already costs no write', async () => {
    const { azure, bind } = world();
    azure.readers.add('kv-storefront principal-id-storefront');
    azure.lag = 0;
    await bind();
    expect(azure.writes).toEqual([]);
  });

  test('delivered twice, the answer is repeated and nothing else changes', async () => {
    const { store, azure, bind } = world();
    await bind();
    const once = store.snapshot();
    expect((await bind()).last).toMatchObject({ end: 'done', saves: [] });
    expect([store.snapshot(), azure.writes.length]).toEqual([once, 1]);
    expect(store.emitted[1]).toEqual(store.emitted[0]);
  });

  test('an unpinned binding follows the latest version', async () => {
    const { store, azure, declare, bind } = world();
    declare(desiredSecretBinding({ version: null }));
    azure.secrets.get('kv-storefront')?.set('payments-api-key', [observedVersion({ version: newer }), observedVersion()]);
    await bind();
    expect(store.snapshot()[key]).toMatchObject({ status: 'Bound', bound: { version: null, found: newer } });
  });

  test('what is declared no more is dealt with', async () => {
    const { azure, declare, bind } = world();
    declare(desiredSecretBinding({ name: 'another' }));
    expect((await bind()).last).toMatchObject({ end: 'done', saves: [], emits: [] });
    expect(azure.calls).toEqual([]);
  });

  test('a message that a newer one has overtaken changes nothing', async () => {
    const { store, bind } = world();
    await bind(5);
    await bind(4);
    expect(store.emitted).toHaveLength(1);
  });

  test('what lies out of the tenant’s bounds is refused without a look', async () => {
    const { ports, store, azure, clock, payload } = world();
    const desired = { ...ports.desired, at: async () => Promise.reject(new OutOfBounds('Not yours.', { needs: 'Ask.' })) };
    await runToEnd(whenBindSecret({ ...ports, desired }), envelopeOf('BindSecret', owner, payload), { store, clock });
    expect(azure.calls).toEqual([]);
    expect(store.emitted).toEqual([{ type: 'SecretBindingRefused', tenantId: owner, payload: { ...payload, reason: 'Not yours.', needs: 'Ask.' } }]);
  });
});

const vaultOf = ({ secrets }: ReturnType<typeof memoryVaults>) => secrets.get('kv-storefront');
const refusals: { reason: string; prepare: (azure: ReturnType<typeof memoryVaults>) => unknown; says: string; needs: string }[] = [
  { reason: 'no vault', prepare: ({ secrets }) => secrets.clear(), says: 'There is no Key Vault kv-storefront', needs: 'Create the vault' },
  { reason: 'a vault that Trueup may not find', prepare: ({ denied }) => denied.add('vault'), says: 'may not read the metadata', needs: '--role "Key Vault Reader"' },
  { reason: 'a vault that Trueup may not read', prepare: ({ denied }) => denied.add('versions'), says: 'may not read the metadata', needs: '--scope /vaults/kv-storefront' },
  { reason: 'no secret', prepare: (azure) => vaultOf(azure)?.clear(), says: 'has no secret payments-api-key', needs: 'Create the secret' },
  { reason: 'no version', prepare: (azure) => vaultOf(azure)?.set('payments-api-key', [observedVersion({ version: newer })]), says: `has no version ${secretVersion}`, needs: 'list-versions' },
  { reason: 'role assignments that Trueup may not see', prepare: ({ denied }) => denied.add('mayRead'), says: 'may not see who can read', needs: '--role "Reader"' },
  {
    reason: 'an identity that may not read, and a bot that may not grant it',
    prepare: ({ denied }) => denied.add('grantRead'),
    says: 'may not read secrets of Key Vault kv-storefront, and Trueup may not grant it',
    needs: 'az role assignment create --role "Key Vault Secrets User" --assignee-object-id principal-id-storefront --assignee-principal-type ServicePrincipal --scope /vaults/kv-storefront',
  },
];

describe('refused, with what to do', () => {
  test.each(refusals)('$reason', async ({ prepare, says, needs }) => {
    const { store, azure, bind } = world();
    prepare(azure);
    expect((await bind()).last).toMatchObject({ end: 'stalled', needs: expect.stringContaining(needs) });
    expect(store.emitted).toMatchObject([{ type: 'SecretBindingRefused', payload: { reason: expect.stringContaining(says), needs: expect.stringContaining(needs) } }]);
    expect(store.snapshot()[key]).toMatchObject({ status: 'Refused', bound: null, grant: null });
    expect(azure.writes).toEqual([]);
  });

  test('and bound after a person put it right', async () => {
    const { store, azure, bind } = world();
    azure.denied.add('grantRead');
    await bind();
    azure.denied.clear();
    await bind(2);
    expect(store.emitted.map(({ type }) => type)).toEqual(['SecretBindingRefused', 'SecretBound']);
    expect(store.snapshot()[key]).toMatchObject({ status: 'Bound', reason: null, needs: null });
  });

  test('a grant that never comes into force', async () => {
    const { azure, bind } = world();
    azure.lag = 1_000_000;
    expect((await bind(1, 1000)).last).toMatchObject({ end: 'stalled', needs: expect.stringContaining('Key Vault Secrets User') });
    expect(azure.writes).toHaveLength(1);
  });
});

describe('an identity that is not there', () => {
  const provisioned = (w: ReturnType<typeof world>, digest = desiredEnvironment({ identities: [binding.identity] }).digest) =>
    runToEnd(whenRuntimeEnvironmentProvisioned(w.ports), envelopeOf('RuntimeEnvironmentProvisioned', owner, { ...declared, digest, managedEnvironmentId: '/e', defaultDomain: 'd' }, w.clock), w);
  const failed = (w: ReturnType<typeof world>, generation = 1) =>
    runToEnd(whenRuntimeEnvironmentProvisioningFailed(w.ports), envelopeOf('RuntimeEnvironmentProvisioningFailed', owner, { ...declared, generation, reason: 'r', needs: 'n' }, w.clock), w);
  const without = () => {
    const w = world();
    w.azure.principals.clear();
    return w;
  };

  test('is waited for while the environment is provisioned', async () => {
    const w = without();
    const envelope = envelopeOf('BindSecret', owner, w.payload);
    await expect(runToEnd(whenBindSecret(w.ports), envelope, w, { limit: 10 })).rejects.toThrow('still waiting');
    await provisioned(w);
    w.azure.principals.set(binding.identity, 'p');
    await runToEnd(whenBindSecret(w.ports), envelope, w);
    expect(w.store.emitted).toMatchObject([{ type: 'SecretBound' }]);
  });

  test('is waited for a little after the environment is said to be there, and not longer', async () => {
    const w = without();
    await provisioned(w);
    const started = w.clock.now();
    expect((await w.bind()).last).toMatchObject({ end: 'stalled', reason: 'Identity id-storefront is not in the resource group of staging.' });
    expect(w.clock.now() - started).toBeGreaterThanOrEqual(120_000);
    expect(w.clock.now() - started).toBeLessThan(150_000);
  });

  test('is not waited for when the environment has failed at this commit', async () => {
    const w = without();
    await failed(w);
    expect((await w.bind()).outcomes).toHaveLength(1);
  });

  test('an older failure does not count', async () => {
    const w = without();
    await failed(w, 1);
    await expect(w.bind(2, 5)).rejects.toThrow('still waiting');
  });

  test('an environment of another form does not count', async () => {
    const w = without();
    await provisioned(w, 'another digest');
    await expect(w.bind(1, 50)).rejects.toThrow('still waiting');
  });

  test('is not waited for for ever', async () => {
    expect((await without().bind(1, 1000)).last).toMatchObject({ end: 'stalled' });
  });
});

describe('when RotateSecret', () => {
  test('the move to another version is said once', async () => {
    const { store, azure, declare, bind, rotate, payload } = world();
    await bind();
    azure.secrets.get('kv-storefront')?.set('payments-api-key', [observedVersion({ version: newer }), observedVersion()]);
    declare(desiredSecretBinding({ version: newer }), 2);
    await rotate(2);
    await rotate(2);
    expect(store.emitted.map(({ type }) => type)).toEqual(['SecretBound', 'SecretBound', 'SecretRotated', 'SecretBound']);
    expect(store.emitted[2]).toMatchObject({ payload: { ...payload, generation: 2, from: secretVersion, to: newer } });
  });

  test('another secret is no rotation', async () => {
    const { store, azure, declare, bind, rotate } = world();
    await bind();
    azure.secrets.get('kv-storefront')?.set('other', [observedVersion()]);
    declare(desiredSecretBinding({ secret: 'other' }), 2);
    await rotate(2);
    expect(store.emitted.map(({ type }) => type)).toEqual(['SecretBound', 'SecretBound']);
  });

  test('a refused version leaves what was bound on record', async () => {
    const { store, declare, bind, rotate } = world();
    await bind();
    declare(desiredSecretBinding({ version: newer }), 2);
    await rotate(2);
    expect(store.snapshot()[key]).toMatchObject({ status: 'Refused', bound: { version: secretVersion } });
  });
});

test('one call fails once and everything ends in the same world', async () => {
  const calm = world();
  await calm.bind();
  const calls = calm.faults.calls();
  expect(calls).toBeGreaterThan(15);
  for (const when of ['before', 'after'] as const) {
    for (let failing = 1; failing <= calls; failing += 1) {
      const broken = world(failOnce(failing, when));
      const { thrown } = await broken.bind();
      expect(thrown, `call ${failing} ${when}`).toHaveLength(1);
      expect([...broken.azure.readers], `call ${failing} ${when}`).toEqual([...calm.azure.readers]);
      expect(untimed(broken.store.snapshot()), `call ${failing} ${when}`).toEqual(untimed(calm.store.snapshot()));
      expect(broken.store.emitted, `call ${failing} ${when}`).toEqual(calm.store.emitted);
    }
  }
});

/** Without times, which a retry moves. */
function untimed(value: object): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(/"boundAt":"[^"]+"/g, '"boundAt":"time"'));
}
