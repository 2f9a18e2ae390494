import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { compareThreeWay } from '../kernel/comparison/compare.ts';
import { jsonOrNull } from '../kernel/json-or-null.ts';
import type { FieldDifference } from '../kernel/plan.ts';
import { exitCodes } from './exit-codes.ts';
import { codeOf, oneOf } from './offline/offline-command.ts';
import { visible } from './offline/visible.ts';

const formats = ['human', 'json'] as const;

/** A container app in ARM's wire shape, as `trueup render --format json` and `az rest` write it. */
const body = z.looseObject({ name: z.string().optional(), properties: z.looseObject({}) });
const bodies = z.union([z.array(body), z.object({ value: z.array(body) }).transform(({ value }) => value), body.transform((one) => [one])]);
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
      const found = compare(await readBodies(command, desired), await readBodies(command, live));
      console.log(format === 'json' ? JSON.stringify(found, null, 2) : humanText(found));
      process.exitCode = found.length > 0 ? exitCodes.findings : exitCodes.clean;
    });
}

async function readBodies(command: Command, file: string): Promise<readonly Body[]> {
  const usage = (why: string): never => command.error(`error: ${file} ${why}`, { exitCode: exitCodes.usage });
  const text = await readFile(file, 'utf8').catch((error: unknown) => usage(`cannot be read (${codeOf(error)})`));
  const read = bodies.safeParse(jsonOrNull(text));
  return read.success ? read.data : usage('holds no container app: JSON of one or of a list is expected, each with `properties`');
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
