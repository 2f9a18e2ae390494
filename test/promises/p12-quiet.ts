import { seededChance } from '../support/chance.ts';
import { doAnything } from '../support/echo-people.ts';
import { echoGitHub, type EchoGitHub, type EchoWorld } from '../support/echo-world.ts';
import type { ReceivedEvent } from '../support/local-github.ts';
import { personAtGitHub, type PersonAtGitHub } from '../support/person-at-github.ts';
import { secondBot, type Deeds } from '../support/second-bot.ts';
import type { Figures, PromiseProof, ProofOptions } from './promise.ts';

const sizes = { short: { sequences: 5, deedsEach: 5 }, full: { sequences: 1000, deedsEach: 5 } } as const;
/** Repositories that one local GitHub holds: each keeps a git process. */
const repositoriesEach = 20;
/** While one waits for git, the other goes on. Each sequence has its own chance, so that their order does not matter. */
const lanes = 2;
const quietSteps = 5;
/** What ends a loop that nothing else ends. */
const mostSteps = 15;
const minuteMs = 60_000;
/** Longer than a deployment takes. */
const patienceMs = 15 * minuteMs;

export const p12: PromiseProof = {
  id: 'P12',
  promise: 'The bot never talks to itself',
  how:
    'Random sequences on a repository with one environment and two services that are deployed. People open, push to, close, open again and merge pull requests, those of Trueup too, push to the default branch, comment, command, press buttons, run checks again, delete our comment and edit apps in Azure, and do not wait for one another or for Trueup. A second bot with an account of the same kind as a person and write access answers everything that Trueup does, every time: each comment, new or edited, with a comment that holds a command, each write of a check by running it again, each pull request by closing, merging, pushing to or commenting it, each close by opening it again, and half of the pushes by putting the branch back; now and then it edits our comment. The local GitHub sends its webhooks for all of it, through the real handlers and reactions; the deployments and the drift are those of the real contexts over apps in memory. A step is one round trip: what Trueup does, the webhooks of that, the answers to it, and what Trueup makes of these. Time stands while there is any, and goes on to what Trueup waits for. Counted are the steps in which Trueup still writes to GitHub or Azure after the last deed of the people, and the messages that its handlers made of its own deeds, apart from plans of its own pull requests. In the short form each message where the latest wins is handled once more after it was dealt with, as after a kill.',
  limits:
    'messages are handed over in memory, one after the other, by the fates of the real queue and without Redis; inventory, secrets and health are not part of it. The second bot is the harder kind: bots with an account of type Bot are not listened to at all. A check that is run again and again is completed again at once, then after one, two, four minutes and so on up to an hour, because GitHub holds it open until then; what is put off so counts as quiet, and is told as `putOff`. Who commands at once after what Trueup writes, four times in a row, gets a reaction and no answer until they were silent for an hour; a slower program is answered 30 times an hour at most. A program that changes Azure back after each deployment is met by the breaker of the drift itself (three times a day), which is not part of this.',
  thresholds: {
    notQuietWithin5Steps: { atMost: 0 },
    pullRequestsWithTwoComments: { atMost: 0 },
    doubledRemediations: { atMost: 0 },
    duplicateChecks: { atMost: 0 },
    heardItself: { atMost: 0 },
    givenUp: { atMost: 0 },
    mostWritesPerSequence: { atMost: 400 },
    kindsOfDeeds: { atLeast: 8 },
    botAnswered: { atLeast: 8 },
    botRanCheckAgain: { atLeast: 20 },
  },
  run: async (options) => ({ run: { ...sizes[options.size] }, figures: await sequences(options) }),
};

