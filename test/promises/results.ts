import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { proofs } from './all.ts';
import { broken, inWords, thresholdsOf, type PromiseProof } from './promise.ts';

const resultSchema = z.strictObject({
  promise: z.string(),
  seed: z.number(),
  size: z.enum(['short', 'full']),
  run: z.record(z.string(), z.union([z.number(), z.string()])),
  figures: z.record(z.string(), z.number()),
  holds: z.boolean(),
  /** With `+` when files of the checkout had changed. */
  commit: z.string(),
  machine: z.string(),
  /** ISO-8601 UTC. */
  at: z.string(),
  seconds: z.number(),
});

/** One proof that was run. */
export type Result = z.infer<typeof resultSchema>;

const jsonFile = join(import.meta.dirname, '../../docs/promises.jsonl');
const pageFile = join(import.meta.dirname, '../../docs/promises.md');

export function readResults(): readonly Result[] {
  const text = read(jsonFile);
  return text.split('\n').filter(Boolean).map((line) => resultSchema.parse(JSON.parse(line)));
}

/** A newer run of the same promise, seed and size takes the place of the older one. The page is printed from what is kept. */
export function keepResult(result: Result): void {
  const others = readResults().filter(({ promise, seed, size }) => promise !== result.promise || seed !== result.seed || size !== result.size);
  const order = (id: string): number => proofs.findIndex((proof) => proof.id === id);
  const kept = [...others, result].toSorted((a, b) => order(a.promise) - order(b.promise) || a.size.localeCompare(b.size) || a.seed - b.seed);
  writeFileSync(jsonFile, kept.map((one) => `${JSON.stringify(one)}\n`).join(''));
  writeFileSync(pageFile, pageOf(proofs, kept));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

/** `docs/promises.md`. */
export function pageOf(all: readonly PromiseProof[], results: readonly Result[]): string {
  return `${[
    '# What Trueup promises, and what was measured',
    'Printed by `npm run promises` from `docs/promises.jsonl`, which holds one line per run. Each run is seeded, on real parts: Redis with `appendfsync always`, Trueup\'s own processes, the real Azure and GitHub clients, and the local Azure and GitHub of this repository behind them. A short form of each is part of `npm test`.',
    '## At a glance',
    ['| # | promise | seeds | holds |', '|---|---|---|---|', ...all.map((proof) => glance(proof, of(proof, results)))].join('\n'),
    ...all.map((proof) => section(proof, of(proof, results))),
  ].join('\n\n')}\n`;
}

function of({ id }: PromiseProof, results: readonly Result[]): readonly Result[] {
  return results.filter(({ promise, size }) => promise === id && size === 'full');
}

function glance(proof: PromiseProof, results: readonly Result[]): string {
  const { id, promise } = proof;
  const kept = results.filter(({ figures }) => broken(proof, 'full', figures).length === 0).length;
  return `| ${id} | ${promise} | ${results.map(({ seed }) => seed).join(', ') || 'none yet'} | ${results.length === 0 ? 'not run at full size' : `${kept} of ${results.length}`} |`;
}

function section(proof: PromiseProof, results: readonly Result[]): string {
  const { id, promise, how, limits } = proof;
  const thresholds = thresholdsOf(proof, 'full');
  const names = [...new Set([...Object.keys(thresholds), ...results.flatMap(({ figures }) => Object.keys(figures))])];
  const rows = names.map((name) => {
    const threshold = thresholds[name];
    return `| ${inPlainWords(name)} | ${threshold ? inWords(threshold) : ''} | ${results.map(({ figures }) => figures[name] ?? '').join(' | ')} |`;
  });
  const head = [`| | wanted | ${results.map(({ seed }) => `seed ${seed}`).join(' | ')} |`, `|---|---|${results.map(() => '---|').join('')}`];
  const faults = results.flatMap(({ seed, figures }) => broken(proof, 'full', figures).map((fault) => `- Seed ${seed}: ${fault}.`));
  return [
    `## ${id}: ${promise}`,
    how,
    ...(results.length === 0 ? ['Not run at full size.'] : [[...head, ...rows].join('\n'), runs(results)]),
    ...(faults.length === 0 ? [] : [['**Not kept:**', ...faults].join('\n')]),
    ...(limits === null ? [] : [`What this does not show: ${limits}`]),
  ].join('\n\n');
}

function runs(results: readonly Result[]): string {
  return results
    .map(({ seed, run, commit, machine, at, seconds }) => `Seed ${seed}: ${Object.entries(run).map(([name, value]) => `${value} ${inPlainWords(name)}`).join(', ')}; ${seconds} s at ${commit} on ${at.slice(0, 10)}, ${machine}.`)
    .join('\n');
}

/** `slowestFailureMs` is `slowest failure ms`. */
function inPlainWords(name: string): string {
  return name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();
}
