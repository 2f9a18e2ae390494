import { describe, expect, test } from 'vitest';
import { compiled, edited, goodManifests } from '../../../../test/support/manifests.ts';
import type { DesiredService } from '../../../kernel/desired-state.ts';

type Files = Record<string, string>;

const service = 'trueup/RuntimeService.yaml';
const policy = 'trueup/ScalingPolicy.yaml';
const environment = 'trueup/RuntimeEnvironment.yaml';
const strategy = '    strategy: all-at-once\n    watch: 5m\n';
const workspace = '11111111-2222-3333-4444-55555555aBcD';

/** The good service with another rollout, each line without its indentation of four. */
function rollingOut(...lines: readonly string[]): Files {
  return edited(service, strategy, lines.map((line) => `    ${line}\n`).join(''));
}

function checkout(files: Files, name = 'prod'): DesiredService {
  const { environments, problems } = compiled(files);
  const found = environments.find((one) => one.name === name)?.services[0];
  if (found === undefined) throw new Error(JSON.stringify(problems));
  return found;
}

/** `code path` of each, sorted. */
function problemsOf(files: Files, severity: 'error' | 'warning' = 'error'): readonly string[] {
  return compiled(files).problems.filter((one) => one.severity === severity).map(({ code, path }) => `${code} ${path}`).sort();
}

const canary = ['strategy: canary', 'steps: [{ weight: 10, bake: 5m }, { weight: 50, bake: 10m }]'];
const measured = 'gate: { successRate: ">= 99%" }';
const log = (name: string, query = 'print x = 1') => `{ name: ${name}, workspace: ${workspace}, query: ${JSON.stringify(query)}, passes: "<= 5" }`;

