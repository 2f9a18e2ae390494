import { describe, expect, it } from 'vitest';
import { tenant } from '../../../../test/support/deployment-world.ts';
import { release as service } from '../../../../test/support/desired.ts';
import { observedApp, observedRevision } from '../../../../test/support/observed.ts';
import type { ObservedApp } from '../../../kernel/container-app.ts';
import { tagNames, type DesiredService } from '../../../kernel/desired-state.ts';
import { asItRuns } from '../../../kernel/taken-over.ts';
import { nothingApplied } from './applied-app.ts';
import { revisionName } from './app-view.ts';
import type { Release } from './service-rollout.ts';
import { needsPin, startOf, trafficBeside, type Start } from './start.ts';

const [v1, v2, v3] = [service('checkout', '1.0.0'), service('checkout', '1.0.1'), service('checkout', '1.0.2')];
const hand = 'checkout--hand';
const made = (one: DesiredService): Release => ({ digest: one.digest, commit: 'c', generation: '1', trace: 't', body: one.app });

interface Row {
  readonly reason: string;
  readonly declared: DesiredService;
  /** Of the app's tag, and known to be sent last. */
  readonly applied: DesiredService;
  readonly good: DesiredService | null;
  readonly weights: Readonly<Record<string, number>>;
  readonly failed?: readonly string[];
  readonly starts: Start['do'];
  readonly previous: string | null;
  readonly traffic?: Readonly<Record<string, number>>;
  readonly isKnown?: boolean;
}

const [one, two, three] = [revisionName(v1), revisionName(v2), revisionName(v3)];

const rows: readonly Row[] = [
  { reason: 'what is good serves', declared: v2, applied: v1, good: v1, weights: { [one]: 100 }, starts: 'apply', previous: one, isKnown: true },
  { reason: 'it serves and is good', declared: v1, applied: v1, good: v1, weights: { [one]: 100 }, starts: 'nothing', previous: null },
  { reason: 'it serves, and a newer deployment came in its watch', declared: v2, applied: v2, good: v1, weights: { [one]: 0, [two]: 100 }, starts: 'adopt', previous: one, isKnown: true },
  { reason: 'another serves that was never watched to its end', declared: v3, applied: v2, good: v1, weights: { [one]: 0, [two]: 100 }, starts: 'apply', previous: one, isKnown: true },
  { reason: 'it has a part of the traffic already', declared: v2, applied: v2, good: v1, weights: { [one]: 90, [two]: 10 }, starts: 'adopt', previous: one, traffic: { [one]: 100 }, isKnown: true },
  { reason: 'it has most of the traffic already', declared: v2, applied: v2, good: v1, weights: { [one]: 10, [two]: 90 }, starts: 'adopt', previous: one, traffic: { [one]: 100 }, isKnown: true },
  { reason: 'another has a part that was never judged to its end', declared: v3, applied: v2, good: v1, weights: { [one]: 90, [two]: 10, [three]: 0 }, starts: 'apply', previous: one, traffic: { [one]: 100 }, isKnown: true },
  { reason: 'a person divided it', declared: v2, applied: v1, good: v1, weights: { [one]: 30, [hand]: 70 }, starts: 'apply', previous: hand, traffic: { [one]: 30, [hand]: 70 } },
  { reason: 'a person divided it, and a part of it was never judged to its end', declared: v3, applied: v2, good: v1, weights: { [one]: 30, [hand]: 30, [two]: 40 }, starts: 'apply', previous: one, traffic: { [one]: 50, [hand]: 50 }, isKnown: true },
  { reason: 'nothing was ever good, and what serves has failed', declared: v2, applied: v1, good: null, weights: { [one]: 100 }, failed: [one], starts: 'apply', previous: null },
  { reason: 'what was good is gone', declared: v3, applied: v2, good: v1, weights: { [two]: 100 }, starts: 'apply', previous: null },
];

