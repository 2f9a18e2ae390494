import { describe, expect, test } from 'vitest';
import { release } from '../../test/support/desired.ts';
import { observedApp } from '../../test/support/observed.ts';
import { tagNames, type DesiredService, type JsonObject } from './desired-state.ts';
import { revisionSuffixOf } from './revision-suffix.ts';
import { asItRuns, runningAs, takenOverRevision } from './taken-over.ts';

const service = release('checkout', '1.0.0');
const named = 'checkout--5zj2t4y';
const tags = { [tagNames.revision]: named, [tagNames.template]: service.revisionSuffix };
const appWith = (found: Readonly<Record<string, string>>, template: JsonObject = { revisionSuffix: '' }) => observedApp({ tags: found, raw: { properties: { template } } });
const suffixesOf = ({ revisionSuffix, app }: DesiredService) => [revisionSuffix, app.properties.template['revisionSuffix']];

describe('the name under which a template runs', () => {
  test.each([
    { reason: 'of an app that was taken over', found: tags, revision: named },
    { reason: 'tag names have no case', found: { [tagNames.revision.toUpperCase()]: named, [tagNames.template]: service.revisionSuffix }, revision: named },
    { reason: 'of another template', found: { ...tags, [tagNames.template]: 't0123456789' }, revision: null },
    { reason: 'of another app', found: { ...tags, [tagNames.revision]: 'cart--5zj2t4y' }, revision: null },
    { reason: 'of no shape', found: { ...tags, [tagNames.revision]: 'checkout--../x' }, revision: null },
    { reason: 'of an app of ours from its first breath', found: {}, revision: null },
  ])('$reason', ({ found, revision }) => {
    expect(takenOverRevision(service, appWith(found))).toBe(revision);
    if (revision === null) expect(asItRuns(service, appWith(found))).toBe(service);
  });

  test.each([
    { reason: 'Azure shows no suffix where it chose the name', shown: '', suffix: '' },
    { reason: 'after a way back the template names it', shown: '5zj2t4y', suffix: '5zj2t4y' },
    { reason: 'another runs, so that going back names it', shown: 't0123456789', suffix: '5zj2t4y' },
  ])('$reason', ({ shown, suffix }) => {
    const runs = asItRuns(service, appWith(tags, { revisionSuffix: shown }));
    expect([suffixesOf(runs), runs.digest]).toEqual([['5zj2t4y', suffix], service.digest]);
  });

  test('a write always names it', () => {
    expect(suffixesOf(runningAs(service, named))).toEqual(['5zj2t4y', '5zj2t4y']);
    expect(runningAs(service, null)).toBe(service);
  });

  test('what Git leaves to others is part of the template that runs', () => {
    const { revisionSuffix: _named, ...template } = service.app.properties.template;
    const declared = { ...template, revisionSuffix: revisionSuffixOf(template) };
    const ignoring = { ...service, revisionSuffix: declared.revisionSuffix, app: { ...service.app, properties: { ...service.app.properties, template: declared } }, ignores: [{ path: 'properties.template.scale.maxReplicas', reason: 'another scales it' }] };
    const live = { ...template, scale: { minReplicas: 1, maxReplicas: 9 } };
    const app = appWith({ ...tags, [tagNames.template]: revisionSuffixOf(live) }, { ...live, revisionSuffix: '' });
    expect(suffixesOf(asItRuns(ignoring, app))).toEqual(['5zj2t4y', '']);
  });
});
