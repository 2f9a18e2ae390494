import { request as connectTo, type IncomingMessage, type ServerResponse } from 'node:http';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { MetricSink } from '../world.ts';
import type { App } from './app.ts';
import { ingressDomain } from './host-names.ts';
import { listAt, objectAt, textAt } from './reading.ts';
import type { Replica } from './replica.ts';
import type { Revision } from './revision.ts';
import { sharesOf } from './traffic.ts';
import { weightedDraw } from './weighted-draw.ts';

interface Parts {
  readonly apps: () => readonly App[];
  readonly metrics: MetricSink;
  readonly now: () => number;
  /** From 0 up to 1, for every request that is split. */
  readonly chance: () => number;
}

/** The environments' edge: finds the app by host, splits by weight, wakes what is at zero and passes requests on to ready replicas. */
export function ingressOf({ apps, metrics, now, chance }: Parts): (request: IncomingMessage, response: ServerResponse) => void {
  const split = splitter(chance);
  let turn = 0;
  return (request, response) => {
    const host = (request.headers.host ?? '').split(':')[0]?.toLowerCase() ?? '';
    const target = targetOf(apps(), host, split);
    if (target === null) return answerPage(response);
    const unmodelled = unmodelledOf(target.app, request);
    if (unmodelled !== null) return answerNotModelled(response, `${unmodelled} of ${host}`);
    if (target.revision === null) return answerUnavailable(response);
    response.once('close', target.revision.use());
    void serve(target.app, target.revision, request, response);
  };

  async function serve(app: App, revision: Revision, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = now();
    await revision.awake(app.secrets);
    if (response.closed) return;
    const { serving } = revision;
    const replica = serving[turn++ % Math.max(1, serving.length)];
    if (replica === undefined || replica.port === null) return answerUnavailable(response);
    const measured = (statusCode: number) => metrics.request({ app: app.id, revision: revision.name, pod: replica.name, statusCode, ms: now() - startedAt });
    pass(request, response, replica, replica.port, measured);
  }
}

interface Target {
  readonly app: App;
  /** Null when no revision takes requests. */
  readonly revision: Revision | null;
}

/** Only external apps are reached from outside their environment, and all requests come from outside. */
function targetOf(apps: readonly App[], host: string, split: (app: App) => Revision | null): Target | null {
  for (const app of apps) {
    const body = app.applied;
    const domain = body === null ? null : ingressDomain(app, body);
    if (body === null || domain === null || app.stopped || !host.endsWith(`.${domain}`)) continue;
    if (objectAt(body.configuration, 'ingress')?.['external'] !== true) continue;
    const first = host.slice(0, -domain.length - 1);
    if (first === app.name) return { app, revision: split(app) };
    const byLabel = sharesOf(app).find((share) => share.label !== null && first === `${app.name}---${share.label}`);
    const revision = byLabel?.revision ?? app.revisions.find((one) => one.name === first);
    if (revision?.active === true) return { app, revision };
  }
  return null;
}

/** Settings under which the real edge would answer otherwise than this one. */
const unmodelled: readonly { readonly what: string; readonly concerns: (ingress: JsonObject, request: IncomingMessage) => boolean }[] = [
  { what: 'sticky sessions', concerns: (ingress) => textAt(objectAt(ingress, 'stickySessions'), 'affinity')?.toLowerCase() === 'sticky' },
  { what: 'restrictions of addresses', concerns: (ingress) => listAt(ingress, 'ipSecurityRestrictions').length > 0 },
  { what: 'client certificates', concerns: (ingress) => textAt(ingress, 'clientCertificateMode')?.toLowerCase() === 'require' },
  { what: 'tcp', concerns: (ingress) => textAt(ingress, 'transport')?.toLowerCase() === 'tcp' },
  { what: 'answers to pages of other origins', concerns: (ingress, { headers }) => headers.origin !== undefined && objectAt(ingress, 'corsPolicy') !== null },
];

function unmodelledOf({ applied }: App, request: IncomingMessage): string | null {
  const ingress = applied && objectAt(applied.configuration, 'ingress');
  return (ingress && unmodelled.find(({ concerns }) => concerns(ingress, request))?.what) ?? null;
}

/** By weight among the revisions that can answer; one that is not ready only where none is. */
function splitter(chance: () => number): (app: App) => Revision | null {
  return (app) => {
    const active = sharesOf(app).filter((share) => share.revision.active);
    const ready = active.filter((share) => share.weight > 0 && share.revision.isReachable);
    return weightedDraw((ready.length > 0 ? ready : active).map(({ revision, weight }) => ({ who: revision, weight })), chance);
  };
}

function pass(request: IncomingMessage, response: ServerResponse, replica: Replica, port: number, measured: (statusCode: number) => void): void {
  const { method, url, headers } = request;
  const onward = connectTo({ host: '127.0.0.1', port, method, path: url, agent: false, headers: { ...headers, 'x-forwarded-proto': 'https', connection: 'close' } });
  onward.once('response', (answer) => {
    const { connection: _connection, 'keep-alive': _keepAlive, 'transfer-encoding': _encoding, ...kept } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, kept);
    answer.pipe(response);
    answer.once('end', () => measured(answer.statusCode ?? 502));
    answer.once('error', () => response.destroy());
  });
  onward.once('error', () => {
    // The client left: nobody was answered, and the replica is not at fault.
    if (response.closed) return;
    measured(503);
    if (response.headersSent) response.destroy();
    else answerUnavailable(response);
  });
  response.once('close', () => onward.destroy());
  request.pipe(onward);
}

function answerPage(response: ServerResponse): void {
  const text = 'Error 404 - This Container App is stopped or does not exist.';
  const html = `<!doctype html><html lang="en"><head><title>Azure Container App - Unavailable</title></head><body><h1>${text}</h1><p>The Container App you have attempted to reach is currently stopped or does not exist.</p></body></html>`;
  response.writeHead(404, { 'content-type': 'text/html; charset=utf-8' });
  response.end(html);
}

function answerNotModelled(response: ServerResponse, what: string): void {
  response.writeHead(501, { 'content-type': 'text/plain' });
  response.end(`NotModelled: ${what}`);
}

function answerUnavailable(response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'text/plain' });
  response.end('upstream connect error or disconnect/reset before headers. reset reason: connection failure');
}
