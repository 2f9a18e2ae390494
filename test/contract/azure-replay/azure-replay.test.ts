import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { serviceBehaviours } from '../../../src/local/azure/apps/service-build.ts';
import { hasRecordings, recordingsFolder } from '../../support/azure-recordings.ts';
import { heldTotals, readTotals, totalsFile } from '../../support/totals.ts';
import type { Verdict } from './judging.ts';
import { recordedRollouts } from './recorded-builds.ts';
import { lists, replayAll } from './replay-all.ts';
import { faultsOf, totalsOf } from './report.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/local-azure.md'), 'utf8');

describe('the page on the local Azure', () => {
  it.each(lists.known)('shows the known difference $id', ({ id, test }) => {
    expect(page).toContain(`| ${id} |`);
    expect(page).toContain(`\`${test}\``);
  });

  it.each(recordedRollouts)('shows what older builds do, and since when $region does not: $behaviour', ({ behaviour }) => {
    const { newest, older } = serviceBehaviours[behaviour];
    const days = recordedRollouts.filter((one) => one.behaviour === behaviour).map((one) => `${one.region} ${one.older.day}, ${one.newest.day}`);
    expect(page).toContain(`| \`${behaviour}\` | ${newest} | ${older} | ${days.join('; ')} |`);
  });

  it('tells the totals', () => {
    const { atLeast, atMost } = readTotals(readFileSync(totalsFile, 'utf8'))['azure-replay'] ?? { atLeast: {}, atMost: {} };
    for (const row of [`| the same | ${atLeast['matched']} |`, `| different, as listed below | ${atMost['differing']} |`, `501 | ${atMost['notModelled']}:`]) expect(page).toContain(row);
  });
});

describe.skipIf(!hasRecordings)(`${hasRecordings ? 'every flow' : 'skipped, absent: flows'} in ${recordingsFolder}, replayed`, () => {
  let verdicts: readonly Verdict[] = [];
  beforeAll(async () => {
    verdicts = await replayAll();
  }, 120_000);

  it('differs from the local Azure in nothing but what is on the list', () => {
    expect(faultsOf(verdicts, lists).join('\n')).toBe('');
  });

  it('reaches what was reached before', () => {
    heldTotals('azure-replay', totalsOf(verdicts));
  });
});
