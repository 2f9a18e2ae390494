// The program inside a replica. It imports as little as it can: each replica that runs starts a process with it.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WorkloadOrder } from './workload-order.ts';

/** What a process is to the program in it. */
export interface Host {
  readonly pid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  listening(port: number): void;
  exit(code: number): void;
}

export interface RunningProgram {
  /** As on SIGTERM: takes no more requests, answers those that are under way, and exits. */
  terminate(): void;
  /** As SIGKILL would: every connection is cut. */
  cut(): void;
}

type Task = Omit<WorkloadOrder, 'env'>;

/** Listens on a free port of the loopback and says what it is, so that configuration and secrets can be seen arriving. Values never leave it. */
export function runProgram(task: Task, host: Host): RunningProgram {
  if (task.behaviour.crash) {
    host.exit(1);
    return { terminate: () => {}, cut: () => {} };
  }
  const server = createServer(answering(task, host));
  server.listen(0, '127.0.0.1', () => host.listening(portOf(server)));
  return {
    terminate: () => void server.close(() => host.exit(0)),
    cut: () => {
      server.close(() => host.exit(137));
      server.closeAllConnections();
    },
  };
}

function portOf(server: Server): number {
  // A TCP server's address is never a pipe's name, and it listens.
  return (server.address() as AddressInfo).port;
}

function answering(task: Task, host: Host): (request: IncomingMessage, response: ServerResponse) => void {
  const { unready, errorPercent, verdict } = task.behaviour;
  const image = task.image.split('/').at(-1);
  const self = selfDescription(task, host);
  const about = JSON.stringify(self);
  const failure = JSON.stringify({ error: 'this image fails on purpose', revision: self.revision, replica: self.replica, pid: self.pid });
  let served = 0;
  return (request, response) => {
    request.resume();
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const isProbe = String(request.headers['user-agent']).startsWith('kube-probe/');
    if (unready && !task.whileUnready.includes(path)) return end(response, 503, '{"status":"not ready"}');
    if (verdict !== null && request.method === 'POST') return end(response, 200, JSON.stringify({ verdict, detail: `says ${image}` }));
    // A health page is often well while the product is not.
    const isHealth = isProbe || (path !== '/' && task.paths.includes(path));
    if (!isHealth && fails(errorPercent, served++)) return end(response, 500, failure);
    if (path === '/') return end(response, 200, about);
    if (task.paths.includes(path)) return end(response, 200, '{"status":"ok"}');
    return end(response, 404, '{"error":"not found"}');
  };
}

/** Spread evenly, so that any run of a hundred requests to one process holds exactly the percentage. */
function fails(percent: number, index: number): boolean {
  return Math.floor(((index + 1) * percent) / 100) > Math.floor((index * percent) / 100);
}

function end(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body);
}

/** Names of variables, and of secrets a fingerprint. What the platform added is shown as what it says. */
function selfDescription({ image, secrets }: Task, { pid, env }: Host) {
  return {
    app: env['CONTAINER_APP_NAME'],
    revision: env['CONTAINER_APP_REVISION'],
    replica: env['CONTAINER_APP_REPLICA_NAME'],
    pid,
    image,
    env: Object.keys(env).filter((name) => !name.startsWith('CONTAINER_APP_')),
    secrets: secrets.map(({ name, variable, version }) => ({ name, sha256: fingerprint(env[variable] ?? ''), version })),
  };
}

function fingerprint(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 12);
}
