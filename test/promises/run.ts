// `npm run promises [-- --only P1,P4] [--seeds 1,2,3] [--short]`: every proof at the size that its promise names, each in a process of its own.
import { execFileSync, spawn } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import * as z from 'zod';
import { proofs } from './all.ts';
import { broken, type PromiseProof, type Size } from './promise.ts';
import { keepResult, type Result } from './results.ts';

const list = (text: string): readonly string[] => text.split(',').filter(Boolean);
const options = new Command('promises')
  .option('--only <ids>', 'promises by number, as P1,P4', list, proofs.map(({ id }) => id))
  .option('--seeds <numbers>', 'one run each', list, ['1', '2', '3'])
  .option('--short', 'the short form, as npm test runs it; nothing is written to docs', false)
  .parse()
  .opts<{ readonly only: readonly string[]; readonly seeds: readonly string[]; readonly short: boolean }>();
const size: Size = options.short ? 'short' : 'full';
const proved = z.object({ promise: z.string(), run: z.record(z.string(), z.union([z.number(), z.string()])), figures: z.record(z.string(), z.number()) });

let failed = 0;
const asked = proofs.filter(({ id }) => options.only.includes(id));
for (const together of Map.groupBy(asked, ({ id, withRunOf }) => withRunOf ?? id).values()) {
  for (const seed of options.seeds) failed += await runTogether(together, Number(seed));
}
process.exit(failed === 0 ? 0 : 1);

/** @returns how many did not hold. */
async function runTogether(together: readonly PromiseProof[], seed: number): Promise<number> {
  const began = performance.now();
  const at = new Date().toISOString();
  const all = await inProcess(together.map(({ id }) => id), seed);
  const of = { seed, size, commit: commit(), machine: machine(), at, seconds: Math.round((performance.now() - began) / 1000) };
  const results = together.map((proof) => judged(proof, of, all));
  return results.filter(({ holds }) => !holds).length;
}

function judged(proof: PromiseProof, of: Pick<Result, 'seed' | 'size' | 'commit' | 'machine' | 'at' | 'seconds'>, all: readonly z.infer<typeof proved>[]): Result {
  const one = all.find(({ promise }) => promise === proof.id);
  if (one === undefined) throw new Error(`${proof.id} with seed ${of.seed} left no result`);
  const faults = broken(proof, size, one.figures);
  const { run, figures } = one;
  const result: Result = { promise: proof.id, ...of, run, figures, holds: faults.length === 0 };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  for (const fault of faults) process.stderr.write(`${proof.id}, seed ${of.seed}: ${fault}\n`);
  if (size === 'full') keepResult(result);
  return result;
}

/** What a run leaves behind in a process must not change the next one. */
async function inProcess(ids: readonly string[], seed: number): Promise<readonly z.infer<typeof proved>[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'one.ts'), ids.join(','), String(seed), size], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${ids.join(', ')} with seed ${seed} could not be run: its process ended with ${code}`);
  return text.trimEnd().split('\n').slice(-ids.length).map((line) => proved.parse(JSON.parse(line)));
}

function commit(): string {
  const git = (...args: readonly string[]): string => execFileSync('git', args, { encoding: 'utf8', cwd: import.meta.dirname }).trim();
  return `${git('rev-parse', '--short=10', 'HEAD')}${git('status', '--porcelain', '--', ':/src', ':/test') === '' ? '' : '+'}`;
}

function machine(): string {
  const [processor] = cpus();
  return `${cpus().length} cores (${processor?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
}
