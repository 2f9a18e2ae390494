import { describe, expect, it } from 'vitest';
import { desiredService } from '../../../../test/support/desired.ts';
import { observedApp, observedRevision } from '../../../../test/support/observed.ts';
import { applyMergePatch } from '../../../kernel/comparison/merge-patch.ts';
import type { ObservedApp, TrafficWeight } from '../../../kernel/container-app.ts';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import { nothingApplied } from './applied-app.ts';
import { strayOf } from './stray.ts';
import { runsUnnamed, takenOverAs } from './take-over.ts';

const service = desiredService();
const hand = `${service.name}--hand`;
const old = `${service.name}--old`;
const running = [observedRevision({ name: hand }), observedRevision({ name: old, trafficWeight: 0 })];

/** As declared, under a name that somebody chose; what has no name here has the one that Azure chose. */
function live(suffix: string, traffic: readonly TrafficWeight[] = [{ revision: hand, weight: 100, label: null }]): ObservedApp {
  const raw = applyMergePatch(service.app, { tags: { 'trueup-tenant': null, 'trueup-service': null }, properties: { template: { revisionSuffix: suffix === '' ? null : suffix } } }) as JsonObject; // an app with a patch is one
  return observedApp({ raw, latestRevision: hand, latestReadyRevision: hand, traffic: [...traffic] });
}

describe('an app that runs as declared', () => {
  it.each<{ reason: string; app: ObservedApp; as: string | null }>([
    { reason: 'is taken over as it runs', app: live('hand'), as: hand },
    { reason: 'also beside a label of somebody that nobody is sent to', app: live('hand', [{ revision: hand, weight: 100, label: null }, { revision: old, weight: 0, label: 'before' }]), as: hand },
    { reason: 'not where a part goes to another revision', app: live('hand', [{ revision: hand, weight: 90, label: null }, { revision: old, weight: 10, label: null }]), as: null },
    { reason: 'not where the template has another name than what runs', app: live('other'), as: null },
  ])('$reason', ({ app, as }) => {
    expect(takenOverAs({ service, app, revisions: running, known: nothingApplied })).toBe(as);
  });

  it('runs without a name only where Azure chose it', () => {
    expect([runsUnnamed({ service, app: live('') }), runsUnnamed({ service, app: live('hand') })]).toEqual([true, false]);
  });
});

describe('a revision that somebody else made', () => {
  const theirs = observedRevision({ name: hand, trafficWeight: 0 });
  it.each<{ reason: string; revision?: object; app?: ObservedApp; runs?: string; stray: string | null }>([
    { reason: 'ends', stray: hand },
    { reason: 'stays where it has traffic', revision: { trafficWeight: 1 }, stray: null },
    { reason: 'stays where an entry names it, such as a label', app: live('hand', [{ revision: hand, weight: 0, label: 'mine' }]), stray: null },
    { reason: 'has ended', revision: { active: false }, stray: null },
    { reason: 'is none where the service was taken over with it', runs: 'hand', stray: null },
    { reason: 'is none where the declared one is meant', app: live(service.revisionSuffix, []), stray: null },
  ])('$reason', ({ revision, app = live('hand', []), runs = service.revisionSuffix, stray }) => {
    const revisions = [observedRevision({ ...theirs, ...revision }), observedRevision({ name: `${service.name}--${service.revisionSuffix}`, trafficWeight: 0 })];
    expect(strayOf({ service: { ...service, revisionSuffix: runs }, app, revisions })).toBe(stray);
  });
});
