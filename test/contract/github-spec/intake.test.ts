import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { intakeForFile, signed } from '../../support/intake-bench.ts';
import { heldTotals } from '../../support/totals.ts';

/** What Trueup listens to: the events of `app.yml`, and those of the installation itself. */
const heard = new Set(['push', 'pull_request', 'check_run', 'check_suite', 'issue_comment', 'installation', 'installation_repositories']);

interface Payload {
  readonly event: string;
  /** github.com, or the version of a GitHub that a company runs itself. */
  readonly from: string;
  readonly body: object;
}

/** All payloads of the package: those of github.com and the older ones of each GitHub Enterprise Server. */
function published(): readonly Payload[] {
  const folder = join(import.meta.dirname, '../../../node_modules/@octokit/webhooks-examples');
  const sources = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return sources.flatMap(({ name: from }) => {
    // The package's own format.
    const events = JSON.parse(readFileSync(join(folder, from, 'index.json'), 'utf8')) as readonly { readonly name: string; readonly examples: readonly object[] }[];
    return events.flatMap(({ name: event, examples }) => examples.map((body) => ({ event, from, body })));
  });
}

const payloads = published();
const intake = intakeForFile();
const post = (event: string, body: object): Promise<{ readonly status: number }> => {
  const text = JSON.stringify(body);
  return intake.post(text, { ...signed(text), 'x-github-event': event });
};

test('every payload that GitHub has published is taken, and only of what Trueup listens to anything is queued', async () => {
  const counts = { accepted: 0, refused: 0, unheard: 0, queued: 0 };
  for (const [event, group] of Map.groupBy(payloads, (payload) => payload.event)) {
    const before = await intake.stored();
    // Once as it is, mostly of a hook without an App, and once as an App's hook would have it.
    const bodies = group.flatMap(({ body }) => [body, { ...body, installation: { id: 100 } }]);
    const answers = await Promise.all(bodies.map((body) => post(event, body)));
    counts.accepted += answers.filter(({ status }) => status === 202).length;
    counts.refused += answers.filter(({ status }) => status !== 202).length;
    const added = (await intake.stored()) - before;
    counts.queued += added;
    if (!heard.has(event)) counts.unheard += added;
  }
  expect(intake.lines.filter((line) => /"level":(50|60|"error")/.test(line))).toEqual([]);
  expect((await post('push', { ref: 'refs/heads/main', installation: { id: 1 }, repository: { id: 1, default_branch: 'main' } })).status).toBe(202);
  const events = new Set(payloads.map(({ event }) => event)).size;
  heldTotals('github-intake', { events, payloads: payloads.length, accepted: counts.accepted, queued: counts.queued, refused: counts.refused, 'queued of other events': counts.unheard });
});

test.each([...heard])('Trueup can read each payload of an App for %s', async (event) => {
  intake.lines.length = 0;
  const own = payloads.filter((payload) => payload.event === event && payload.from === 'api.github.com');
  expect(own.length).toBeGreaterThan(0);
  // An event of the installation itself has its own.
  for (const { body } of own) await post(event, { installation: { id: 100 }, ...body });
  expect(intake.lines.filter((line) => line.includes('of another shape'))).toEqual([]);
});
