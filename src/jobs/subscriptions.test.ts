import { describe, expect, test } from 'vitest';
import { withEveryCommand } from '../../test/support/jobs-bench.ts';
import { reaction } from '../kernel/context.ts';
import { done } from '../kernel/outcome.ts';
import { subscriptionsOf } from './subscriptions.ts';

const handle = async () => done();
const sync = reaction({ on: 'SyncRepository', name: 'when-sync', handle });

describe('subscriptions', () => {
  test.each([
    { contexts: [], wanted: /has 0 handlers, expected one/, reason: 'a command that nobody handles' },
    { contexts: withEveryCommand([sync, reaction({ on: 'SyncRepository', name: 'when-sync-too', handle })]), wanted: 'the command SyncRepository has 2 handlers', reason: 'a command that two handle' },
    { contexts: withEveryCommand([sync, reaction({ on: 'RepositorySynced', name: 'when-sync', handle })]), wanted: 'two reactions of one context have the same name', reason: 'a name that means two reactions' },
  ])('are refused for $reason', ({ contexts, wanted }) => {
    expect(() => subscriptionsOf(contexts)).toThrow(wanted);
  });

  test('an event has any number of subscribers, none among them', () => {
    const listens = ['when-a', 'when-b'].map((name) => reaction({ on: 'RepositorySynced', name, handle }));
    const subscriptions = subscriptionsOf(withEveryCommand([sync, ...listens]));
    expect(subscriptions.of('RepositorySynced').map((one) => one.reaction.name)).toEqual(['when-a', 'when-b']);
    expect(subscriptions.of('RuntimeDriftDetected')).toEqual([]);
    expect(subscriptions.find('gitops', 'when-a')?.reaction).toBe(listens[0]);
    expect(subscriptions.find('deployment', 'when-a')).toBeNull();
  });
});
