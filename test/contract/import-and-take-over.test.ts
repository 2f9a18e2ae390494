import { describe, expect, test } from 'vitest';
import { observedApp } from '../../src/adapters/azure/observed.ts';
import { planDeployment } from '../../src/contexts/deployment/plan.ts';
import { importApps } from '../../src/gitops/domain/importing/import-apps.ts';
import { placeOfApp } from '../../src/gitops/domain/importing/place-of-app.ts';
import type { ObservedRevision } from '../../src/kernel/container-app.ts';
import type { JsonObject } from '../../src/kernel/desired-state.ts';
import { takenOverAsItRuns } from '../../src/kernel/plan.ts';
import { hasRecordings } from '../support/azure-recordings.ts';
import { testClock } from '../support/delivery.ts';
import { tenant } from '../support/deployment-world.ts';
import { memoryDesired } from '../support/desired.ts';
import { compiled } from '../support/manifests.ts';
import { memoryApps } from '../support/memory-apps.ts';
import { memoryStore } from '../support/memory-store.ts';
import { observedRevision } from '../support/observed.ts';
import { recordedApps, type RecordedApp } from '../support/recorded-apps.ts';

const options = { environment: 'prod', tenant: 'contoso', stage: 'prod' } as const;
const clock = testClock();

interface Planned {
  readonly file: string;
  readonly summary: string;
  /** What the import itself said that a person has to do. */
  readonly notes: readonly string[];
  readonly isSettled: boolean;
}

/** The plan of the manifests that an import writes, of exactly the app that they were written from. */
async function planned({ file, body }: RecordedApp): Promise<Planned | null> {
  const { files, notes } = importApps([body], options);
  const { environments } = compiled(Object.fromEntries(files.map(({ path, text }) => [path, text])));
  const [head] = environments;
  const place = placeOfApp(body);
  if (head === undefined || head.services.length === 0 || place === null) return null;
  const app = observedApp(body, place, 'recorded');
  const revisions: ObservedRevision[] = [...new Set([app.latestRevision, ...app.traffic.map(({ revision }) => revision)])].flatMap((name) => (name === null ? [] : [observedRevision({ name })]));
  const apps = { ...memoryApps(clock), observe: async () => app, revisions: async () => revisions };
  const { changes } = await planDeployment({ apps, store: memoryStore(), desired: memoryDesired(), clock })({ tenantId: tenant, environment: 'prod', base: null, head });
  return { file, notes, summary: changes[0]?.summary ?? '', isSettled: isSettled(body) && revisions.length === 1 };
}

/** While its newest revision is not ready, an older one serves: that is no app that runs as its template says. */
function isSettled({ properties }: JsonObject): boolean {
  // A recording's app has properties: it was looked for by its template.
  const { provisioningState, latestRevisionName, latestReadyRevisionName } = properties as JsonObject;
  return provisioningState === 'Succeeded' && latestReadyRevisionName === latestRevisionName;
}

const needsHand = /nothing starts it again|Git cannot name it|cannot be said in a ScalingPolicy|may be a secret/;

describe.skipIf(!hasRecordings)('recorded apps, imported', () => {
  test('are taken over as they run: their first plan is empty', async () => {
    const plans = (await Promise.all(recordedApps().map(planned))).flatMap((one) => one ?? []);
    const whole = plans.filter(({ notes, isSettled: settled }) => settled && !notes.some((note) => needsHand.test(note)));
    expect(whole.length, `of ${plans.length}`).toBeGreaterThanOrEqual(15);
    expect(whole.filter(({ summary }) => summary !== takenOverAsItRuns).map(({ file, summary, notes }) => [file, summary, notes])).toEqual([]);
  });
});
