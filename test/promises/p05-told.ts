import type { Redis } from 'ioredis';
import { until } from '../../src/cli/demo/until.ts';
import type { FaultName } from '../../src/local/azure/control/fault-descriptions.ts';
import type { Shop } from '../support/shop-seen.ts';
import type { StageWorld } from '../support/stage-world.ts';
import { endOf, orphansOf, repeatsOf, secretsLeftOf, type Judged } from '../support/step-judge.ts';
import { askedMeanwhile, begin, type Told } from '../support/step-story.ts';
import { strikeAt } from '../support/step-strike.ts';
import type { StepWatch } from '../support/step-watch.ts';
import { keyOf, type Chapter, type Pair } from './p05-steps.ts';

/** One repository, and what strikes it; nothing in a control run. */
export interface Story {
  readonly name: string;
  readonly region: string;
  readonly pair: Pair | null;
  readonly chapters: readonly Chapter[];
  /** How nothing reaches Azure. */
  readonly before: FaultName;
  /** An event id that nobody has. */
  readonly newId: string;
}

export interface Ended extends Judged {
  readonly story: Story;
  readonly struck: boolean;
  readonly orphans: readonly string[];
  readonly secretsLeft: readonly string[];
  readonly doubled: readonly string[];
}

export interface Scene {
  readonly world: StageWorld;
  readonly watch: StepWatch;
  readonly redis: Redis;
  readonly tell: (line: string) => void;
}

const endsWithinMs = 300_000;

/** Tells a story to its end, and looks at what is there then. */
export async function told(scene: Scene, story: Story): Promise<Ended> {
  const { world, watch, redis, tell } = scene;
  const [shop, seen] = [world.shop(story.name), watch.shop(story.name)];
  const strike = story.pair && strikeAt(story.pair, { world, shop, seen, redis, before: story.before, newId: story.newId });
  const began = performance.now();
  const end = await chaptersOf(scene, story, (chapter) => {
    seen.enter(chapter);
    if (chapter === story.pair?.step.chapter) strike?.start();
  });
  const struck = strike === null || (await strike.ended());
  const orphans = await orphansOf(shop, world.stage.azure.subscription, story.chapters.includes('scaling')).catch(asFinding);
  const secretsLeft = await secretsLeftOf(shop).catch(asFinding);
  const ended = { story, ...end, struck, orphans, secretsLeft, doubled: repeatsOf(seen).doubled };
  tell(inWords(ended, performance.now() - began));
  return ended;
}

async function chaptersOf({ world }: Scene, { name, region, pair, chapters }: Story, enter: (chapter: Chapter) => void): Promise<Judged> {
  const shop = world.shop(name);
  await using work = await shop.clone();
  let end: Judged = { end: 'neither', why: ['it has no chapter'] };
  for (const chapter of chapters) {
    enter(chapter);
    await using _asking = chapter === 'back' ? askedMeanwhile(world.stage, shop) : null;
    end = await begin(chapter, world.stage, shop, work, region).then((about) => endsWell(shop, about, endsFor(chapter, pair)), neither);
    if (end.end === 'neither') break;
  }
  return end;
}

/** The bad release goes back whatever strikes it; one whose operation fails may. */
function endsFor(chapter: Chapter, pair: Pair | null): readonly Judged['end'][] {
  if (chapter === 'back') return ['compensated'];
  return pair?.blow === 'undo fails' && pair.step.chapter === chapter ? ['converged', 'compensated'] : ['converged'];
}

async function endsWell(shop: Shop, about: Told, wanted: readonly Judged['end'][]): Promise<Judged> {
  let last: Judged = { end: 'neither', why: [] };
  const found = await until('the end of a story', async () => {
    last = await endOf(shop, about).catch(neither);
    return wanted.includes(last.end) ? last : null;
  }, { withinMs: endsWithinMs, everyMs: 200 }).catch(() => null);
  return found ?? { end: 'neither', why: last.why.length > 0 ? last.why : [`it is ${last.end}`] };
}

function neither(error: unknown): Judged {
  return { end: 'neither', why: [String(error)] };
}

/** What could not be looked at was not shown to be well. */
function asFinding(error: unknown): readonly string[] {
  return [String(error)];
}

function inWords({ story: { name, pair }, end, why, struck, orphans, secretsLeft, doubled }: Ended, ms: number): string {
  const wrong = [...(struck ? [] : ['it did not strike']), ...why, ...orphans, ...secretsLeft, ...doubled];
  const what = pair === null ? 'nothing strikes' : `${keyOf(pair.step)} x ${pair.blow}`;
  return `${name}, ${what}: ${end} after ${Math.round(ms / 1000)} s${wrong.map((one) => `\n    ${one}`).join('')}`;
}