async function sequences({ seed, size, tell }: ProofOptions): Promise<Figures> {
  const { sequences: count, deedsEach } = sizes[size];
  const deeds: Deeds = {};
  const judged: Judged[] = [];
  const each = Math.min(repositoriesEach, Math.ceil(count / lanes));
  const batches = Array.from({ length: Math.ceil(count / each) }, (_, batch) => Array.from({ length: Math.min(each, count - batch * each) }, (_one, index) => batch * each + index));
  const lane = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      await using github = await echoGitHub({ twice: size === 'short' });
      const bot = await github.bench.github.addUser('helper', 'write');
      for (const index of batch) {
        const one = await sequence({ github, bot, name: `shop-${index}`, chance: seededChance(seed * 7919 + index), deeds, deedsEach });
        judged.push(one);
        if (one.steps > quietSteps || one.givenUp.length > 0 || one.twoComments + one.doubled + one.duplicates > 0) tell(`sequence ${index}: ${JSON.stringify(one)}`);
        if (judged.length % 100 === 0) tell(`${judged.length} sequences`);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const sum = (of: (one: Judged) => number): number => judged.reduce((total, one) => total + of(one), 0);
  const most = (of: (one: Judged) => number): number => judged.reduce((largest, one) => Math.max(largest, of(one)), 0);
  return {
    notQuietWithin5Steps: judged.filter(({ steps }) => steps > quietSteps).length,
    slowestQuietSteps: most(({ steps }) => steps),
    pullRequestsWithTwoComments: sum(({ twoComments }) => twoComments),
    doubledRemediations: sum(({ doubled }) => doubled),
    duplicateChecks: sum(({ duplicates }) => duplicates),
    heardItself: sum(({ listened }) => listened),
    givenUp: sum(({ givenUp }) => givenUp.length),
    mostWritesPerSequence: most(({ writes }) => writes),
    writes: sum(({ writes }) => writes),
    putOff: sum(({ held }) => held),
    kindsOfDeeds: Object.keys(deeds).length,
    ...deeds,
  };
}

interface Judged {
  /** In which Trueup still wrote something after people had stopped. */
  readonly steps: number;
  readonly twoComments: number;
  readonly doubled: number;
  readonly duplicates: number;
  /** Messages that were made of its own deeds. */
  readonly listened: number;
  readonly givenUp: readonly string[];
  /** Messages that are put off for being asked again and again. */
  readonly held: number;
  readonly writes: number;
  readonly story: readonly string[];
}

interface SequenceOptions {
  readonly github: EchoGitHub;
  readonly bot: string;
  readonly name: string;
  readonly chance: () => number;
  readonly deeds: Deeds;
  readonly deedsEach: number;
}

async function sequence({ github, bot, name, chance, deeds, deedsEach }: SequenceOptions): Promise<Judged> {
  const world = await github.world(name);
  await deployed(world);
  const hand = personAtGitHub(github.bench, world.repository, github.bench.github.token);
  const echo = echoing(world, secondBot(personAtGitHub(github.bench, world.repository, bot), chance, deeds));
  const fiveMinutes = async (): Promise<void> => {
    await echo.pass(5 * minuteMs);
    await world.byTheClock();
    await echo.pass(0);
  };
  const story: string[] = [];
  for (let count = 0; count < deedsEach; count += 1) {
    const what = await doAnything({ world, hand, chance, fiveMinutes });
    deeds[what] = (deeds[what] ?? 0) + 1;
    story.push(what);
    await world.takeIn(1);
    // People do not wait for us to have finished, and after the last of them nothing is finished.
    if (count < deedsEach - 1) await echo.pass(chance() < 0.5 ? 0 : minuteMs, Math.floor(chance() * 4));
  }
  world.pump.startOver();
  const steps = await echo.pass(patienceMs);
  return { steps, ...(await seen(hand)), duplicates: echo.duplicates(), listened: world.listened(), givenUp: world.pump.dead, held: world.pump.held, writes: echo.writes(), story: [...story, ...echo.lastWrites()] };
}

/** Before anybody does anything. */
async function deployed(world: EchoWorld): Promise<void> {
  for (let due = world.pump.nextDue(); due !== null; due = world.pump.nextDue()) {
    world.clock.advance(Math.max(0, due - world.clock.now()));
    await world.pump.run();
  }
  await world.takeIn(1);
  world.writes();
}

interface Echoing {
  /** Lets this much time pass, or fewer turns of handling, echoing and answering. Time stands while there is any of it. @returns the latest round in which Trueup wrote something. */
  pass(ms: number, turns?: number): Promise<number>;
  writes(): number;
  /** Checks of one name and commit that were made more than once. */
  duplicates(): number;
  lastWrites(): readonly string[];
}

function echoing(world: EchoWorld, bot: ReturnType<typeof secondBot>): Echoing {
  const checks = new Map<string, number>();
  const all: string[] = [];
  const hear = (events: readonly ReceivedEvent[]): void => {
    for (const { name, payload } of events) {
      if (name !== 'check_run' || payload.action !== 'created') continue;
      const key = `${payload.check_run.head_sha} ${payload.check_run.name}`;
      checks.set(key, (checks.get(key) ?? 0) + 1);
    }
  };
  return {
    async pass(ms, turns = Number.POSITIVE_INFINITY) {
      const until = world.clock.now() + ms;
      let latest = 0;
      for (let turn = 0; turn < turns; turn += 1) {
        const round = await world.pump.run();
        latest = Math.max(latest, round);
        const events = await world.takeIn(round + 1);
        const writes = world.writes();
        hear(events);
        if (writes.length > 0) all.push(`${round}: ${writes.join(', ')}`);
        if (latest >= mostSteps) return latest;
        await bot.answer(events, writes);
        await world.takeIn(round + 1);
        const due = world.pump.nextDue();
        if (due === null || due > until) return latest;
        if (due > world.clock.now()) world.clock.advance(due - world.clock.now());
      }
      return latest;
    },
    writes: () => all.join(', ').split(', ').length,
    duplicates: () => [...checks.values()].filter((count) => count > 1).length,
    lastWrites: () => all.slice(-40),
  };
}

async function seen(hand: PersonAtGitHub): Promise<Pick<Judged, 'twoComments' | 'doubled'>> {
  const pulls = await hand.pulls();
  const comments = await Promise.all(pulls.map(({ number }) => hand.comments(number)));
  const open = pulls.filter(({ state, head }) => state === 'open' && head.ref.startsWith('trueup/drift/'));
  return {
    twoComments: comments.filter((all) => all.filter((one) => one.performed_via_github_app !== null).length > 1).length,
    doubled: open.length - new Set(open.map(({ title }) => title.replace(/\(.*/, ''))).size,
  };
}
