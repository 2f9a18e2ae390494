import { Redis } from 'ioredis';
import { contextNames } from '../../src/kernel/ids.ts';
import { queuePrefix } from '../../src/jobs/settings.ts';
import type { FaultName } from '../../src/local/azure/control/fault-descriptions.ts';
import { seededChance } from '../support/chance.ts';
import { stageWorld } from '../support/stage-world.ts';
import { repeatsOf } from '../support/step-judge.ts';
import { regionOf } from '../support/step-story.ts';
import { stepWatch, type StepWatch } from '../support/step-watch.ts';
import { allPairs, blows, keyOf, meaningless, steps, type Chapter, type Pair, type Step } from './p05-steps.ts';
import { told, type Ended, type Scene, type Story } from './p05-told.ts';
import type { PromiseProof, ProofOptions, Proved } from './promise.ts';

/** Stories that are told side by side. */
const atOnce = { short: 9, full: 12 };
/** Repositories for stories that are told once more. */
const spares = { short: 2, full: 8 };
/** Each is one way in which nothing reaches Azure. */
const neverSent: readonly FaultName[] = ['azure:reset', 'azure:503', 'azure:429'];

const withoutMeaning = allPairs.filter((pair) => meaningless(pair) !== null);
const reasons = [...new Set(withoutMeaning.map(meaningless))].map((reason) => `${withoutMeaning.filter((pair) => meaningless(pair) === reason).length} because ${reason}`);

export const p05: PromiseProof = {
  id: 'P5',
  promise: 'Any step can fail at any point',
  how: `A control run tells which writes of Azure there are from an empty repository to a first release, a canary with a rotated secret, a scale that somebody changed by hand, and a bad release that goes back: ${steps.length} steps, which have to be the listed ones. Then each step is struck in a repository of its own, in each of six ways: nothing reaches Azure (cut, 503 or 429, by chance); Azure does it and the answer is lost; the worker is killed after Azure did it and before it knows; it is killed while it asks how far the operation is; the message of the step is delivered again after it was dealt with, as it was and under another id; the step's operation fails and the writes that take it back are refused three times, or the step itself where it is one of the way back. Trueup's own web and worker processes, a real Redis, twelve stories side by side: who is killed is killed for all of them. What strikes is asked for as the step before is accepted, and has to have struck that step; where the worker was killed for another story in that very moment, it is told once more in another repository, and both are judged. In the end Azure is as Git has it and the check is green, or the release before serves alone, the check is red and the revert is proposed. The short form tells the first release only, and takes one step by chance for each way.`,
  limits: `of ${allPairs.length} pairs ${withoutMeaning.length} have no meaning: ${reasons.join('; ')}. A killed worker's work is taken up after 8 s instead of 60. Of a secret the app keeps what a revision that Azure still lists refers to (docs/decisions/0011).`,
  thresholds: {
    stepsNotFound: { atMost: 0 },
    stepsNotListed: { atMost: 0 },
    pairsThatDidNotStrike: { atMost: 0 },
    storiesNotEnded: { atMost: 0 },
    orphans: { atMost: 0 },
    secretsLeft: { atMost: 0 },
    stateChangingDoubled: { atMost: 0 },
    deadLetters: { atMost: 0 },
    faultsLeft: { atMost: 0 },
  },
  thresholdsAtFullSize: { stepsCovered: { atLeast: steps.length } },
  run,
};

async function run({ seed, size, tell }: ProofOptions): Promise<Proved> {
  const chance = seededChance(seed);
  const chapters = chaptersOf[size];
  const playable = allPairs.filter((pair) => meaningless(pair) === null && chapters.includes(pair.step.chapter));
  const pairs = size === 'full' ? playable : sample(playable, chance);
  const controls = controlsOf(chapters);
  const stories = [...controls, ...pairs.map((pair, index) => storyOf(pair, index + controls.length, chance))];
  const spare = sparesFrom(stories.length, spares[size]);
  const watch = stepWatch();
  await using opened = new AsyncDisposableStack();
  const world = opened.use(await stageWorld({
    shops: Object.fromEntries([...stories.map(({ name }) => name), ...spare.names].map((name) => [name, { 'README.md': 'Nothing yet.\n' }])),
    pace: { operationMs: 800 },
    env: { TRUEUP_LOCK_MS: '8000', TRUEUP_CONCURRENCY: '8' },
    workloads: 'in-process', unwatched: true, observeAzure: watch.observe,
  }));
  const redis = opened.adopt(new Redis(world.stage.redis.url, { maxRetriesPerRequest: null }), (connection) => connection.disconnect());
  const ended = (await sideBySide(stories, atOnce[size], (story) => untilStruck({ world, watch, redis, tell }, story, spare.next))).flat();
  const { figures, stepsFound } = judged(ended, watch, steps.filter(({ chapter }) => chapters.includes(chapter)));
  return {
    run: { stepsFound, pairs: pairs.length, pairsWithoutMeaning: withoutMeaning.length, stories: ended.length },
    figures: { stepsCovered: new Set(pairs.map(({ step }) => step)).size, ...figures, deadLetters: await deadLetters(redis), faultsLeft: world.stage.azure.faults.list().length },
  };
}

