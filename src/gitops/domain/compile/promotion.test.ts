import { describe, expect, test } from 'vitest';
import { compiled, edited, goodManifests } from '../../../../test/support/manifests.ts';

type Files = Record<string, string>;

const service = 'trueup/RuntimeService.yaml';
const configuration = 'trueup/RuntimeConfiguration.yaml';
const prodLine = '    prod: { image: "contoso.azurecr.io/checkout:1.4.1", promotion: { from: staging } }\n';

/** The good service with other entries of environments, each on a line. */
function entries(...lines: readonly string[]): Files {
  return edited(service, `    staging: {}\n${prodLine}`, lines.map((line) => `    ${line}\n`).join(''));
}

function problemsOf(files: Files, severity: 'error' | 'warning' = 'error'): readonly string[] {
  return compiled(files).problems.filter((one) => one.severity === severity).map(({ code, path, hint }) => [`${code} ${path}`, ...(hint === null ? [] : [hint])].join(': ')).sort();
}

function promotions(files: Files): unknown {
  return Object.fromEntries(compiled(files).environments.map(({ name, services }) => [name, services.map(({ promotion }) => promotion)]));
}

const image = 'image: "contoso.azurecr.io/checkout:1.4.1"';
const other = '{ image: "contoso.azurecr.io/checkout:1.4.0", promotion: { from: ';

/** `test` beside `staging` and `prod`. */
const three = (files: Files): Files => ({
  ...files,
  'trueup/test.yaml': (goodManifests()['trueup/staging.yaml'] ?? '').replaceAll('staging', 'test'),
  'trueup/RuntimeTenantBinding.yaml': (goodManifests()['trueup/RuntimeTenantBinding.yaml'] ?? '').replace('[staging, prod]', '[test, staging, prod]'),
});

describe('promotion', () => {
  test('is of the environment that takes releases', () => {
    expect(promotions(goodManifests())).toEqual({ prod: [{ from: 'staging', values: [] }], staging: [null] });
    const withValues = entries('staging: {}', `prod: { ${image}, promotion: { from: staging, values: [FEATURE_NEW_CART] } }`);
    expect(problemsOf(withValues)).toEqual([]);
    expect(promotions(withValues)).toEqual({ prod: [{ from: 'staging', values: ['FEATURE_NEW_CART'] }], staging: [null] });
  });

  test('may go over several environments', () => {
    const files = three(entries('test: {}', `staging: ${other}test } }`, `prod: { ${image}, promotion: { from: staging } }`));
    expect(problemsOf(files)).toEqual([]);
    expect(promotions(files)).toEqual({ prod: [{ from: 'staging', values: [] }], staging: [{ from: 'test', values: [] }], test: [null] });
  });

  test.each([
    { files: () => entries('staging: {}', `prod: { ${image}, promotion: { from: prod } }`), wanted: ['invalid-promotion spec.environments.prod.promotion.from'], reason: 'from itself' },
    { files: () => entries('staging: {}', `prod: { ${image}, promotion: { from: stagin } }`), wanted: ['invalid-promotion spec.environments.prod.promotion.from: Did you mean `staging`?'], reason: 'from an environment that is misspelt' },
    { files: () => three(entries('staging: {}', `prod: { ${image}, promotion: { from: test } }`)), wanted: ['invalid-promotion spec.environments.prod.promotion.from'], reason: 'from one in which it does not run' },
    { files: () => entries(`staging: ${other}prod } }`, `prod: { ${image}, promotion: { from: staging } }`), wanted: ['invalid-promotion spec.environments.prod.promotion.from', 'invalid-promotion spec.environments.staging.promotion.from'], reason: 'each from the other' },
    { files: () => three(entries(`test: ${other}prod } }`, `staging: ${other}test } }`, `prod: { ${image}, promotion: { from: staging } }`)), wanted: ['prod', 'staging', 'test'].map((name) => `invalid-promotion spec.environments.${name}.promotion.from`), reason: 'round in a circle of three' },
    { stops: 'staging', files: () => three(entries(`test: ${other}staging } }`, `staging: ${other}test } }`, `prod: { ${image}, promotion: { from: staging } }`)), wanted: ['staging', 'test'].map((name) => `invalid-promotion spec.environments.${name}.promotion.from`), reason: 'from a circle of two others, whose fault it is' },
    { files: () => entries('staging: 5', `prod: { ${image}, promotion: { from: staging } }`), wanted: ['wrong-type spec.environments.staging'], reason: 'from an entry that cannot be read, which is the mistake' },
    { files: () => entries('stagin: {}', `prod: { ${image}, promotion: { from: staging } }`), wanted: ['unknown-reference spec.environments.stagin: Did you mean `staging`?'], reason: 'from an entry that is misspelt, which is the mistake' },
    { files: () => entries('staging: {}', `prod: { ${image}, promotion: { from: staging, values: [FEATURE_NEW_CRT] } }`), wanted: ['invalid-promotion spec.environments.prod.promotion.values[0]: Did you mean `FEATURE_NEW_CART`?'], reason: 'with a value of nobody' },
    { files: () => entries('staging: {}', `prod: { ${image}, promotion: { from: staging, values: [FEATURE_NEW_CART, FEATURE_NEW_CART] } }`), wanted: ['duplicate-item spec.environments.prod.promotion.values[1]'], reason: 'with a value twice' },
    { files: () => entries('staging: {}', `prod: { ${image}, configuration: null, promotion: { from: staging, values: [FEATURE_NEW_CART] } }`), wanted: ['invalid-promotion spec.environments.prod.promotion.values'], reason: 'with values and no configuration' },
    { files: () => entries('staging: { configuration: null }', `prod: { ${image}, promotion: { from: staging, values: [FEATURE_NEW_CART] } }`), wanted: ['invalid-promotion spec.environments.prod.promotion.values'], reason: 'with values of another configuration' },
    { files: () => ({ ...entries('staging: {}', `prod: { ${image}, promotion: { from: staging, values: [FEATURE_NEW_CART] } }`), [configuration]: edited(configuration, '"off"', 'off: 1')[configuration] ?? '' }), wanted: ['yaml-syntax '], reason: 'with values of what cannot be read, which is the mistake' },
    { files: () => entries('staging: {}', `prod: { ${image}, promotion: staging }`), wanted: ['wrong-type spec.environments.prod.promotion'], reason: 'without a mapping' },
    { files: () => entries('staging: {}', `prod: { ${image}, promotion: {} }`), wanted: ['missing-field spec.environments.prod.promotion.from'], reason: 'from nowhere' },
    { files: () => edited(service, '  rollout:\n', '  promotion: { from: staging }\n  rollout:\n'), wanted: ['misplaced-field spec.promotion'], reason: 'for all environments' },
  ])('is wrong $reason', ({ files, wanted, stops = 'prod' }) => {
    const given = files();
    expect(problemsOf(given)).toEqual(wanted);
    expect(compiled(given).environments.find(({ name }) => name === stops)?.services).toEqual([]);
  });

  test('is warned about where the environment follows the image of all', () => {
    const files = entries('staging: {}', 'prod: { promotion: { from: staging } }');
    expect(problemsOf(files, 'warning')).toEqual(['promotion-not-pinned spec.environments.prod.promotion: Pin the image that runs here; the pull request of the promotion changes it']);
    expect(problemsOf(files)).toEqual([]);
  });

  test('that is wrong stops its environment alone', () => {
    const { environments } = compiled(entries('staging: {}', `prod: { ${image}, promotion: { from: prod } }`));
    expect(environments.map(({ name, services }) => [name, services.length])).toEqual([['prod', 0], ['staging', 1]]);
  });
});
