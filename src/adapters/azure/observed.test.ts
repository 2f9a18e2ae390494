import { describe, expect, test } from 'vitest';
import { hasRecordings, interactionsOf, recordingFiles, recordingsFolder } from '../../../test/support/azure-recordings.ts';
import { parseArmId } from './names.ts';
import { observedApp, observedContainers, observedRevision } from './observed.ts';

interface Recorded {
  readonly file: string;
  readonly body: unknown;
}

const skipped = hasRecordings ? '' : ` (skipped: ${recordingsFolder}, the recorded traffic, is not here)`;

/** Bodies of answers with 200 or 201 whose address ends like this, list items one by one. */
function recorded(ending: RegExp): readonly Recorded[] {
  return recordingFiles().flatMap((file) =>
    interactionsOf(file)
      .filter(({ request, response }) => ending.test(new URL(request.url).pathname) && (response.status === 200 || response.status === 201) && response.body !== null)
      .flatMap(({ response: { body } }) => bodiesIn(body).map((one) => ({ file, body: one }))),
  );
}

function bodiesIn(body: unknown): readonly unknown[] {
  return (body as { value?: unknown[] } | undefined)?.value ?? [body];
}

function groupOf(body: unknown): { subscription: string; resourceGroup: string } {
  const id = parseArmId((body as { id: string }).id);
  if (id === null) throw new Error('a recorded body without an id');
  return id;
}

describe.skipIf(!hasRecordings)(`recorded answers of Azure${skipped}`, () => {
  test('every container app can be read', () => {
    const bodies = recorded(/\/containerapps(\/[^/]+)?$/i);
    expect(bodies.length).toBeGreaterThan(50);
    for (const { body, file } of bodies) {
      const app = observedApp(body, groupOf(body), file);
      expect(app.raw).toBe(body);
      expect(app.provisioningState, file).toMatch(/^(InProgress|Succeeded|Failed|Canceled|Deleting)$/);
      expect(app.traffic.reduce((sum, { weight }) => sum + weight, 0) % 100, file).toBe(0);
    }
  });

  test('every revision can be read, those that crash as well', () => {
    const bodies = recorded(/\/revisions(\/[^/]+)?$/i);
    const revisions = bodies.map(({ body, file }) => observedRevision(body, [], file));
    expect(revisions.length).toBeGreaterThan(1);
    expect(revisions).toContainEqual(expect.objectContaining({ active: true, healthState: 'Unhealthy', provisioningState: 'Failed', runningState: 'Failed', runningStateDetails: expect.stringContaining('crashing') }));
  });

  test('every replica can be read', () => {
    const bodies = recorded(/\/replicas$/i);
    const containers = observedContainers(bodies.map(({ body }) => body), 'test');
    expect(containers.length).toBeGreaterThan(2);
    expect(containers.every(({ ready, started }) => ready && started)).toBe(true);
  });
});

test.each([
  { reason: 'why it is in its state', details: 'a', error: 'b', shown: 'a' },
  { reason: 'why it was not provisioned, where nothing else is said', details: '', error: 'b', shown: 'b' },
  { reason: 'nothing', details: undefined, error: null, shown: null },
])("a revision's error: $reason", ({ details, error, shown }) => {
  const body = { name: 'web--1', properties: { runningStateDetails: details, provisioningError: error } };
  expect(observedRevision(body, [], 'test').runningStateDetails).toBe(shown);
});

describe('an observed app', () => {
  const group = { subscription: 's', resourceGroup: 'rg' };
  const id = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.App/containerapps/web';

  test('takes null for absent everywhere, and words of the future as they are', () => {
    const body = { id, name: 'web', tags: null, properties: { provisioningState: 'Hibernating', latestRevisionName: '', latestReadyRevisionName: null, configuration: { activeRevisionsMode: 'multiple', ingress: null } } };
    expect(observedApp(body, group, 'test')).toMatchObject({ tags: {}, provisioningState: 'Hibernating', latestRevision: null, latestReadyRevision: null, revisionsMode: 'Multiple', fqdn: null, traffic: [] });
  });

  test('shows traffic that follows the latest revision as no revision', () => {
    const traffic = [{ weight: 100, latestRevision: true }, { revisionName: 'web--a', weight: 0, label: 'blue' }];
    const body = { id, name: 'web', properties: { configuration: { ingress: { fqdn: 'web.example', traffic } } } };
    expect(observedApp(body, group, 'test').traffic).toEqual([
      { revision: null, weight: 100, label: null },
      { revision: 'web--a', weight: 0, label: 'blue' },
    ]);
  });
});
