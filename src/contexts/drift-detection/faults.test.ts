import { describe, expect, it } from 'vitest';
import { failOnce } from '../../../test/support/delivery.ts';
import { desiredSecretBinding } from '../../../test/support/desired.ts';
import { driftWorld, firstRelease } from '../../../test/support/drift-world.ts';
import { outsideWrite } from '../../../test/support/outside-writes.ts';
import type { Verdict } from '../../kernel/messages/health-scaling.ts';
import type { MessageType, PayloadOf } from '../../kernel/messages/catalogue.ts';

const minute = 60_000;
const environment = 'staging';
const secret = desiredSecretBinding({ version: 'v1' });
const service = { ...firstRelease, secrets: [secret.name] };
const drift = { mode: 'propose' as const, paths: ['tags', 'properties.configuration'].map((path) => ({ path, services: null, mode: 'heal' as const, reason: null })) };

interface Told {
  readonly open: unknown;
  readonly history: unknown;
  readonly heard: readonly string[];
  readonly asked: unknown;
}

/** Everything that drift-detection does: found, named, acknowledged, healed, closed. */
async function story({ faults, twice = false }: { readonly faults?: ReturnType<typeof failOnce>; readonly twice?: boolean } = {}): Promise<Told> {
  const world = await driftWorld(faults);
  world.declare(1, [service], { secrets: [secret], drift });
  const tell = async <Type extends MessageType>(type: Type, payload: PayloadOf<Type>): Promise<void> => {
    await world.say(type, payload);
    if (twice) await world.say(type, payload);
  };
  const scanLater = async (minutes: number): Promise<void> => {
    world.clock.advance(minutes * minute);
    await tell('ScanDrift', { environment });
  };
  const healthIs = (verdict: Verdict, previous: Verdict | null) =>
    tell('HealthCheckCompleted', { environment, verdict, previous, since: '2026-11-24T00:00:00Z', services: [{ service: 'checkout', tenant: 'contoso', verdict, checks: [] }] });

  await healthIs('healthy', null);
  world.byHand({ tags: { 'trueup-tenant': 'fabrikam' }, properties: { configuration: { ingress: { targetPort: 9090 } } } });
  world.writes.push(outsideWrite({ at: new Date(world.clock.now()).toISOString() }));
  await tell('FollowActivity', { environment });
  await scanLater(5);
  await tell('AcknowledgeDrift', { environment, service: 'checkout', findings: [], by: 'octocat', until: new Date(world.clock.now() + 3 * 60 * minute).toISOString(), reason: 'On purpose' });
  const [version] = world.versions;
  world.versions = version === undefined ? [] : [{ ...version, enabled: false }];
  world.access.mayRead = async () => false;
  world.live.replicas = async () => 9;
  await healthIs('unhealthy', 'healthy');
  await tell('RuntimeInventoryUpdated', { environment, services: [{ service: 'checkout', tenant: 'contoso', image: 'i', revision: null, replicas: 9, status: 'Running', endpointUrl: null }] });
  await scanLater(61);
  await scanLater(5);
  const open = world.open().map(({ firstSeenAt: _first, changed, acknowledged, ...rest }) => ({ ...rest, who: changed?.who, by: acknowledged?.by }));
  world.byHand({ tags: { 'trueup-tenant': 'contoso' }, properties: { configuration: { ingress: { targetPort: 8080 } } } });
  world.versions = version === undefined ? [] : [version];
  await scanLater(5);
  // Saved by the context under test.
  const stored = Object.entries(world.store.snapshot()).find(([key]) => key.includes('|RuntimeDriftFinding|'))?.[1] as { readonly history: readonly { readonly what: string; readonly path: string }[] };
  const asked = world.store.emitted.flatMap((message) => (message.type === 'RemediateDrift' && message.payload.environment === environment ? [message.payload] : []));
  return { open, history: stored.history.map(({ what, path }) => `${what} ${path}`), heard: world.heard(), asked };
}

describe('the whole story', () => {
  it('is told, and is the same with every message twice, and whichever port fails once', async () => {
    const counted = failOnce(Infinity, 'before');
    const expected = await story({ faults: counted });
    expect(expected.heard).toEqual([
      'RuntimeDriftDetected 2', 'RuntimeDriftUpdated 2', 'RemediateDrift checkout', 'RuntimeDriftUpdated 2',
      'RuntimeDriftDetected 4', 'RuntimeDriftUpdated 4', 'RuntimeDriftDetected 6', 'RuntimeDriftResolved 3',
    ]);
    expect(new Set(counted.methods())).toEqual(new Set(['load', 'current', 'apps', 'replicas', 'writes', 'isOurs', 'vault', 'versions', 'principal', 'mayRead']));
    expect(await story({ twice: true })).toEqual(expected);
    for (const failing of callsToFail(counted.methods())) expect(await story({ faults: failOnce(failing, 'before') }), `call ${failing} fails`).toEqual(expected);
  });
});

/** Of each call of a port the first, one in the middle and the last, by number: where nothing is known, where something is, and at the end. */
function callsToFail(methods: readonly string[]): readonly number[] {
  const byMethod = Map.groupBy(methods.map((method, index) => ({ method, number: index + 1 })), ({ method }) => method);
  const chosen = [...byMethod.values()].flatMap((all) => [all.at(0), all.at(all.length >> 1), all.at(-1)]);
  return [...new Set(chosen.flatMap((one) => one?.number ?? []))];
}
