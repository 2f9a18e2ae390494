import { rm } from 'node:fs/promises';
import type { FaultRequest } from '../../local/faults/board.ts';
import { playground } from './addresses.ts';
import { askFaults, faultText } from './asked-faults.ts';
import { humanNarrator, jsonNarrator, type Narrator, type StepResult } from './narrator.ts';
import { setStage, type Stage } from './stage.ts';
import { storefrontFiles } from './storefront.ts';
import { storySteps } from './story.ts';

interface DemoOptions {
  readonly keep: boolean;
  readonly json: boolean;
  readonly directory: string | null;
  /** Asked for before Trueup starts. */
  readonly faults: readonly FaultRequest[];
}

interface Performance {
  readonly exitCode: number;
  /** Repositories, Redis's files, the App's key and logs. */
  readonly directory: string;
}

/** What somebody does past Git is seen in seconds: nobody who watches waits for a minute to pass. */
const hurried = { AZURE_ACTIVITY_MS: '2000' };

/** @returns the exit code: 0 when every step happened and every fault struck. A folder of its own goes with a demo that went well and was not to be kept. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const { exitCode, directory } = await perform(options);
  if (exitCode === 0 && !options.keep && options.directory === null) await rm(directory, { recursive: true, force: true });
  return exitCode;
}

async function perform({ keep, json, directory, faults }: DemoOptions): Promise<Performance> {
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    // Whoever read along is gone (`| head`): unhandled, it would end this process and leave the bot running.
    process.stdout.on('error', () => resolve());
  });
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const narrator = json ? jsonNarrator(print) : humanNarrator(print);
  const results: StepResult[] = [];
  const happened = (result: StepResult, detail: string): void => {
    results.push(result);
    narrator.end(result, detail);
  };
  narrator.begin('Trueup, on this machine only: a Redis, a local Azure, a local GitHub and the bot, all on loopback');
  await using stage = await setStage({ directory, files: storefrontFiles(), env: hurried, onPart: (part, url, ms) => happened({ step: `start-${part}`, ok: true, url, ms }, `${part} is up`) });
  const asked = askFaults(stage.panel, faults);
  narrator.show(asked.map((fault) => `asked for: ${faultText(fault)}`));
  const story = tell(stage, narrator, happened);
  const end = await Promise.race([story, interrupted.then(() => 'interrupted' as const)]);
  if (end === 'interrupted') return { exitCode: 130, directory: stage.directory };
  narrator.summary(results);
  narrator.faults(asked);
  const ok = results.every((result) => result.ok);
  if (!ok) narrator.show([`logs: ${stage.directory}`]);
  if (keep && ok) {
    narrator.show(playground(stage));
    await interrupted;
  }
  return { exitCode: ok && asked.every(({ struck }) => struck > 0) ? 0 : 1, directory: stage.directory };
}

/** One step after the other. After one that did not happen the others are not tried: they would only fail for the same reason. */
async function tell(stage: Stage, narrator: Narrator, happened: (result: StepResult, detail: string) => void): Promise<void> {
  let failed = false;
  for (const { name, title, run } of storySteps(stage, narrator)) {
    if (failed) {
      happened({ step: name, ok: false, url: null, ms: 0 }, `${name}: not reached`);
      continue;
    }
    narrator.begin(title);
    const began = performance.now();
    const ms = () => Math.round(performance.now() - began);
    try {
      const { detail, url } = await run();
      happened({ step: name, ok: true, url, ms: ms() }, detail);
    } catch (error) {
      failed = true;
      happened({ step: name, ok: false, url: null, ms: ms() }, error instanceof Error ? error.message : String(error));
    }
  }
}
