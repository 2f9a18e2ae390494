import { describe, expect, test } from 'vitest';
import { driftFinding } from '../../../test/support/drift-findings.ts';
import { driftBranch, driftCheckName, remediationWorld } from '../../../test/support/remediation-world.ts';

describe('what people read', () => {
  const jane = { who: 'jane@contoso.com', at: '2026-11-23T22:14:00.000Z', source: 'activity-log' as const, operation: 'Microsoft.App/containerApps/write' };
  const image = driftFinding({ firstSeenAt: '2026-11-23T22:17:00.000Z', desired: 'contoso.azurecr.io/checkout:1.4.1', live: 'contoso.azurecr.io/checkout:1.4.9', changed: jane });
  const tag = driftFinding({ id: 'f2', severity: 'low', path: 'tags.owner', desired: '', live: 'jane', changed: { ...jane, source: 'system-data', operation: null }, firstSeenAt: '2026-11-23T23:02:00.000Z' });
  const sick = driftFinding({ id: 'f3', class: 'health-degraded', mode: 'report', path: 'health', summary: 'Degraded, and it was healthy after its last deployment' });

  test.each([
    { choice: 'keep-git', file: 'remediation-keep-git' },
    { choice: 'keep-live', file: 'remediation-keep-azure' },
  ] as const)('to $choice', async ({ choice, file }) => {
    const world = await remediationWorld();
    await world.found([image, tag, sick]);
    world.runs(':1.4.1', ':1.4.9');
    if (choice === 'keep-live') await world.asks(choice);
    const { title, summary, actions } = world.github.check(world.github.branch(driftBranch) ?? '', driftCheckName) ?? { title: '', summary: '', actions: [] };
    const buttons = actions.map(({ label, description }) => `[${label}] ${description}`).join('\n');
    const text = [`${world.shown()?.title}`, world.shown()?.body, `${driftCheckName} · ${title}`, summary, buttons].join('\n\n---\n\n');
    await expect(`${text}\n`).toMatchFileSnapshot(`golden/${file}.md`);
  });
});
