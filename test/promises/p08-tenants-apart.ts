import { seededChance } from '../support/chance.ts';
import { flood, p95 } from '../support/flood.ts';
import { hostileManifests } from '../support/hostile-manifests.ts';
import { recordingCloud, type RecordedRequest } from '../support/recording-cloud.ts';
import { redisBench } from '../support/redis-bench.ts';
import { tryManifests } from '../support/tenant-bench.ts';
import { contoso, fabrikam, marksOf, type Customer } from '../support/two-tenants.ts';
import type { Figures, PromiseProof, ProofOptions, Size } from './promise.ts';

/** `judgedFromMs`: among other tests the machine may be anybody's for a while, so the short form calls everything quick that is quicker. */
const sizes = {
  short: { manifests: 24, events: 500, probes: 10, pauseMs: 20, drained: false, judgedFromMs: 2000 },
  full: { manifests: 10_000, events: 10_000, probes: 200, pauseMs: 300, drained: true, judgedFromMs: 0 },
} as const satisfies Record<Size, unknown>;

/** As long as a delivery that asks Azure or GitHub once or twice. */
const serviceMs = 100;
const concurrency = 8;

export const p08: PromiseProof = {
  id: 'P8',
  promise: 'Tenants cannot see, name, slow or touch each other.',
  how:
    'Random sets of manifests, once in the hand of each of two tenants, most of them reaching for the other in up to three of 37 ways (its subscription, resource group, vault, secret, identity, workspace, gate host and managed environment by name, id, other case, lookalike letters, path, blank or raw passthrough; its own name). Each set goes through the real reader, compiler, planners, guards, six contexts and Azure clients, with every command that anybody may send, for the tenant that the manifest names and for the tenant itself. Whatever leaves is recorded behind TLS by a cloud that refuses nobody anything. A manifest that tries and is not refused in words counts. Then one tenant stores its events at once on real Redis, relay, queue and workers while the other sends a message now and then; a delivery takes 100 ms, 8 at a time.',
  limits:
    'Azure sees one identity for all tenants: the wall between them is the operator\'s grants file, checked when a manifest is read, planned and bound and again before every request, and not a credential per tenant. Texts that give no right are not judged: the image of a service and its variables. `floodRatio` is against the longer of the idle p95 and one delivery as measured in the flood, because the few milliseconds of an idle queue say more about the machine. A worker whose every slot is taken by one tenant\'s deliveries lets the next tenant in when the first of them ends, at most one call (30 s) later.',
  thresholds: {
    callsWithTheOthers: { atMost: 0 },
    triedAndNotRefused: { atMost: 0 },
    goodFaithRefused: { atMost: 0 },
    shareThatTried: { atLeast: 0.25 },
    callsPerManifestOfGoodFaith: { atLeast: 20 },
    floodRatio: { atMost: 2 },
    // Those that run, those that start while the message is on its way, and one turn.
    deliveriesInFrontP95: { atMost: 4 * concurrency },
  },
  async run(options) {
    const { manifests, events, probes, judgedFromMs } = sizes[options.size];
    return { run: { manifests, tenants: 2, events, probes, serviceMs, concurrency, judgedFromMs }, figures: { ...(await isolated(options)), ...(await flooded(options)) } };
  },
};

async function isolated({ seed, size, tell }: ProofOptions): Promise<Figures> {
  await using cloud = await recordingCloud();
  const chance = seededChance(seed);
  const { manifests } = sizes[size];
  const sum = { callsWithTheOthers: 0, calls: 0, deliveries: 0, tried: 0, triedAndNotRefused: 0, goodFaith: 0, goodFaithRefused: 0, callsOfGoodFaith: 0 };
  for (let index = 0; index < manifests; index += 1) {
    if (index > 0 && index % 1000 === 0) tell(`${index} sets of manifests, ${sum.calls} calls`);
    for (const [self, other] of [[contoso, fabrikam], [fabrikam, contoso]] as const) {
      const { text, tries } = hostileManifests(chance, self, other);
      cloud.forget();
      const { refusals, deliveries } = await tryManifests(cloud, self, text);
      const touching = cloud.requests.filter((request) => touches(request, other));
      for (const { method, host, path } of touching) tell(`${self.slug}: ${method} https://${host}${path} by ${tries.join(', ')}`);
      sum.callsWithTheOthers += touching.length;
      sum.calls += cloud.requests.length;
      sum.deliveries += deliveries;
      if (tries.length === 0) {
        sum.goodFaith += 1;
        sum.callsOfGoodFaith += cloud.requests.length;
        if (refusals.length > 0) sum.goodFaithRefused += 1;
      } else {
        sum.tried += 1;
        if (refusals.length === 0) sum.triedAndNotRefused += 1;
      }
      if (tries.length === 0 ? refusals.length > 0 : refusals.length === 0) tell(`${tries.join(', ') || 'good faith'}: ${refusals.join(', ') || 'not refused'}\n${text}`);
    }
  }
  const { goodFaith, callsOfGoodFaith, ...figures } = sum;
  return { ...figures, shareThatTried: rounded(sum.tried / (2 * manifests)), callsPerManifestOfGoodFaith: rounded(callsOfGoodFaith / goodFaith) };
}

/** Whether anything that leaves holds what only the other's has. */
function touches({ host, path, body }: RecordedRequest, other: Customer): boolean {
  const said = `${host}${path}${withoutPlainTexts(body)}`.toLowerCase();
  return marksOf(other).some((mark) => said.includes(mark));
}

/** Images and variables are text to Azure. */
function withoutPlainTexts(body: string): string {
  if (!body.startsWith('{')) return body;
  return JSON.stringify(JSON.parse(body, (key: string, value: unknown) => (key === 'image' || key === 'env' ? undefined : value)));
}

async function flooded({ size, tell }: ProofOptions): Promise<Figures> {
  const { events, probes, pauseMs, drained, judgedFromMs } = sizes[size];
  await using redis = await redisBench();
  const times = { probes, pauseMs, serviceMs, concurrency, drained };
  const idle = p95((await flood(redis, { ...times, events: 0, pauseMs: 5 })).waitedMs);
  tell(`p95 of an idle system: ${rounded(idle)} ms`);
  await redis.server.empty();
  const { waitedMs, inFront, handled, deliveryMs, leftBehind } = await flood(redis, { ...times, events });
  const during = p95(waitedMs);
  return { idleP95Ms: rounded(idle), floodP95Ms: rounded(during), floodMedianMs: rounded(waitedMs[Math.floor(waitedMs.length / 2)] ?? Number.NaN), deliveryMs: rounded(deliveryMs), floodRatio: rounded(during / Math.max(idle, deliveryMs, judgedFromMs)), deliveriesInFrontP95: p95(inFront), eventsHandled: handled, eventsStillWaiting: leftBehind };
}

function rounded(figure: number): number {
  return Math.round(figure * 100) / 100;
}