describe('a rollout', () => {
  test.each([
    { lines: ['strategy: all-at-once'], wanted: { previewMs: 0, watchMs: 0, keepWarmMs: 0 }, reason: 'all at once is not watched' },
    { lines: ['strategy: blue-green'], wanted: { previewMs: 0, watchMs: 300_000, keepWarmMs: 900_000 }, reason: 'blue-green is, and keeps what was' },
    { lines: canary, wanted: { previewMs: 0, watchMs: 300_000, keepWarmMs: 0 }, reason: 'a canary is' },
    { lines: ['strategy: blue-green', 'preview: 1h', 'watch: 0s', 'keepWarm: 0s'], wanted: { previewMs: 3_600_000, watchMs: 0, keepWarmMs: 0 }, reason: 'what is said holds' },
  ])('has times of its strategy: $reason', ({ lines, wanted }) => {
    expect(checkout(rollingOut(...lines)).rollout).toMatchObject(wanted);
  });

  test('says everything that its deployment acts on', () => {
    const files = rollingOut(...canary, 'onFailure: hold', 'independent: true', 'gate:', '  successRate: ">= 99.5%"', '  minSamples: 200', '  restarts: "<= 0"', '  latencyP95: "<= 500ms"',
      `  logs: [${log('errors', 'E | where R == "{revision}"')}]`, '  http: [{ name: tests, url: "https://gates.example.com/x" }]', '  limits: { failures: 3, noData: 1h }');
    expect(problemsOf(files)).toEqual([]);
    expect(checkout(files).rollout).toEqual({
      strategy: 'canary',
      steps: [{ weight: 10, bakeMs: 300_000 }, { weight: 50, bakeMs: 600_000 }],
      previewMs: 0,
      watchMs: 300_000,
      keepWarmMs: 0,
      gate: {
        successRate: 99.5,
        minSamples: 200,
        restarts: 0,
        latencyP95Ms: 500,
        logs: [{ name: 'errors', workspace: workspace.toLowerCase(), query: 'E | where R == "{revision}"', passes: { comparison: '<=', value: 5 } }],
        http: [{ name: 'tests', url: 'https://gates.example.com/x', timeoutMs: 10_000 }],
        limits: { failures: 3, inconclusiveMs: 600_000, noDataMs: 3_600_000 },
      },
      onFailure: 'hold',
      independent: true,
    });
  });

  test('has gates without a word about them', () => {
    expect(checkout(rollingOut('strategy: all-at-once')).rollout.gate).toEqual({
      successRate: null, minSamples: 10, restarts: 2, latencyP95Ms: null, logs: [], http: [], limits: { failures: 1, inconclusiveMs: 600_000, noDataMs: 600_000 },
    });
  });

  test('is no part of the release: another one makes no other revision', () => {
    const [before, after] = [checkout(goodManifests()), checkout(rollingOut(...canary, measured))];
    expect([after.digest, after.revisionSuffix]).toEqual([before.digest, before.revisionSuffix]);
  });

  test.each([
    { lines: ['strategy: canary'], wanted: ['invalid-rollout spec.rollout.strategy'], reason: 'a canary without steps' },
    { lines: ['strategy: canary', 'steps: [{ weight: 50, bake: 1m }, { weight: 10, bake: 1m }]'], wanted: ['invalid-rollout spec.rollout.steps[1].weight'], reason: 'weights that fall' },
    { lines: ['strategy: blue-green', 'steps: [{ weight: 50, bake: 1m }]'], wanted: ['invalid-rollout spec.rollout.steps'], reason: 'steps of another strategy' },
    { lines: [...canary, 'preview: 5m'], wanted: ['invalid-rollout spec.rollout.preview'], reason: 'a preview of another strategy' },
    { lines: [...canary, 'keepWarm: 5m'], wanted: ['invalid-rollout spec.rollout.keepWarm'], reason: 'a warm one of another strategy' },
    { lines: ['preview: 0s', 'keepWarm: 0s'], wanted: ['invalid-rollout spec.rollout.keepWarm', 'invalid-rollout spec.rollout.preview'], reason: 'fields of another strategy that say nothing' },
    { lines: ['strategy: blue-green', 'preview: 25h'], wanted: ['out-of-range spec.rollout.preview'], reason: 'a preview of more than a day' },
    { lines: ['watch: -5m'], wanted: ['invalid-duration spec.rollout.watch'], reason: 'a watch shorter than nothing' },
    { lines: ['watch: 8d'], wanted: ['out-of-range spec.rollout.watch'], reason: 'a watch of more than a week' },
    { lines: ['gate: { minSamples: 50 }'], wanted: ['invalid-gate spec.rollout.gate.minSamples'], reason: 'samples of nothing' },
    { lines: ['gate: { successRate: 99, minSamples: 50 }'], wanted: ['wrong-type spec.rollout.gate.successRate'], reason: 'a rate that cannot be read is one' },
    { lines: [`gate: { logs: [${log('a')}, ${log('a')}], http: [{ name: a, url: "https://gates.example.com/" }] }`], wanted: ['duplicate-name spec.rollout.gate.http[0].name', 'duplicate-name spec.rollout.gate.logs[1].name'], reason: 'names that are there twice, over both kinds' },
    { lines: [`gate: { logs: [${log('latency')}, ${log('Errors')}] }`], wanted: ['invalid-name spec.rollout.gate.logs[1].name', 'reserved-name spec.rollout.gate.logs[0].name'], reason: 'a name of a gate of ours, and one that is none' },
    { lines: [`gate: { logs: [${log('a', 'workspace("b").T | count')}] }`], wanted: ['invalid-query spec.rollout.gate.logs[0].query'], reason: 'a query of another workspace' },
    { lines: [`gate: { logs: [${log('a', 'print "{revison}"')}] }`], wanted: ['unknown-placeholder spec.rollout.gate.logs[0].query'], reason: 'a placeholder of nobody' },
    { lines: ['gate: { limits: { failures: 0, noData: 8d } }'], wanted: ['out-of-range spec.rollout.gate.limits.failures', 'out-of-range spec.rollout.gate.limits.noData'], reason: 'limits that are none' },
    { lines: ['onfailure: hold'], wanted: ['unknown-field spec.rollout.onfailure'], reason: 'a field that is nearly right' },
    { lines: ['independent: "yes"'], wanted: ['wrong-type spec.rollout.independent'], reason: 'a text for a truth' },
  ])('is wrong with $reason', ({ lines, wanted }) => {
    expect(problemsOf(rollingOut(...lines))).toEqual(wanted);
  });

  test.each([
    { ingress: '', lines: [...canary, 'gate: { successRate: ">= 99%", latencyP95: "<= 1s" }'], wanted: ['invalid-gate spec.rollout.gate.latencyP95', 'invalid-gate spec.rollout.gate.successRate', 'invalid-rollout spec.rollout.strategy'], reason: 'nothing can call it' },
    { ingress: '', lines: ['strategy: blue-green'], wanted: ['invalid-rollout spec.rollout.strategy'], reason: 'there is nothing to switch' },
    { ingress: '', lines: ['strategy: all-at-once', 'watch: 1h', 'gate: { restarts: "<= 0" }'], wanted: [], reason: 'its replicas can be judged all the same' },
    { ingress: '  ingress: { port: 8080 }\n', lines: [...canary, measured], wanted: [], reason: 'an internal one has requests' },
    { ingress: '  ingress: { port: 8080 }\n', lines: ['gate: { latencyP95: "<= 1s" }'], wanted: ['invalid-gate spec.rollout.gate.latencyP95'], reason: 'an internal one cannot be asked' },
    { ingress: '  ingress: 8080\n', lines: [...canary, 'gate: { latencyP95: "<= 1s" }'], wanted: ['wrong-type spec.ingress'], reason: 'one that cannot be read is one' },
  ])('needs an ingress for what it does with traffic: $reason', ({ ingress, lines, wanted }) => {
    const files = rollingOut(...lines);
    const text = files[service]?.replace('  ingress: { port: 8080, external: true }\n', ingress).replace(/  health:\n.*\n.*\n/, '') ?? '';
    expect(problemsOf({ ...files, [service]: text })).toEqual(wanted);
  });

  const inProd = (entry: string, ...lines: readonly string[]): Files => {
    const files = rollingOut(...lines);
    return { ...files, [service]: files[service]?.replace(', promotion: { from: staging } }', `, rollout: ${entry} }`) ?? '' };
  };

  test.each([
    { entry: '{ strategy: canary, steps: [{ weight: 5, bake: 1h }] }', lines: ['strategy: all-at-once'], wanted: [], reason: 'a canary in one environment only' },
    { entry: '{ steps: [{ weight: 5, bake: 1h }] }', lines: ['strategy: canary'], wanted: ['invalid-rollout spec.rollout.strategy'], reason: 'it completes what staging still lacks' },
    { entry: '{ strategy: all-at-once }', lines: canary, wanted: ['invalid-rollout spec.rollout.steps'], reason: 'the steps of all are still there' },
    { entry: '{ strategy: all-at-once, steps: null }', lines: canary, wanted: [], reason: 'null takes them away' },
    { entry: '{ gate: { minSamples: 50 } }', lines: [measured], wanted: [], reason: 'samples there of the rate of all' },
    { entry: '{ gate: { successRate: null } }', lines: ['gate: { successRate: ">= 99%", minSamples: 50 }'], wanted: ['invalid-gate spec.rollout.gate.minSamples'], reason: 'the rate is taken away, its samples are not' },
    { entry: '{ strategy: null }', lines: ['strategy: blue-green'], wanted: [], reason: 'null is the default' },
    { entry: '{ strategy: canary, steps: [{ weight: 5, bake: 1h }, { weight: 5, bake: 1h }] }', lines: ['strategy: all-at-once'], wanted: ['invalid-rollout spec.environments.prod.rollout.steps[1].weight'], reason: 'what is wrong there lies there' },
  ])('is judged as it is merged for an environment: $reason', ({ entry, lines, wanted }) => {
    expect(problemsOf(inProd(entry, ...lines))).toEqual(wanted);
  });

  test('of an environment is merged over that of all', () => {
    const files = inProd('{ strategy: canary, steps: [{ weight: 5, bake: 1h }], gate: { minSamples: 500 } }', 'watch: 30m', measured);
    expect(checkout(files).rollout).toMatchObject({ strategy: 'canary', steps: [{ weight: 5, bakeMs: 3_600_000 }], watchMs: 1_800_000, gate: { successRate: 99, minSamples: 500 } });
    expect(checkout(files, 'staging').rollout).toMatchObject({ strategy: 'all-at-once', steps: [], watchMs: 1_800_000, gate: { successRate: 99, minSamples: 10 } });
  });

  test.each([
    { files: () => rollingOut(...canary), wanted: ['not-measured spec.rollout.strategy'], reason: 'a canary that only starts' },
    { files: () => rollingOut(...canary, measured), wanted: [], reason: 'one that is measured' },
    { files: () => rollingOut(...canary, `gate: { logs: [${log('errors')}] }`), wanted: [], reason: 'one that a query judges' },
    { files: () => rollingOut(...canary, 'onFailure: hold'), wanted: ['not-measured spec.rollout.strategy'], reason: 'what is acted on gets no warning' },
    { files: () => ({ ...rollingOut(measured), [policy]: edited(policy, 'min: 1,', 'min: 0,')[policy] ?? '' }), wanted: ['may-find-no-data spec.rollout.gate.successRate'], reason: 'a rate of what may not run, in staging' },
  ])('is warned about where it may prove nothing: $reason', ({ files, wanted }) => {
    expect(problemsOf(files(), 'warning')).toEqual(wanted);
  });
});

