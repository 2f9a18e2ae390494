import { describe, expect, test } from 'vitest';
import { envelopeOf } from '../../test/support/delivery.ts';
import { reaction } from '../kernel/context.ts';
import type { Envelope } from '../kernel/envelope.ts';
import { tenantId } from '../kernel/ids.ts';
import { done } from '../kernel/outcome.ts';
import { crashKeysOf } from './crash-key.ts';
import type { Subscription } from './subscriptions.ts';

const repository = tenantId(100, 7);
const [one, other] = ['a'.repeat(40), 'b'.repeat(40)];
const push = '11111111-2222-4333-8444-555555555555';
const handle = async () => done();
const of = (made: Subscription['reaction']): Subscription => ({ context: 'gitops', reaction: made });
const sync = of(reaction({ on: 'SyncRepository', name: 'when-sync', latestWins: () => 'sync', handle }));
const report = of(reaction({ on: 'ReportDeployment', name: 'when-report', latestWins: ({ payload }) => payload.environment, handle }));
const synced = of(reaction({ on: 'RepositorySynced', name: 'when-synced', writes: () => 'record', handle }));

const asked = (reason: string, causationId = 'schedule'): Envelope => ({ ...envelopeOf('SyncRepository', repository, { reason }), causationId });
const deployed = (commit: string): Envelope => envelopeOf('ReportDeployment', repository, { environment: 'prod', commit });
const read = (commit: string, tenant = repository): Envelope => envelopeOf('RepositorySynced', tenant, { commit, environments: [] });

describe('the key of a crash', () => {
  test.each([
    { by: sync, a: asked('push'), b: asked('resync'), same: true, reason: 'a resync makes the same work anew' },
    { by: sync, a: asked('push', push), b: asked('push', push), same: true, reason: 'GitHub delivers again' },
    { by: sync, a: asked('push', push), b: asked('push', push.replace('1', '9')), same: false, reason: 'another push is another state of Git' },
    { by: report, a: deployed(one), b: deployed(one), same: true, reason: 'the same commit' },
    { by: report, a: deployed(one), b: deployed(other), same: false, reason: 'another generation' },
    { by: synced, a: read(one), b: read(one), same: true, reason: 'an event that says the same' },
    { by: synced, a: read(one), b: read(other), same: false, reason: 'the lease of two events may be one, their work is not' },
    { by: synced, a: read(one), b: read(one, tenantId(100, 8)), same: false, reason: 'another tenant' },
  ])('$reason: same is $same', ({ by, a, b, same }) => {
    expect(crashKeysOf(by, a).key === crashKeysOf(by, b).key).toBe(same);
  });

  test('of a push ends, when it goes well, what stands against resyncs', () => {
    expect(crashKeysOf(sync, asked('push', push)).general).toBe(crashKeysOf(sync, asked('resync')).key);
    expect(crashKeysOf(sync, asked('resync')).general).toBeNull();
  });
});
