// `npm run promises [-- --only P1,P4] [--seeds 1,2,3] [--short]`: every proof at the size that its promise names, each in a process of its own.
import { execFileSync, spawn } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import * as z from 'zod';
import { proofs } from './all.ts';
import { broken, type PromiseProof, type Proved, type Size } from './promise.ts';
import { keepResult } from './results.ts';

const list = (text: string): readonly string[] => text.split(',').filter(Boolean);
const options = new Command('promises')
  .option('--only <ids>', 'promises by number, as P1,P4', list, proofs.map(({ id }) => id))
  .option('--seeds <numbers>', 'one run each', list, ['1', '2', '3'])
  .option('--short', 'the short form, as npm test runs it; nothing is written to docs', false)
  .parse()
  .opts<{ readonly only: readonly string[]; readonly seeds: readonly string[]; readonly short: boolean }>();
const size: Size = options.short ? 'short' : 'full';
const proved = z.object({ run: z.record(z.string(), z.union([z.number(), z.string()])), figures: z.record(z.string(), z.number()) });

let failed = 0;
for (const proof of proofs.filter(({ id }) => options.only.includes(id))) {
  for (const seed of options.seeds) failed += await runOne(proof, Number(seed));
}
process.exit(failed === 0 ? 0 : 1);

async function runOne(proof: PromiseProof, seed: number): Promise<0 | 1> {
  const began = performance.now();
  const at = new Date().toISOString();
  const { run, figures } = await inProcess(proof.id, seed);
  const faults = broken(proof, size, figures);
  const result = { promise: proof.id, seed, size, run, figures, holds: faults.length === 0, commit: commit(), machine: machine(), at, seconds: Math.round((performance.now() - began) / 1000) };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  for (const fault of faults) process.stderr.write(`${proof.id}, seed ${seed}: ${fault}\n`);
  if (size === 'full') keepResult(result);
  return faults.length === 0 ? 0 : 1;
}

/** What a run leaves behind in a process must not change the next one. */
async function inProcess(id: string, seed: number): Promise<Proved> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'one.ts'), id, String(seed), size], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${id} with seed ${seed} could not be run: its process ended with ${code}`);
  return proved.parse(JSON.parse(text.trimEnd().split('\n').at(-1) ?? ''));
}

function commit(): string {
  const git = (...args: readonly string[]): string => execFileSync('git', args, { encoding: 'utf8', cwd: import.meta.dirname }).trim();
  return `${git('rev-parse', '--short=10', 'HEAD')}${git('status', '--porcelain', '--', ':/src', ':/test') === '' ? '' : '+'}`;
}

function machine(): string {
  const [processor] = cpus();
  return `${cpus().length} cores (${processor?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
}