const freeze = '    - { cron: "0 17 * * 5", timezone: Europe/Berlin, duration: 63h, reason: weekend }\n';

describe('freezes of an environment', () => {
  test('are read, and change nothing of its place', () => {
    const prod = (files: Files) => compiled(files).environments.find(({ name }) => name === 'prod');
    const [weekend, other] = [prod(goodManifests()), prod(edited(environment, freeze, '    - { cron: 0 0 24-31 12 *, duration: 1d }\n'))];
    expect(weekend?.freezes).toEqual([{ cron: '0 17 * * 5', timezone: 'Europe/Berlin', durationMs: 63 * 3_600_000, reason: 'weekend' }]);
    expect(other?.freezes).toEqual([{ cron: '0 0 24-31 12 *', timezone: 'UTC', durationMs: 86_400_000, reason: null }]);
    expect(other?.digest).toBe(weekend?.digest);
    expect(prod(edited(environment, `  freeze:\n${freeze}`, ''))?.freezes).toEqual([]);
  });

  test.each([
    { becomes: '{ cron: "0 0 * * *", duration: 1d }', wanted: 'freezes-for-ever spec.freeze[0].duration', reason: 'a day each day' },
    { becomes: '{ cron: "0 0 * *", duration: 1h }', wanted: 'invalid-cron spec.freeze[0].cron', reason: 'four fields' },
    { becomes: '{ cron: "0 0 30 2 *", duration: 1h }', wanted: 'invalid-cron spec.freeze[0].cron', reason: 'a day that never comes' },
    { becomes: '{ cron: "0 0 * * *", duration: 30s }', wanted: 'out-of-range spec.freeze[0].duration', reason: 'less than a minute' },
    { becomes: '{ cron: "0 0 1 1 *", duration: 32d }', wanted: 'out-of-range spec.freeze[0].duration', reason: 'more than a month' },
    { becomes: '{ cron: "0 0 * * *", duration: 1h, timezone: Europe/Berln }', wanted: 'unknown-time-zone spec.freeze[0].timezone', reason: 'a zone of nowhere' },
    { becomes: '{ cron: "0 0 * * *" }', wanted: 'missing-field spec.freeze[0].duration', reason: 'no end' },
    { becomes: '{ cron: "0 0 * * *", duration: 1h, reason: "a\\nb" }', wanted: 'invalid-value spec.freeze[0].reason', reason: 'a reason of two lines' },
    { becomes: '{ cron: "0 0 * * *", duration: 1h, reson: x }', wanted: 'unknown-field spec.freeze[0].reson', reason: 'a field that is nearly right' },
  ])('are wrong with $reason', ({ becomes, wanted }) => {
    const files = edited(environment, freeze, `    - ${becomes}\n`);
    expect(problemsOf(files)).toEqual([wanted]);
    expect(compiled(files).environments.map(({ name }) => name)).toEqual(['staging']);
  });
});
