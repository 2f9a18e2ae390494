import type { Interaction } from '../../support/azure-recordings.ts';
import { Bindings } from './bindings.ts';
import { compareJson, emptyComparison, type Comparison } from './comparing.ts';
import { compareHeaders, retryAfterFault } from './headers.ts';
import { opaquePlaces } from './opaque-places.ts';
import { recordedStage } from './pacing.ts';
import { dayOf, recordedBuild, regionOf, type Builds } from './recorded-builds.ts';
import { subscriptionOf, type Flow } from './recorded-flows.ts';
import { pathOf, rewritten } from './rewriting.ts';
import { environmentsPerRegionOf, seedsOf, standInsOf } from './seeds.ts';
import { replayWorld, type LocalAnswer, type ReplayWorld } from './world.ts';

export interface ReplayedInteraction {
  readonly flow: string;
  readonly index: number;
  /** `GET /resourceGroups/…`, without subscription and query. */
  readonly request: string;
  readonly isModelled: boolean;
  readonly comparison: Comparison;
}

/** Identical polls are folded in the recordings; more of them would show nothing more. */
const mostPolls = 3;

interface FlowState {
  readonly flow: Flow;
  readonly world: ReplayWorld;
  readonly bindings: Bindings;
  readonly addresses: Map<string, string>;
  /** Whether an accepted write has not come to its end, or its revisions have not. */
  isOpen: boolean;
  isSettled: boolean;
}

export async function replayFlow(flow: Flow, builds: Builds = recordedBuild): Promise<readonly ReplayedInteraction[]> {
  const region = regionOf(flow);
  const [first] = flow.interactions;
  if (first === undefined) return [];
  const seeds = seedsOf(flow.name).map((seed) => ({ ...seed, build: builds(region, seed.written ?? dayOf(first)) }));
  await using world = await replayWorld({ subscription: subscriptionOf(flow), environmentsPerRegion: environmentsPerRegionOf(flow.name) }, seeds);
  const state: FlowState = { flow, world, bindings: new Bindings(), addresses: new Map(), isOpen: false, isSettled: true };
  const replayed: ReplayedInteraction[] = [];
  for (const [index, interaction] of flow.interactions.entries()) {
    await letTimePass(state, interaction);
    world.rollOut(builds(region, dayOf(interaction)));
    const comparison = emptyComparison();
    let isModelled = true;
    for (let poll = 0; poll < Math.min(mostPolls, interaction.repeats ?? 1); poll += 1) {
      const answer = await answered(state, interaction);
      isModelled = answer.status !== 501 && answer.status !== 0;
      if (!isModelled) break;
      compareAnswers(state, interaction, answer, comparison);
    }
    replayed.push({ flow: flow.name, index, request: shownRequest(interaction), isModelled, comparison });
  }
  return replayed;
}

/** Operations end when the recorded answer shows that they had, and revisions get ready likewise. */
async function letTimePass(state: FlowState, interaction: Interaction): Promise<void> {
  const { world } = state;
  const stage = recordedStage(interaction);
  world.clock.advance(1_000);
  if (state.isOpen && stage !== 'running') {
    world.endOperations();
    state.isOpen = false;
    state.isSettled = false;
  }
  if (!state.isSettled && stage === 'settled') {
    await world.settle();
    state.isSettled = true;
  }
}

async function answered(state: FlowState, { request, response }: Interaction): Promise<LocalAnswer> {
  const standIns = standInsOf(state.flow.name);
  const own = rewritten(request, state.bindings, state.addresses, standIns);
  const answer = await state.world.send(own.method, own.url, own.body);
  rememberAddresses(state, request.method, response.headers, answer);
  if (answer.status < 300 && request.method !== 'GET' && (answer.headers['azure-asyncoperation'] ?? answer.headers['location']) !== undefined) state.isOpen = true;
  const text = standIns.reduce((before, one) => before.replaceAll(one.local, one.recorded), JSON.stringify(answer.body));
  return { ...answer, body: JSON.parse(text) as unknown };
}

/** As a client does: it follows what it was answered. Each accepted write starts an operation of its own, though recordings use a number twice. */
function rememberAddresses({ addresses, bindings }: FlowState, method: string, recorded: Readonly<Record<string, string>>, { headers }: LocalAnswer): void {
  for (const name of ['azure-asyncoperation', 'location']) {
    const [theirs, own] = [recorded[name], headers[name]];
    if (theirs === undefined || typeof own !== 'string') continue;
    addresses.set(pathOf(theirs), own);
    if (method !== 'GET') bindings.renew({ kind: 'guid', text: lastOf(theirs) }, { kind: 'guid', text: lastOf(own) });
  }
}

function lastOf(url: string): string {
  return pathOf(url).split('/').at(-1) ?? '';
}

function compareAnswers({ bindings }: FlowState, { request, response }: Interaction, answer: LocalAnswer, into: Comparison): void {
  if (response.status === answer.status) into.exact += 1;
  else into.differences.push({ path: 'status', recorded: String(response.status), ours: String(answer.status) });
  compareHeaders(response.headers, answer.headers, into, bindings);
  const fault = retryAfterFault(request.method, answer.status, answer.headers);
  if (fault !== null) into.differences.push({ path: 'header retry-after', recorded: 'removed', ours: fault });
  compareJson('body', response.body ?? null, answer.body, into, { bindings, opaque: opaquePlaces });
}

function shownRequest({ request: { method, url } }: Interaction): string {
  return `${method} ${new URL(url).pathname.replace(/^\/subscriptions\/[^/]+/, '')}`;
}
