import type { Redis } from 'ioredis';
import { until } from '../../src/cli/demo/until.ts';
import type { FaultName } from '../../src/local/azure/control/fault-descriptions.ts';
import { stepBefore, type Blow, type Pair } from '../promises/p05-steps.ts';
import type { Shop } from './shop-seen.ts';
import type { StageWorld } from './stage-world.ts';
import { deliverAgain } from './step-redelivery.ts';
import type { SeenStep, ShopSteps } from './step-watch.ts';

interface StrikeOptions {
  readonly world: StageWorld;
  readonly shop: Shop;
  readonly seen: ShopSteps;
  readonly redis: Redis;
  /** How nothing reaches Azure. */
  readonly before: FaultName;
  /** An event id that nobody has. */
  readonly newId: string;
}

export interface Strike {
  /** When its chapter begins. */
  start(): void;
  /** Everything that it begins has ended. @returns whether it struck, at its step and at its moment. */
  ended(): Promise<boolean>;
}

/** More than one retry gets by. */
const undoFailures = 3;

/** Strikes one step of one shop: asked for as the step before it is accepted, so that nothing else can be hit. */
export function strikeAt({ step, blow }: Pair, options: StrikeOptions): Strike {
  const { world, shop, seen } = options;
  const { faults } = world.stage.azure;
  const asked: string[] = [];
  const work: Promise<unknown>[] = [];
  let isArmed = false;
  let hit: SeenStep | null = null;
  const ask = (name: FaultName, more: { readonly method?: string; readonly path?: string; readonly times?: number } = {}): string => {
    const { id } = faults.ask({ name, times: more.times ?? 1, path: more.path ?? `-${shop.name}`, method: more.method ?? null, by: 'bot' });
    asked.push(id);
    return id;
  };
  const struck = (id: string): boolean => faults.all().some((fault) => fault.id === id && fault.left === 0);
  const tools: Tools = { ...options, pair: { step, blow }, ask, struck, work: (part) => void work.push(part.catch((error: unknown) => error)) };
  const { arm, met } = arms[blow](tools);
  const armed = (): void => {
    if (isArmed) return;
    isArmed = true;
    arm();
  };
  const before = stepBefore(step);
  return {
    start() {
      if (before === null) armed();
      seen.onStep = (one) => {
        if (one.chapter !== step.chapter) return;
        if (one.name === before?.name) armed();
        if (one.name !== step.name || hit !== null) return;
        hit = one;
        met(one);
      };
    },
    async ended() {
      const failures = (await Promise.all(work)).filter((end) => end instanceof Error);
      const hasStruck = (asked.length === 0 || asked.some(struck)) && tools.isComplete?.() !== false;
      for (const id of asked) faults.cancel(id);
      return hit !== null && failures.length === 0 && hasStruck;
    },
  };
}

interface Tools extends StrikeOptions {
  readonly pair: Pair;
  ask(name: FaultName, more?: { readonly method?: string; readonly path?: string; readonly times?: number }): string;
  struck(id: string): boolean;
  work(part: Promise<unknown>): void;
  /** Beside the faults. */
  isComplete?: () => boolean;
}

interface Arms {
  /** Before the step. */
  readonly arm: () => void;
  /** As it is accepted, before the answer arrives. */
  readonly met: (step: SeenStep) => void;
}

const nothing = (): void => undefined;

const arms: Readonly<Record<Blow, (tools: Tools) => Arms>> = {
  'error before send': ({ ask, before, world }) => {
    const ids: string[] = [];
    return {
      arm: () => ['PUT', 'PATCH', 'POST'].forEach((method) => ids.push(ask(before, { method }))),
      // Of the methods one was right.
      met: () => world.stage.azure.faults.list().filter(({ id }) => ids.includes(id)).forEach(({ id }) => world.stage.azure.faults.cancel(id)),
    };
  },
  'cut after send': ({ ask }) => ({ arm: () => void ask('azure:cut-after'), met: nothing }),
  'crash before checkpoint': ({ ask, world }) => ({ arm: () => void ask('azure:hang-after'), met: () => world.killWorker() }),
  'crash in poll': (tools) => ({ arm: nothing, met: ({ operation }) => tools.work(killInPoll(tools, operation)) }),
  'run twice': (tools) => ({ arm: nothing, met: ({ clientRequestId }) => tools.work(deliverAgain(tools.redis, tools.shop.repository, clientRequestId, tools.newId)) }),
  'undo fails': (tools) => undoFails(tools),
};

/** The question how far it is stays without an answer, and then the worker is gone. */
async function killInPoll({ ask, struck, world }: Tools, operation: string | null): Promise<void> {
  if (operation === null) throw new Error('there is nothing to be asked about');
  const id = ask('azure:hang', { method: 'GET', path: operation });
  await until('a look at a running operation', async () => (struck(id) ? true : null), { withinMs: 60_000, everyMs: 5 });
  world.killWorker();
}

/** What takes a step back is refused for a while: itself, or what comes after its operation failed. */
function undoFails(tools: Tools): Arms {
  const { ask, struck, pair: { step } } = tools;
  const ids: string[] = [];
  const away = (method: string) => ids.push(ask('azure:503', { method, times: undoFailures }));
  tools.isComplete = () => ids.some((id) => struck(id));
  if (step.undo === 'itself') return { arm: () => void away(step.name.startsWith('deactivate') ? 'POST' : 'PATCH'), met: nothing };
  return { arm: () => void ask('azure:operation-fails', { method: 'PATCH' }), met: () => void away('PATCH') };
}
