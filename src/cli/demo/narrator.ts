import { styleText } from 'node:util';
import type { AskedFault } from '../../local/faults/board.ts';
import { faultText, struckText } from './asked-faults.ts';

export interface StepResult {
  readonly step: string;
  readonly ok: boolean;
  readonly url: string | null;
  readonly ms: number;
}

/** Tells the story: lines for people, or one JSON line per step for programs. */
export interface Narrator {
  /** Once, when everything is up: how to drive it from outside. */
  ready(addresses: object): void;
  begin(title: string): void;
  end(result: StepResult, detail: string): void;
  /** Something worth reading under a step: for people only. */
  show(lines: readonly string[]): void;
  summary(results: readonly StepResult[]): void;
  /** How often each fault struck that was asked for. */
  faults(asked: readonly AskedFault[]): void;
}

type Print = (line: string) => void;

/** Steps before it are held back, so that the first line says how to drive everything, and everything answers by then. */
export function jsonNarrator(print: Print): Narrator {
  let held: string[] | null = [];
  const release = (): void => {
    held?.forEach(print);
    held = null;
  };
  return {
    ready(addresses) {
      print(JSON.stringify({ ready: true, ...addresses }));
      release();
    },
    begin: () => {},
    end({ step, ok, url, ms }, detail) {
      const line = JSON.stringify({ step, ok, url, ms, ...(ok ? {} : { detail }) });
      if (held === null) print(line);
      else held.push(line);
    },
    show: () => {},
    summary: release,
    faults: (asked) => asked.forEach(({ name, ...fault }) => print(JSON.stringify({ fault: name, ok: fault.struck > 0, ...fault }))),
  };
}

export function humanNarrator(print: Print): Narrator {
  return {
    ready: () => {},
    begin: (title) => print(styleText('bold', title)),
    end: ({ ok, url, ms }, detail) => {
      const mark = ok ? styleText('green', '✔') : styleText('red', '✘');
      print(`  ${mark} ${detail} ${styleText('dim', `(${seconds(ms)})`)}`);
      if (url) print(`    ${styleText('cyan', url)}`);
    },
    show: (lines) => lines.forEach((line) => print(styleText('dim', `    │ ${line}`))),
    summary: (results) => printSummary(print, results),
    faults: (asked) => printFaults(print, asked),
  };
}

function printSummary(print: Print, results: readonly StepResult[]): void {
  const width = Math.max(...results.map(({ step }) => step.length));
  const failed = results.filter(({ ok }) => !ok);
  print(styleText('bold', '\nSummary'));
  for (const { step, ok, ms } of results) print(`  ${ok ? '✔' : '✘'} ${step.padEnd(width)}  ${seconds(ms).padStart(7)}`);
  const total = seconds(results.reduce((sum, { ms }) => sum + ms, 0));
  const text = failed.length === 0 ? `All ${results.length} steps happened, in ${total}.` : `${failed.length} of ${results.length} steps did not happen: ${failed.map(({ step }) => step).join(', ')}.`;
  print(styleText(failed.length === 0 ? 'green' : 'red', `\n${text}`));
}

function printFaults(print: Print, asked: readonly AskedFault[]): void {
  if (asked.length > 0) print(styleText('bold', '\nFaults'));
  for (const fault of asked) print(`  ${fault.struck > 0 ? styleText('green', '✔') : styleText('red', '✘')} ${faultText(fault)}: ${struckText(fault)}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
