import { describe, expect, test } from 'vitest';
import { fc, test as property } from '../../../test/support/property.ts';
import { serviceProgress } from '../../../test/support/progress.ts';
import { canary } from '../../../test/support/rollout-samples.ts';
import { rolloutPicture } from './rollout-picture.ts';

const bars = (weight: number): readonly string[] => rolloutPicture([canary({ weight })]).split('\n').filter((line) => line.includes('%') && /[#-]{8}/.test(line));

describe('the picture of a rollout', () => {
  test.each([
    { weight: 0, filled: [0, 40], reason: 'none is drawn as none' },
    { weight: 1, filled: [1, 39], reason: 'some is never drawn as none' },
    { weight: 50, filled: [20, 20], reason: 'half is half' },
    { weight: 99, filled: [39, 1], reason: 'most is never drawn as all' },
    { weight: 100, filled: [40, 0], reason: 'all is drawn as all' },
  ])('$weight %: $reason', ({ weight, filled }) => {
    expect(bars(weight).map((line) => line.match(/#/g)?.length ?? 0)).toEqual(filled);
  });

  test('is not drawn before an app was looked at', () => {
    expect(rolloutPicture([serviceProgress()])).toBe('');
  });

  test('a first revision has nothing beside it', () => {
    expect(rolloutPicture([canary({ previousRevision: null })])).not.toContain('old');
  });

  const stage = fc.record({ weight: fc.integer({ min: 0, max: 100 }), bakeMs: fc.integer({ min: 0, max: 1e8 }), purpose: fc.constantFrom('ready' as const, 'step' as const, 'watch' as const), standing: fc.constantFrom('open' as const, 'moving' as const, 'judging' as const, 'passed' as const, 'failed' as const) });
  const service = fc.record({ service: fc.string({ unit: 'grapheme', maxLength: 80 }), until: fc.option(fc.string({ unit: 'grapheme' })), weight: fc.integer({ min: 0, max: 100 }), stages: fc.array(stage, { maxLength: 12 }), independent: fc.boolean() }).map((over) => canary(over));
  property('whatever things are called, a terminal shows it: no line above 80 columns, characters of one column, and a fence that stays shut', () =>
    fc.assert(fc.property(fc.array(service, { maxLength: 40 }), (services) => {
      const lines = rolloutPicture(services).split('\n');
      for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]{0,80}$/);
      if (lines.length > 1) expect(lines.slice(1, -1).join('\n')).not.toContain(lines.at(-1));
      expect(lines.join('\n').length).toBeLessThan(9000);
    })));
});
