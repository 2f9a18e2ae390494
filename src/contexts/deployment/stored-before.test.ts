import { describe, expect, it } from 'vitest';
import { tenant } from '../../../test/support/deployment-world.ts';
import { rolloutRelease, rolloutWorld, revisionOf, appIn } from '../../../test/support/rollout-world.ts';
import { done } from '../../kernel/outcome.ts';
import { nothingApplied, appliedApp } from './domain/applied-app.ts';
import { deploymentQueue, emptyQueue } from './domain/deployment-queue.ts';
import { deploymentKey, runtimeDeployment } from './domain/runtime-deployment.ts';
import { newRollout } from './domain/service-rollout.ts';

const release = { digest: 'd1', commit: 'c'.repeat(40), generation: '7', trace: 'trace', body: { location: 'westeurope', properties: { configuration: {}, template: { revisionSuffix: 't0123456789' } } } };

/** As a version that knew neither stages nor a ledger stored them. */
const stored = {
  app: { applied: release, good: release, secrets: [{ name: 's', keyVaultUrl: 'https://v.vault.azure.net/secrets/s/1', identity: 'id' }] },
  queue: { current: 'staging-7', next: null, generation: 7, history: ['staging-7'] },
  deployment: {
    deploymentId: 'staging-7', environment: 'staging', project: null, commit: 'c'.repeat(40), generation: 7, trace: 'trace', sequence: 9, state: 'Completed', stateSince: 1, reason: null, needs: null,
    services: [{ service: 'checkout', tenant: 'contoso', image: 'r/checkout:1', revision: 'checkout--t0123456789', digest: 'd1', step: 'done', detail: null, url: null, previous: null, operation: null, sentAt: null, sent: 0, touched: true, gate: { successes: 3, restarts: null } }],
  },
};

describe('what was stored before there were stages and a ledger is read', () => {
  it('an app, with an empty ledger', () => {
    expect(appliedApp.parse(stored.app)).toEqual({ ...nothingApplied, ...stored.app });
  });

  it('a queue, neither paused nor keeping anything warm', () => {
    expect(deploymentQueue.parse(stored.queue)).toEqual({ ...emptyQueue.value, ...stored.queue });
  });

  it('a deployment, with a plan of no stages', () => {
    const { services, ...rest } = runtimeDeployment.parse(stored.deployment);
    expect(services).toEqual(stored.deployment.services.map((one) => ({ ...newRollout('checkout'), ...one })));
    expect(rest).toMatchObject({ hold: null, askedAgain: 0 });
  });
});

/** What only a version with stages stores of a service. */
const younger = ['stages', 'stage', 'stageSince', 'weight', 'gates', 'probes', 'failure', 'lookAt', 'unseenMs', 'movingSince', 'goesBack', 'outside', 'taken', 'warm', 'strategy', 'independent', 'configuration', 'secrets'];

describe.each(['applying', 'gating', 'promoting'])('a deployment that was stored before there were stages, %s', (step) => {
  it('comes to its end', async () => {
    const world = rolloutWorld();
    await world.merge(1, [rolloutRelease(1)]);
    await world.drive();
    await world.merge(2, [rolloutRelease(2)]);
    await world.drive({ until: ({ progress }) => progress().services[0]?.step === step });
    const key = deploymentKey(tenant, 'staging-2');
    const before = await world.store.load(key, runtimeDeployment);
    const value = before && { ...before.value, services: before.value.services.map((one) => Object.fromEntries(Object.entries(one).filter(([name]) => !younger.includes(name)))) };
    world.store.apply(done([{ key, expectedVersion: before?.version ?? 0, value }]));
    await world.drive();
    expect(world.progress()).toMatchObject({ generation: 2, state: 'Completed' });
    expect(appIn(world)).toMatchObject({ weights: { [revisionOf(rolloutRelease(2))]: 100 }, active: [revisionOf(rolloutRelease(2))] });
  });
});
