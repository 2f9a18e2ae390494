import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { interactionsOf, recordingFiles, type Interaction } from '../../support/azure-recordings.ts';
import { openAzureSpec, type AzureSpec } from '../../support/azure-spec.ts';
import { allowed, excuse, type Allowed } from '../../support/azure-spec-allowed.ts';
import { hasSpec, lineOf, type Finding } from '../../support/azure-spec-finding.ts';
import type { AzureExchange } from '../../../src/local/azure/http/observation.ts';
import { heldTotals } from '../../support/totals.ts';

/** What the local Azure does not model and no allowance is made for. */
const unmodelled = /^Jobs_/;

interface Pair {
  readonly exchange: AzureExchange;
  readonly operation: string;
  /** Of the answer only: what the recorded clients sent is not the service's doing. */
  readonly findings: readonly Finding[];
}

function exchangeOf({ request, response }: Interaction): AzureExchange {
  const { status, headers, body } = response;
  return { method: request.method, url: request.url, requestHeaders: {}, requestBody: request.body ?? null, status, responseHeaders: headers, responseBody: body ?? null };
}

async function recordedPairs(spec: AzureSpec): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (const exchange of recordingFiles().flatMap(interactionsOf).map(exchangeOf)) {
    const { operation, findings } = await spec.hold(exchange);
    if (operation !== null && !unmodelled.test(operation)) pairs.push({ exchange, operation, findings: findings.filter(({ side }) => side === 'answer') });
  }
  return pairs;
}

describe.skipIf(!hasSpec || recordingFiles().length === 0)('the real service against its own specification (skipped where ../shared/azure is absent)', () => {
  let pairs: readonly Pair[] = [];
  let excuses: readonly (Allowed | null)[] = [];

  beforeAll(async () => {
    pairs = await recordedPairs(await openAzureSpec());
    excuses = pairs.flatMap(({ findings }) => findings.map(excuse));
  });

  it('disagrees in what the allow-list names and in nothing else', () => {
    const unknown = pairs.flatMap(({ findings }) => findings.filter((finding) => excuse(finding) === null).map(lineOf));
    expect([...new Set(unknown)]).toEqual([]);
  });

  it.each(allowed.map((entry) => ({ ...entry, entry, name: `${entry.at} of ${entry.operations.source.slice(0, 40)}: ${entry.reason}` })))('needs the allowance for $name', ({ entry, source }) => {
    expect(excuses.includes(entry)).toBe(source === 'recordings');
  });

  it.each(allowed.map((entry) => ({ entry, name: entry.at })))('is told of in the documentation: $name', ({ entry }) => {
    const section = readFileSync('docs/local-azure.md', 'utf8').split('\n## ').find((text) => text.startsWith('Held against the specification')) ?? '';
    expect(section).toContain(`\`${entry.at.split('.').at(-1) ?? ''}\``);
  });

  it('takes a patch that names only what changes, although the file wants the location', () => {
    const partial = pairs.filter(({ operation, exchange: { requestBody } }) => operation === 'ContainerApps_Update' && requestBody !== null && typeof requestBody === 'object' && !('location' in requestBody));
    expect(partial.length).toBeGreaterThan(0);
    expect(new Set(partial.map(({ exchange }) => exchange.status))).toEqual(new Set([202]));
  });

  it('prints what was held', () => {
    const clean = pairs.filter(({ findings }) => findings.length === 0).length;
    const agreeing = pairs.filter(({ findings }) => findings.every((finding) => excuse(finding) !== null)).length;
    heldTotals('azure-spec-recorded', { pairs: pairs.length, clean, 'clean with allow-list': agreeing, differing: pairs.length - agreeing, allowances: allowed.length });
  });
});
