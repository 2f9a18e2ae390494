import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AzureExchange } from '../../../src/local/azure/http/observation.ts';
import { openAzureSpec, operationAddresses, type AzureSpec } from '../../support/azure-spec.ts';
import { excuse } from '../../support/azure-spec-allowed.ts';
import { hasSpec, lineOf } from '../../support/azure-spec-finding.ts';
import { specWatch, type SpecWatch } from '../../support/azure-spec-watch.ts';
import { heldTotals } from '../../support/totals.ts';
import { openDrive, type Drive } from './drive.ts';
import { appsIn, environments, metrics, otherApps, refusals, secrets, type Journey } from './journeys.ts';
import { modelledOperations } from './modelled.ts';
import { answerPlants, requestPlants } from './planted.ts';

const journeys: readonly (readonly [string, Journey])[] = [
  ['environments, their storages and usages', environments],
  ['apps in the version that the file describes', appsIn('2024-03-01')],
  ['apps in the version that Trueup asks for', appsIn('2025-01-01')],
  ['apps in the version that the model describes', appsIn('2026-07-01')],
  ['apps of other kinds', otherApps],
  ['metrics', metrics],
  ['secrets', secrets],
  ['what is refused', refusals],
];

describe.skipIf(!hasSpec)('the local Azure against the specification (skipped where ../shared/azure is absent)', () => {
  let spec: AzureSpec;
  let verdict: Awaited<ReturnType<SpecWatch['verdict']>>;
  let drive: Drive;
  const exchanges: AzureExchange[] = [];
  let outcomes: readonly PromiseSettledResult<void>[] = [];

  beforeAll(async () => {
    spec = await openAzureSpec();
    const watch = specWatch(spec);
    let silent = false;
    drive = await openDrive((exchange) => {
      if (silent) return;
      exchanges.push(exchange);
      watch.observe(exchange);
    });
    const together = journeys.filter(([, journey]) => journey !== refusals);
    outcomes = [...(await Promise.allSettled(together.map(async ([, journey]) => journey(drive)))), ...(await Promise.allSettled([refusals(drive)]))];
    silent = true;
    verdict = await watch.verdict();
  });

  afterAll(() => drive[Symbol.asyncDispose]());

  it.each(journeys.map(([name], index) => ({ name, index })))('was driven through $name', ({ index }) => {
    expect(outcomes[index]).toMatchObject({ status: 'fulfilled' });
  });

  it('answers as described, but for what the real service does, too', () => {
    expect(verdict.violations).toEqual([]);
  });

  it.each([...requestPlants.map((plant) => ({ side: 'request', ...plant })), ...answerPlants.map((plant) => ({ side: 'answer', ...plant }))])('sees in $side: $reason', async ({ into: [method, path, status], plant, seen }) => {
    const found = exchanges.find((exchange) => exchange.method === method && exchange.status === status && path.test(new URL(exchange.url).pathname));
    if (!found) throw new Error(`${method} ${path.source} was not seen`);
    const planted = structuredClone({ ...found, responseHeaders: { ...found.responseHeaders } });
    plant(planted);
    const { findings } = await spec.hold(planted);
    const lines = findings.filter((finding) => excuse(finding) === null).map(lineOf);
    expect(lines).toEqual(seen === null ? [] : expect.arrayContaining([expect.stringMatching(seen)]));
  });

  it('is told by whoever watched, with the first request that showed it', async () => {
    const watched = specWatch(spec);
    const found = exchanges.find(({ method, status }) => method === 'PATCH' && status === 202);
    if (!found) throw new Error('nothing was patched');
    watched.observe({ ...found, requestBody: { properties: { bogus: 1 } } });
    watched.observe({ ...found, requestBody: { properties: { bogus: 2 } } });
    await expect(watched.holds('a test')).rejects.toThrow(/^1 violations of Azure's specification in a test:\nrequest of \w+_Update 202, \$\.properties\.bogus: .*; 2 times, first PATCH https:/);
  });

  it('is driven through all that it models', async () => {
    const modelled = [...(await modelledOperations(drive, spec.operations)), ...operationAddresses];
    const { exercised, violations } = verdict;
    const missing = modelled.filter((operation) => !exercised.has(`${operation} 2`));
    expect(missing).toEqual([]);
    const refused = new Set(exchanges.map(({ status }) => status).filter((status) => status >= 400));
    // What was asked, not how often a poll was sent until the answer came: that depends on the machine.
    const asked = new Map(exchanges.map((exchange) => [`${exchange.method} ${new URL(exchange.url).pathname} ${JSON.stringify(exchange.requestBody)}`, exchange]));
    const held = await Promise.all([...asked.values()].map((exchange) => spec.hold(exchange)));
    const described = held.filter(({ operation }) => operation !== null);
    heldTotals('azure-spec', {
      'operations modelled': modelled.length,
      'operations exercised': modelled.length - missing.length,
      'kinds of refusal': refused.size,
      exchanges: asked.size,
      described: described.length,
      'clean or with allow-list': described.filter(({ findings }) => findings.every((finding) => excuse(finding) !== null)).length,
      violations: violations.length,
    });
  });
});
