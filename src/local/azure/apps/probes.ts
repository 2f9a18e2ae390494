import { request } from 'node:http';
import { connect } from 'node:net';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import { listAt, numberAt, objectAt, textAt } from './reading.ts';

export interface Probe {
  readonly type: 'Startup' | 'Readiness' | 'Liveness';
  /** Null for a TCP probe. */
  readonly http: { readonly path: string; readonly headers: Readonly<Record<string, string>> } | null;
  /** Times in seconds, as declared. */
  readonly initialDelay: number;
  readonly period: number;
  readonly timeout: number;
  readonly failureThreshold: number;
  readonly successThreshold: number;
}

/** The probes of the container that serves. With ingress the service adds a TCP readiness probe where none is declared. */
export function probesOf(template: JsonObject, hasIngress: boolean): readonly Probe[] {
  const declared = listAt(listAt(template, 'containers')[0], 'probes').flatMap((probe) => probeOf(probe));
  if (!hasIngress || declared.some((probe) => probe.type === 'Readiness')) return declared;
  return [...declared, { type: 'Readiness', http: null, initialDelay: 0, period: 1, timeout: 5, failureThreshold: 48, successThreshold: 1 }];
}

function probeOf(declared: JsonObject): readonly Probe[] {
  const type = (['Startup', 'Readiness', 'Liveness'] as const).find((one) => one.toLowerCase() === textAt(declared, 'type')?.toLowerCase());
  if (type === undefined) return [];
  const http = objectAt(declared, 'httpGet');
  const headers = listAt(http, 'httpHeaders').map((one) => [String(one['name']), String(one['value'])] as const);
  return [
    {
      type,
      http: http && { path: textAt(http, 'path') ?? '/', headers: Object.fromEntries(headers) },
      initialDelay: numberAt(declared, 'initialDelaySeconds') ?? 0,
      period: numberAt(declared, 'periodSeconds') ?? 10,
      timeout: numberAt(declared, 'timeoutSeconds') ?? 1,
      failureThreshold: numberAt(declared, 'failureThreshold') ?? 3,
      successThreshold: numberAt(declared, 'successThreshold') ?? 1,
    },
  ];
}

/** Our programs answer at once, so what a declared second cuts off is a busy machine and nothing of the workload: at least this long, in milliseconds. */
const shortestTimeoutMs = 5_000;

function timeoutMs({ timeout }: Probe): number {
  return Math.max(shortestTimeoutMs, timeout * 1000);
}

/** Executes the probe once against a replica's port. Never rejects. */
export function runProbe(probe: Probe, port: number): Promise<boolean> {
  return probe.http === null ? runTcp(probe, port) : runHttp(probe, probe.http, port);
}

function runTcp(probe: Probe, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: timeoutMs(probe) });
    const end = (passes: boolean) => {
      socket.destroy();
      resolve(passes);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

function runHttp(probe: Probe, { path, headers }: { readonly path: string; readonly headers: Readonly<Record<string, string>> }, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ host: '127.0.0.1', port, path, agent: false, timeout: timeoutMs(probe), headers: { 'user-agent': 'kube-probe/1.31', ...headers } });
    call.once('response', (response) => {
      response.resume();
      const status = response.statusCode ?? 500;
      resolve(status >= 200 && status < 400);
    });
    call.once('timeout', () => call.destroy());
    call.once('error', () => resolve(false));
    call.once('close', () => resolve(false));
    call.end();
  });
}
