import { describe, expect, test } from 'vitest';
import { compiled, edited, fileOf, goodManifests } from '../../../../test/support/manifests.ts';
import { reapplyOf } from './reapply.ts';

const file = fileOf('RuntimeService');
const all = 'trueup.dev/reapply';
const annotated = (annotations: string): Record<string, string> => edited(file, 'module: checkout }', `module: checkout, annotations: { ${annotations} } }`);

/** What each environment's tag and service say. */
function asked(files: Record<string, string>): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(compiled(files).environments.map(({ name, services }) => [name, services.flatMap(({ app, reapply }) => [app.tags['trueup-reapply'], reapply])]));
}

describe('asking for a service to be applied again', () => {
  test.each([
    { annotations: 'note: x', wanted: { prod: [undefined, null], staging: [undefined, null] }, reason: 'nobody does' },
    { annotations: `${all}: "2"`, wanted: { prod: ['2', '2'], staging: ['2', '2'] }, reason: 'everywhere' },
    { annotations: `${all}.prod: "2"`, wanted: { prod: ['2', '2'], staging: [undefined, null] }, reason: 'in one environment' },
    { annotations: `${all}: "1", ${all}.prod: "2"`, wanted: { prod: ['1 + 2', '1 + 2'], staging: ['1', '1'] }, reason: 'a change of either counts' },
  ])('$annotations: $reason', ({ annotations, wanted }) => {
    expect(asked(annotated(annotations))).toEqual(wanted);
  });

  test.each([
    { one: ['x'.repeat(256), null], length: 256, reason: 'as long as a tag may be' },
    { one: ['x'.repeat(256), 'y'.repeat(256)], length: 214, reason: 'longer than a tag: the start, and a hash of all' },
  ])('fits a tag of Azure: $reason', ({ one: [everywhere, own], length }) => {
    const value = (more: string): string | null => reapplyOf({ annotations: { [all]: everywhere ?? '', ...(own !== null && { [`${all}.prod`]: `${own}${more}` }) } }, 'prod');
    expect(value('')).toHaveLength(length);
    if (own !== null) expect(value('!')).not.toBe(value(''));
  });

  test.each([
    { key: `${all}.prdo`, wanted: ['error unknown-reference', 'Did you mean `prod`?'], reason: 'an environment misspelt' },
    { key: `${all}.other`, wanted: ['error unknown-reference', null], reason: 'an environment in which it does not run' },
    { key: `${all}.`, wanted: ['error unknown-reference', null], reason: 'no environment' },
    { key: 'trueup.dev/reaply.prod', wanted: ['warning not-acted-on', 'Did you mean `trueup.dev/reapply.prod`?'], reason: 'the annotation misspelt' },
    { key: 'trueup.dev/paused', wanted: ['warning not-acted-on', 'Annotations of your own have another prefix'], reason: 'an annotation that nothing knows' },
  ])('is located where it is wrong, once: $reason', ({ key, wanted }) => {
    const { problems } = compiled(annotated(`note: x, "${key}": "1"`));
    expect(problems.map(({ severity, code, hint, location, path }) => [`${severity} ${code}`, hint, location.line, path])).toEqual([[...wanted, 3, `metadata.annotations[${JSON.stringify(key)}]`]]);
  });

  test('stops the service and no environment when it names a wrong one', () => {
    const { environments } = compiled(annotated(`${all}.prdo: "1"`));
    expect(environments.map(({ services, invalid }) => [services.length, invalid.map(({ name }) => name)])).toEqual([[0, ['checkout']], [0, ['checkout']]]);
  });

  test('an environment misspelt among those of the service is that mistake alone', () => {
    const files = { ...goodManifests(), [file]: (annotated(`${all}.prod: "1"`)[file] ?? '').replace('    prod: {', '    prdo: {').replace(', promotion: { from: staging }', '') };
    expect(compiled(files).problems.filter(({ severity }) => severity === 'error').map(({ path }) => path)).toEqual(['spec.environments.prdo']);
  });
});
