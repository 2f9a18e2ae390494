import type { ServiceProgress } from '../../kernel/messages/deployment.ts';
import { fit } from './budget.ts';
import { fence, oneLine } from './inert.ts';
import { stageWords, strategyWords, type StageProgress } from './stages.ts';

/** A terminal's width: what a fenced block shows without a scroll bar. */
const columns = 80;
const barColumns = 40;
const space = 8000;

const marks: Record<StageProgress['standing'], string> = { open: '[  ]', moving: '[->]', judging: '[>>]', passed: '[ok]', failed: '[!!]' };

/** Each service with its stages and how its traffic is divided, in characters of one column; empty before any app was looked at. */
export function rolloutPicture(services: readonly ServiceProgress[]): string {
  const shown = services.filter(({ stages }) => stages.length > 0);
  if (shown.length === 0) return '';
  const width = Math.min(24, Math.max(8, ...shown.map(({ service }) => plain(service, 24).length)));
  const blocks = fit(shown.map((one) => block(one, width)), space, (left) => `and ${left} more`);
  return fence(blocks.join('\n\n'), 'text');
}

function block(progress: ServiceProgress, width: number): string {
  const { service, stages, previousRevision, weight } = progress;
  const indent = ' '.repeat(width + 2);
  const head = `${plain(service, width).padEnd(width)}  ${strategyWords(progress)}`;
  const plan = packed(stages.map((stage) => `${marks[stage.standing]} ${plain(stageWords(progress, stage), 40)}`), columns - indent.length);
  const bars = previousRevision === null ? [bar('new', weight)] : [bar('new', weight), bar('old', 100 - weight)];
  return [head, ...[...plan, ...bars].map((line) => `${indent}${line}`)].join('\n');
}

/** As many parts on a line as fit. */
function packed(parts: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 2 + part.length <= width) lines[lines.length - 1] = `${last}  ${part}`;
    else lines.push(part);
  }
  return lines;
}

/** Some is never drawn as none, and most never as all. */
function bar(name: string, percent: number): string {
  const exact = Math.round((percent / 100) * barColumns);
  const filled = percent <= 0 ? 0 : percent >= 100 ? barColumns : Math.min(barColumns - 1, Math.max(1, exact));
  return `${name} ${String(percent).padStart(3)} % ${'#'.repeat(filled)}${'-'.repeat(barColumns - filled)}`;
}

/** Characters that are one column wide in every font; others are shown as a question mark. */
function plain(text: string, length: number): string {
  const line = oneLine(text).replace(/[^\x20-\x7e]/gu, '?');
  return line.length <= length ? line : `${line.slice(0, length - 2)}..`;
}
