import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fleetOf } from './drift-fleet.ts';
import type { Pass, WorkerOrder } from './drift-worker.ts';

/**
 * A scan for drift over so many container apps in resource groups of a hundred, one in a hundred edited by hand, against the floor of the
 * same run: the bare lists of the same groups, read and parsed and looked at by nobody. Azure is a process of its own.
 */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { concurrency: { type: 'string', default: '16' } } });
const sizes = positionals.length > 0 ? positionals.map(Number) : [100, 1_000, 10_000];
const concurrency = Number(values.concurrency);

const runs: Awaited<ReturnType<typeof measure>>[] = [];
for (const apps of sizes) {
  console.error(`${apps} apps`);
  runs.push(await measure(apps));
}
const [first, last] = [runs[0], runs.at(-1)];
console.log(JSON.stringify({
  bench: 'drift',
  commit: execFileSync('git', ['describe', '--always', '--dirty'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim(),
  machine: { cores: cpus().length, node: process.version, load: loadavg().map((one) => rounded(one)) },
  concurrency,
  growthExponent: first === undefined || last === undefined || first === last ? null : { cpu: growth(({ scan }) => scan.cpuMs), wall: growth(({ scan }) => scan.wallMs), calls: growth(({ scan }) => scan.calls) },
  runs,
}));
process.exitCode = runs.every(({ missed, phantom, failed }) => missed.length + phantom.length + failed.length === 0) ? 0 : 1;

/** Of a figure: 1 where it grows as the apps do. */
function growth(of: (run: (typeof runs)[number]) => number): number | null {
  return first === undefined || last === undefined ? null : rounded(Math.log(of(last) / of(first)) / Math.log(last.apps / first.apps), 2);
}

async function measure(apps: number) {
  const azure = start('drift-azure.ts', [String(apps)]);
  const place = await said<Pick<WorkerOrder, 'port' | 'ca' | 'clientId'> & { endpoint: string; header: string }>(azure);
  const worker = start('drift-worker.ts', [], { IDENTITY_ENDPOINT: place.endpoint, IDENTITY_HEADER: place.header });
  try {
    worker.send({ apps, concurrency, port: place.port, ca: place.ca, clientId: place.clientId } satisfies WorkerOrder);
    await said(worker);
    const floor = await passed(azure, worker, 'floor');
    // What a process does once, code made fast above all, is in the first; Trueup's worker scans every five minutes.
    const cold = await passed(azure, worker, 'scan');
    const scan = await passed(azure, worker, 'scan');
    const warmFloor = await passed(azure, worker, 'floor');
    const known = new Set(fleetOf(apps).flatMap(({ environment, apps: all }) => all.flatMap(({ service, edit }) => (edit === null ? [] : [`${environment.name}/${service.name} ${edit.path}`]))));
    const open = new Set(scan.open);
    return {
      apps,
      edited: known.size,
      found: [...known].filter((one) => open.has(one)).length,
      missed: [...known].filter((one) => !open.has(one)),
      phantom: [...open].filter((one) => !known.has(one)),
      failed: [...floor.failed, ...cold.failed, ...scan.failed],
      scan: figures(scan, apps),
      firstScan: figures(cold, apps),
      floor: figures(warmFloor, apps),
      ratioToFloor: { cpu: rounded(scan.cpuMs / warmFloor.cpuMs, 2), wall: rounded(scan.wallMs / warmFloor.wallMs, 2), calls: rounded(scan.calls / warmFloor.calls, 2) },
    };
  } finally {
    await Promise.all([worker, azure].map(stopped));
  }
}

interface Counted extends Pass {
  readonly calls: number;
  readonly lists: number;
}

async function passed(azure: ChildProcess, worker: ChildProcess, what: 'floor' | 'scan'): Promise<Counted> {
  azure.send('count');
  await said(azure);
  worker.send(what);
  const pass = await said<Pass>(worker);
  azure.send('count');
  return { ...pass, ...(await said<{ calls: number; lists: number }>(azure)) };
}

function figures({ wallMs, cpuMs, peakMegabytes, calls, lists, restrained }: Counted, apps: number) {
  return { calls, lists, wallMs: Math.round(wallMs), cpuMs: Math.round(cpuMs), cpuSecondsPerThousandApps: rounded(cpuMs / apps, 3), peakMegabytes: Math.round(peakMegabytes), restrained };
}

function start(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return fork(join(import.meta.dirname, program), args, { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: ['--disable-warning=ExperimentalWarning'] });
}

/** The next message of a program of ours. @throws when it ends instead. */
async function said<T>(child: ChildProcess): Promise<T> {
  const [message] = await Promise.race([once(child, 'message'), once(child, 'exit').then(([code]) => { throw new Error(`a part of the benchmark ended with ${code}`); })]);
  return message as T;
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}

function rounded(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