const nobodysId = (number: number): string => `evt-00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const nameOf = (index: number): string => `p${String(index).padStart(2, '0')}`;

/** A canary alone waits longer at its gate than the short form may take. */
const chaptersOf: Readonly<Record<ProofOptions['size'], readonly Chapter[]>> = { short: ['first'], full: ['first', 'canary', 'scaling', 'back'] };

/** Every chapter follows the first, so each is told in a repository of its own. */
function controlsOf(chapters: readonly Chapter[]): readonly Story[] {
  const last = chapters.length === 1 ? chapters : chapters.filter((chapter) => chapter !== 'first');
  return last.map((chapter, index) => ({ name: nameOf(index), region: regionOf(index), pair: null, chapters: chaptersTo(chapter), before: 'azure:reset', newId: nobodysId(index) }));
}

function chaptersTo(chapter: Chapter): readonly Chapter[] {
  return chapter === 'first' ? ['first'] : ['first', chapter];
}

function storyOf(pair: Pair, index: number, chance: () => number): Story {
  const { chapter } = pair.step;
  return { name: nameOf(index), region: regionOf(index), pair, chapters: chaptersTo(chapter), before: oneOf(neverSent, chance), newId: nobodysId(index) };
}

interface Spares {
  readonly names: readonly string[];
  /** The same story in another repository; null when all are used. */
  next(story: Story): Story | null;
}

function sparesFrom(first: number, count: number): Spares {
  const left = Array.from({ length: count }, (_, index) => first + index);
  return {
    names: left.map(nameOf),
    next(story) {
      const index = left.shift();
      return index === undefined ? null : { ...story, name: nameOf(index), region: regionOf(index), newId: nobodysId(index) };
    },
  };
}

/** Whoever is killed for another story has nothing left to be struck at. @returns every telling. */
async function untilStruck(scene: Scene, story: Story, spare: Spares['next']): Promise<readonly Ended[]> {
  const ended = await told(scene, story);
  const again = ended.struck ? null : spare(story);
  return again === null ? [ended] : [ended, ...(await untilStruck(scene, again, spare))];
}

/** A step for each way to strike. */
function sample(playable: readonly Pair[], chance: () => number): readonly Pair[] {
  return blows.flatMap((blow) => {
    const ofBlow = playable.filter((pair) => pair.blow === blow);
    return ofBlow.length === 0 ? [] : [oneOf(ofBlow, chance)];
  });
}

function oneOf<T>(all: readonly T[], chance: () => number): T {
  const one = all[Math.floor(chance() * all.length)];
  if (one === undefined) throw new RangeError('there is none');
  return one;
}

/** In their order, so many at a time. */
async function sideBySide<T, R>(all: readonly T[], atATime: number, work: (one: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const left = all.entries();
  await Promise.all(Array.from({ length: atATime }, async () => {
    for (const [index, one] of left) results[index] = await work(one);
  }));
  return results;
}

function judged(ended: readonly Ended[], watch: StepWatch, expected: readonly Step[]): { readonly figures: Proved['figures']; readonly stepsFound: number } {
  const found = new Set(ended.filter(({ story }) => story.pair === null).flatMap(({ story }) => watch.shop(story.name).steps.map(keyOf)));
  const listed = new Set(expected.map(keyOf));
  // Looked at when all stories have ended: what comes late is seen as well.
  const repeats = ended.map(({ story }) => repeatsOf(watch.shop(story.name)));
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const ends = (wanted: Ended['end']): number => ended.filter(({ end }) => end === wanted).length;
  return {
    stepsFound: found.size,
    figures: {
      stepsNotFound: [...listed].filter((step) => !found.has(step)).length,
      stepsNotListed: [...found].filter((step) => !listed.has(step)).length,
      pairsThatDidNotStrike: new Set(ended.map(({ story }) => story.pair)).size - new Set(ended.filter(({ struck }) => struck).map(({ story }) => story.pair)).size,
      storiesNotEnded: ends('neither'),
      converged: ends('converged'),
      compensated: ends('compensated'),
      orphans: sum(ended.map(({ orphans }) => orphans.length)),
      secretsLeft: sum(ended.map(({ secretsLeft }) => secretsLeft.length)),
      stateChangingDoubled: sum(repeats.map(({ doubled }) => doubled.length)),
      repeatsWithoutEffect: sum(repeats.map(({ withoutEffect }) => withoutEffect)),
    },
  };
}

async function deadLetters(redis: Redis): Promise<number> {
  const counts = await Promise.all(contextNames.map((queue) => redis.zcard(`${queuePrefix}:${queue}:failed`)));
  return counts.reduce((sum, count) => sum + count, 0);
}
