import { describe, expect, it } from 'vitest';
import { driftFinding, resolvedFinding } from '../../../../test/support/drift-findings.ts';
import { tenantId } from '../../../kernel/ids.ts';
import type { DriftFinding } from '../../../kernel/messages/drift-detection.ts';
import { newsOf, type News } from './news.ts';

const one = driftFinding();
const at = '2026-11-24T05:30:00.000Z';
const said = (before: DriftFinding, after: DriftFinding, more: Partial<News> = {}) =>
  newsOf(tenantId(100, 7), 'prod', null, { before: { open: [before] }, after: { open: [after] }, opened: [], resolved: [], ...more });

describe('news', () => {
  it.each([
    { reason: 'nothing changed', before: one, over: {}, says: [] },
    { reason: 'seen the second time', before: { ...one, observations: 1 }, over: { observations: 2 }, says: ['RuntimeDriftUpdated'] },
    { reason: 'seen the third time', before: one, over: { observations: 3 }, says: [] },
    { reason: 'a number in the summary moved', before: one, over: { summary: '6 replicas run' }, says: [] },
    { reason: 'somebody is known', before: one, over: { changed: { who: 'alice', at, source: 'activity-log' as const, operation: null } }, says: ['RuntimeDriftUpdated'] },
    { reason: 'acknowledged', before: one, over: { acknowledged: { by: 'a', at, until: null, reason: 'r' } }, says: ['RuntimeDriftUpdated'] },
    { reason: 'Git says that it is to be healed', before: one, over: { mode: 'heal' as const }, says: ['RuntimeDriftUpdated'] },
    { reason: 'changed again and again', before: one, over: { oscillations: 3 }, says: ['RuntimeDriftUpdated'] },
  ])('$says: $reason', ({ before, over, says }) => {
    expect(said(before, { ...before, ...over }).map(({ type }) => type)).toEqual(says);
  });

  it('of what is opened and resolved carries the whole set, and needs no other', () => {
    const gone = { finding: one, resolvedAt: at, how: 'remediated' as const };
    const [resolved, opened, ...rest] = said(one, { ...one, id: 'f2', live: 'x' }, { opened: ['f2'], resolved: [gone] });
    expect(resolved).toMatchObject({ type: 'RuntimeDriftResolved', payload: { open: [{ id: 'f2' }], resolved: [resolvedFinding({ resolvedAt: at, firstSeenAt: one.firstSeenAt })] } });
    expect(opened).toMatchObject({ type: 'RuntimeDriftDetected', payload: { open: [{ id: 'f2' }], opened: ['f2'] } });
    expect(rest).toEqual([]);
  });
});