describe('where a release starts', () => {
  it.each(rows)('$reason: $starts', (row) => {
    const app = observedApp({
      tags: { [tagNames.digest]: row.applied.digest },
      traffic: Object.entries(row.weights).map(([revision, weight]) => ({ revision, weight, label: null })),
      raw: { tags: row.applied.app.tags, identity: row.applied.app.identity, location: row.applied.app.location, properties: row.applied.app.properties },
    });
    const revisions = Object.entries(row.weights).map(([name, trafficWeight]) => observedRevision({ name, trafficWeight, ...(row.failed?.includes(name) && { runningState: 'Failed' }) }));
    const known = { ...nothingApplied, applied: made(row.applied), good: row.good && made(row.good) };
    const start = startOf({ tenantId: tenant, environment: 'staging', service: row.declared, app, revisions, known, warm: new Set(), isRecovered: false });
    expect(start.do).toBe(row.starts);
    if (!('previous' in start)) throw new Error('there is something before it');
    expect(start.previous.revision).toBe(row.previous);
    if (row.traffic !== undefined) expect(Object.fromEntries(start.previous.traffic?.map(({ revision, weight }) => [revision, weight]) ?? [])).toEqual(row.traffic);
    expect(start.previous.traffic?.reduce((sum, { weight }) => sum + weight, 0) ?? 100).toBe(100);
    expect(start.previous.release?.digest ?? null).toBe(row.isKnown ? row.good?.digest : null);
  });

  it.each([
    { reason: 'single mode, also without ingress', mode: 'Single' as const, ingress: false, revision: one, pins: true },
    { reason: 'traffic that follows the latest', mode: 'Multiple' as const, ingress: true, revision: null, pins: true },
    { reason: 'traffic by name', mode: 'Multiple' as const, ingress: true, revision: one, pins: false },
    { reason: 'no traffic to pin', mode: 'Multiple' as const, ingress: false, revision: null, pins: false },
  ])('$reason has to be pinned first: $pins', ({ mode, ingress, revision, pins }) => {
    const traffic = ingress ? [{ revision, weight: 100, label: null }] : [];
    const app = observedApp({ revisionsMode: mode, traffic, raw: { properties: { configuration: ingress ? { ingress: { external: true } } : {} } } });
    expect(needsPin(app)).toBe(pins);
  });

  it('a revision that is kept warm is no leftover', () => {
    const app = observedApp({ tags: { [tagNames.digest]: v2.digest }, traffic: [{ revision: two, weight: 100, label: null }], raw: { ...v2.app } });
    const revisions = [observedRevision({ name: one, trafficWeight: 0 }), observedRevision({ name: two })];
    const known = { ...nothingApplied, applied: made(v2), good: made(v2) };
    const facts = { tenantId: tenant, environment: 'staging', service: v2, app, revisions, known, isRecovered: false };
    expect(startOf({ ...facts, warm: new Set([one]) }).do).toBe('nothing');
    expect(startOf({ ...facts, warm: new Set() }).do).toBe('retire');
  });

  it.each([
    { preview: true, expected: [{ revision: one, weight: 100, label: 'stable' }, { revision: two, weight: 0, label: 'trueup-next' }], reason: 'blue-green has an address before it has traffic, and people keep their labels' },
    { preview: false, expected: [{ revision: one, weight: 100, label: 'stable' }], reason: 'others need none' },
  ])('$reason', ({ preview, expected }) => {
    const app = observedApp({ traffic: [{ revision: one, weight: 100, label: 'stable' }], raw: { properties: { configuration: { ingress: { external: true } } } } });
    expect(trafficBeside(app, v2, [{ ...observedRevision(), name: one }], preview)).toEqual(expected);
  });
});

interface Found {
  readonly tags?: Readonly<Record<string, string>>;
  readonly app?: Partial<ObservedApp>;
  readonly weights?: Readonly<Record<string, number>>;
  readonly ended?: readonly string[];
  readonly suffix?: string;
  readonly image?: string;
  readonly declared?: DesiredService;
}

