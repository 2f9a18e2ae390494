import { describe, expect, it } from 'vitest';
import { liveOf } from '../../../../test/support/app-bodies.ts';
import { desiredService } from '../../../../test/support/desired.ts';
import { applyMergePatch } from '../../../kernel/comparison/merge-patch.ts';
import { tagNames, type DesiredService, type JsonObject } from '../../../kernel/desired-state.ts';
import { standingOf } from './app-tags.ts';
import { baselineOf, type Release } from './baseline.ts';

const release = (tag: string): DesiredService => desiredService({ image: `r/checkout:${tag}` });
const [one, two, three] = [release('1'), release('2'), release('3')];
const at = (service: DesiredService, generation: number): Release => ({ service, generation });
const tags = (values: Partial<Record<'digest' | 'rolledBack', string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [tagNames[name as 'digest' | 'rolledBack'], value]));

interface Row {
  readonly reason: string;
  readonly service?: DesiredService;
  readonly tags: Record<string, string>;
  readonly live?: DesiredService;
  readonly recorded?: Release;
  readonly tagged?: Release;
  readonly against: DesiredService | null;
  readonly between: string;
}

const rows: readonly Row[] = [
  { reason: 'applied as declared', tags: tags({ digest: two.digest }), against: two, between: 'nothing' },
  { reason: 'an old rollback of something else', tags: tags({ digest: two.digest, rolledBack: one.digest }), against: two, between: 'nothing' },
  { reason: 'the declared release was taken back', tags: tags({ digest: one.digest, rolledBack: two.digest }), recorded: at(one, 1), against: one, between: 'rolled-back' },
  { reason: 'taken back, known by the tags alone', tags: tags({ digest: one.digest, rolledBack: two.digest }), tagged: at(one, 1), against: one, between: 'rolled-back' },
  { reason: 'taken back to nobody knows what', tags: tags({ rolledBack: two.digest }), against: null, between: 'rolled-back' },
  { reason: 'a tag says taken back, the record says completed', tags: tags({ digest: one.digest, rolledBack: two.digest }), recorded: at(two, 2), tagged: at(one, 9), against: two, between: 'nothing' },
  { reason: 'merged and not arrived', tags: tags({ digest: one.digest }), live: one, recorded: at(one, 1), against: one, between: 'late' },
  { reason: 'merged and not arrived, known by the tags alone', tags: tags({ digest: one.digest }), live: one, tagged: at(one, 1), against: one, between: 'late' },
  { reason: 'merged and not arrived, Git forgot what was applied', tags: tags({ digest: 'gone' }), live: one, against: null, between: 'late' },
  { reason: 'another digest of the same app: a newer renderer', tags: tags({ digest: 'older renderer' }), live: two, against: two, between: 'nothing' },
  { reason: 'a record that missed a deployment', service: three, tags: tags({ digest: two.digest }), live: two, recorded: at(one, 1), tagged: at(two, 2), against: two, between: 'late' },
  { reason: 'a record that is younger than the tags', service: three, tags: tags({ digest: one.digest }), live: two, recorded: at(two, 2), tagged: at(one, 1), against: two, between: 'late' },
  { reason: 'the tags were taken away', tags: {}, recorded: at(two, 2), against: two, between: 'nothing' },
  { reason: 'somebody else made the app', tags: { team: 'x' }, live: one, against: null, between: 'never-applied' },
];

describe('what a live app is compared with', () => {
  it.each(rows)('$reason', ({ service = two, tags: values, live = two, recorded = null, tagged = null, against, between }) => {
    // As Azure shows it, in the place that it was put.
    const raw = applyMergePatch(liveOf(live.app), { properties: { environmentId: live.app.properties.environmentId.toLowerCase() } }) as JsonObject;
    const baseline = baselineOf({ service, standing: standingOf({ tags: values }), live: raw, recorded, tagged });
    expect({ against: baseline.against?.image ?? null, between: baseline.between }).toEqual({ against: against?.image ?? null, between });
  });

  it.each([
    { reason: 'names without case', tags: { 'Trueup-Digest': 'd' }, digest: 'd' },
    { reason: 'an empty tag', tags: { [tagNames.digest]: '' }, digest: null },
  ])('reads tags: $reason', ({ tags: values, digest }) => {
    expect(standingOf({ tags: values }).digest).toBe(digest);
  });

  it('believes no commit that is none, and no generation that is none', () => {
    expect(standingOf({ tags: { [tagNames.commit]: '../../x', [tagNames.generation]: '1e999' } })).toEqual({ digest: null, commit: null, generation: 0, rolledBack: null });
  });
});
