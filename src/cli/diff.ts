import { Command } from 'commander';
import { z } from 'zod';
import { compareThreeWay } from '../kernel/comparison/compare.ts';
import type { FieldDifference } from '../kernel/plan.ts';
import { exitCodes } from './exit-codes.ts';
import { oneOf } from './offline/offline-command.ts';
import { savedJson, UnreadableAnswer } from './offline/saved-json.ts';
import { visible } from './offline/visible.ts';

const formats = ['human', 'json'] as const;

/** A container app in ARM's wire shape, as `trueup render --format json` and `az rest` write it. */
const body = z.looseObject({ name: z.string().optional(), properties: z.looseObject({}) });
const list = z.union([z.array(z.unknown()), z.object({ value: z.array(z.unknown()) }).transform(({ value }) => value)]);
type Body = z.infer<typeof body>;

interface AppDifference {
  readonly name: string;
  /** Declared and not there. */
  readonly missing: boolean;
  readonly differences: readonly Omit<FieldDifference, 'lastApplied'>[];
}

/** `trueup diff`: what the drift detector would say about two files. */
export function diffCommand(): Command {
  return new Command('diff')
    .description('compare declared container apps with live ones, offline, as drift detection does')
    .argument('<desired>', 'JSON: one container app or a list, as `trueup render --format json` prints it')
    .argument('<live>', 'JSON: one container app or a list, as `az rest` prints it')
    .option('--format <format>', formats.join(', '), oneOf(formats), 'human')
    .addHelpText('after', '\nExit code: 0 as declared, 1 differences, 2 usage.')
    .action(async (desired: string, live: string, { format }: { readonly format: (typeof formats)[number] }, command: Command) => {
      const declared = await readBodies(command, desired);
      if (declared.length === 0) command.error(`error: ${visible(desired)} declares no container app, so there is nothing to compare`, { exitCode: exitCodes.usage });
      const found = compare(declared, await readBodies(command, live));
      console.log(format === 'json' ? JSON.stringify(found, null, 2) : humanText(found));
      process.exitCode = found.length > 0 ? exitCodes.findings : exitCodes.clean;
    });
}

async function readBodies(command: Command, file: string): Promise<readonly Body[]> {
  const usage = (why: string): never => command.error(`error: ${visible(why)}`, { exitCode: exitCodes.usage });
  const answer = await savedJson(file).catch((error: unknown) => {
    if (error instanceof UnreadableAnswer) return usage(error.message);
    throw error;
  });
  const listed = list.safeParse(answer).data;
  return (listed ?? [answer]).map((one, index) => {
    const read = body.safeParse(one);
    return read.success ? read.data : usage(`${file}${listed === undefined ? '' : `, [${index}]`}: is no container app: JSON of one or of a list is expected, each with \`properties\``);
  });
}

/** Apps meet by name; two single bodies without names are taken for one app. Live apps that nobody declared are not looked at. */
function compare(desired: readonly Body[], live: readonly Body[]): readonly AppDifference[] {
  const alone = desired.length === 1 && live.length === 1 && (desired[0]?.name === undefined || live[0]?.name === undefined);
  return desired.flatMap((one): readonly AppDifference[] => {
    const name = one.name ?? 'container app';
    const other = alone ? live[0] : live.find((candidate) => candidate.name?.toLowerCase() === one.name?.toLowerCase());
    if (other === undefined) return [{ name, missing: true, differences: [] }];
    const differences = compareThreeWay({ lastApplied: null, desired: one, live: other }).map(({ lastApplied: _lastApplied, ...rest }) => rest);
    return differences.length === 0 ? [] : [{ name, missing: false, differences }];
  });
}

function humanText(found: readonly AppDifference[]): string {
  if (found.length === 0) return 'As declared.';
  const lines = found.flatMap(({ name, missing, differences }) => [missing ? `${name}: declared, and not there` : `${name}:`, ...differences.flatMap(humanLines)]);
  return lines.map(visible).join('\n');
}

function humanLines({ path, desired, live }: AppDifference['differences'][number]): readonly string[] {
  return [`  ${path}`, `    declared ${JSON.stringify(desired)}`, `    live     ${JSON.stringify(live)}`];
}