describe('an app that runs as declared and was made by somebody else', () => {
  const named = 'checkout--5zj2t4y';
  const worker = service('checkout', '1.0.0', { ingress: null });
  const tagged = { ...v1.app.tags, [tagNames.digest]: v1.digest, [tagNames.revision]: named, [tagNames.template]: v1.revisionSuffix };

  function found({ tags = {}, app = {}, weights = { [named]: 100 }, ended = [], suffix = '', image, declared = v1 }: Found) {
    const { properties, location, identity } = declared.app;
    const [container] = properties.template['containers'] as readonly object[]; // the builder's
    const template = { ...properties.template, revisionSuffix: suffix, ...(image !== undefined && { containers: [{ ...container, image }] }) };
    const mode = app.revisionsMode ?? 'Single';
    const traffic = declared.ingress === null ? [] : mode === 'Single' ? [{ revision: null, weight: 100, label: null }] : Object.entries(weights).map(([revision, weight]) => ({ revision, weight, label: null }));
    const raw = { location, identity, tags, properties: { ...properties, configuration: { ...properties.configuration, activeRevisionsMode: mode }, template } };
    const live = observedApp({ tags, revisionsMode: mode, traffic, latestRevision: named, latestReadyRevision: named, raw, ...app });
    const revisions = Object.entries(weights).map(([name, trafficWeight]) => observedRevision({ name, trafficWeight, active: !ended.includes(name) }));
    return startOf({ tenantId: tenant, environment: 'staging', service: asItRuns(declared, live), app: live, revisions, known: nothingApplied, warm: new Set(), isRecovered: false });
  }

  it.each<Found & { readonly reason: string; readonly starts: Start['do'] }>([
    { reason: 'one revision at a time, and its name chosen by Azure', starts: 'take-over' },
    { reason: 'several may be active, and the traffic is pinned', app: { revisionsMode: 'Multiple' }, starts: 'take-over' },
    { reason: 'its name given by a person', suffix: '5zj2t4y', starts: 'take-over' },
    { reason: 'no ingress', declared: worker, starts: 'take-over' },
    { reason: 'another was ended', declared: worker, app: { revisionsMode: 'Multiple' }, weights: { [named]: 0, [one]: 0 }, ended: [one], starts: 'take-over' },
    { reason: 'tags of policies and people', tags: { owner: 'shop', costCenter: '7' }, starts: 'take-over' },
    { reason: 'tags of a release that was forgotten', tags: { 'trueup-environment': 'staging', 'trueup-service': 'checkout' }, starts: 'take-over' },
    { reason: 'another image', image: 'contoso.azurecr.io/checkout:9', starts: 'pin' },
    { reason: 'divided traffic', app: { revisionsMode: 'Multiple' }, weights: { [named]: 60, [hand]: 40 }, starts: 'apply' },
    { reason: 'two that work without ingress', declared: worker, app: { revisionsMode: 'Multiple' }, weights: { [named]: 0, [hand]: 0 }, starts: 'apply' },
    { reason: 'what serves is not the newest', app: { revisionsMode: 'Multiple', latestRevision: hand }, starts: 'apply' },
    { reason: 'what serves is not what the template names', app: { revisionsMode: 'Multiple' }, suffix: 'other', starts: 'apply' },
    { reason: 'its last write failed', app: { provisioningState: 'Failed' }, starts: 'pin' },
    { reason: 'somebody writes to it', app: { provisioningState: 'InProgress' }, starts: 'look-again' },
    { reason: 'of another environment', tags: { [tagNames.environment]: 'prod' }, starts: 'refuse' },
    { reason: 'taken over before, and forgotten', tags: tagged, app: { revisionsMode: 'Multiple' }, starts: 'adopt' },
    { reason: 'taken over before, and changed since', tags: tagged, app: { revisionsMode: 'Multiple' }, image: 'contoso.azurecr.io/checkout:9', starts: 'apply' },
    { reason: 'taken over before, and then its tags were taken away', tags: { [tagNames.revision]: named, [tagNames.template]: v1.revisionSuffix }, app: { revisionsMode: 'Multiple' }, starts: 'take-over' },
  ])('$reason: $starts', ({ starts, ...parts }) => {
    expect(found(parts)).toMatchObject({ do: starts, ...(starts === 'take-over' && { revision: named, previous: { revision: null } }) });
  });
});
