import { createHmac, randomUUID } from 'node:crypto';
import { nodeId, renderAccount, renderOrganization } from '../render/account.ts';
import { renderRepositoryOfEvent } from '../render/repository.ts';
import type { GithubFaultBoard } from '../faults.ts';
import type { GithubObserver } from '../observer.ts';
import type { AppEvent, World } from '../world.ts';

export interface Delivery {
  readonly id: number;
  /** The same again when it is redelivered. */
  readonly guid: string;
  readonly deliveredAt: string;
  readonly redelivery: boolean;
  /** Seconds. */
  readonly duration: number;
  readonly status: string;
  readonly statusCode: number;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly url: string;
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  readonly response: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

export interface Deliveries {
  /** Newest first. */
  list(): readonly Delivery[];
  /** Sends the same event again, with the same GUID. */
  redeliver(delivery: Delivery): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

const kept = 3000;
/** Older ones are neither listed nor sent again: https://docs.github.com/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks */
const keptMs = 3 * 86_400_000;
/** Every App gets these, subscribed or not. */
const always: ReadonlySet<string> = new Set(['installation', 'installation_repositories']);

interface Prepared {
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number;
  readonly repositoryId: number | null;
  readonly body: string;
}

/** `closing` ends what is under way when the server stops. */
export function appDeliveries(world: World, faults: GithubFaultBoard, observe: GithubObserver | null, closing: AbortSignal): Deliveries & { send(event: AppEvent): void } {
  let done: Delivery[] = [];
  const underWay = new Set<Promise<void>>();

  function start(prepared: Prepared, redelivery: boolean): void {
    const { webhook } = world;
    if (!webhook) return;
    const id = world.nextId();
    const fault = faults.next({ method: 'POST', path: `/deliveries/${prepared.event}`, kind: 'delivery' });
    const headers = deliveryHeaders(world, prepared, webhook.secret);
    // Once: GitHub never tries again by itself.
    const send = (): Promise<Outcome> => post(webhook.url, headers, prepared.body, AbortSignal.any([closing, AbortSignal.timeout(world.limits.deliveryMs)]));
    const attempt = async (): Promise<void> => {
      const startedAt = world.now();
      const outcome = fault === 'github:drop-deliveries' ? unreachable : await send();
      if (fault === 'github:duplicate-deliveries') await send();
      const { body, ...about } = prepared;
      done.unshift({ ...about, id, deliveredAt: new Date(startedAt).toISOString(), redelivery, duration: (world.now() - startedAt) / 1000, url: webhook.url, request: { headers, body }, ...outcome });
      if (done.length > kept) done = done.slice(0, kept);
    };
    const running = attempt().finally(() => underWay.delete(running));
    underWay.add(running);
  }

  return {
    send(event) {
      const prepared = prepare(world, event);
      if (!prepared || Buffer.byteLength(prepared.body) > world.limits.payloadBytes) return;
      observe?.sent({ event: prepared.event, action: prepared.action, body: JSON.parse(prepared.body) });
      start(prepared, false);
    },
    list: () => done.filter(({ deliveredAt }) => world.now() - Date.parse(deliveredAt) < keptMs).toSorted((left, right) => right.id - left.id),
    redeliver: ({ guid, event, action, installationId, repositoryId, request }) =>
      // A delivery is only made with an installation, see `prepare`.
      start({ guid, event, action, installationId: installationId ?? 0, repositoryId, body: request.body }, true),
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** Null for an event that the App does not hear: not subscribed, or not installed there. */
function prepare(world: World, { name, repository, sender, payload }: AppEvent): Prepared | null {
  const { installation } = world;
  if (!installation || (repository && !installation.repositories.has(repository.id))) return null;
  if (!always.has(name) && (installation.suspended || !world.app.events.includes(name))) return null;
  const body = JSON.stringify({
    ...payload,
    ...(repository && { repository: payload['repository'] ?? renderRepositoryOfEvent(world, repository) }),
    ...(repository?.owner.type === 'Organization' && { organization: renderOrganization(world, repository.owner) }),
    sender: renderAccount(world, sender),
    installation: payload['installation'] ?? { id: installation.id, node_id: nodeId('IntegrationInstallation', installation.id) },
  });
  const action = typeof payload['action'] === 'string' ? payload['action'] : null;
  return { guid: randomUUID(), event: name, action, installationId: installation.id, repositoryId: repository?.id ?? null, body };
}

function deliveryHeaders(world: World, { guid, event, body }: Prepared, secret: string): Record<string, string> {
  return {
    accept: '*/*',
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/local',
    'x-github-delivery': guid,
    'x-github-event': event,
    'x-github-hook-id': String(world.app.id),
    'x-github-hook-installation-target-id': String(world.app.id),
    'x-github-hook-installation-target-type': 'integration',
    'x-hub-signature': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`,
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  };
}

type Outcome = Pick<Delivery, 'status' | 'statusCode' | 'response'>;
const unreachable: Outcome = { status: 'failed to connect to host', statusCode: 502, response: { headers: {}, body: '' } };
const timedOut: Outcome = { status: 'timed out', statusCode: 504, response: { headers: {}, body: '' } };

async function post(url: string, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<Outcome> {
  try {
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    const response = { headers: Object.fromEntries(answer.headers), body: (await answer.text()).slice(0, 65_536) };
    return { status: answer.ok ? 'OK' : `Invalid HTTP Response: ${answer.status}`, statusCode: answer.status, response };
  } catch (error) {
    return error instanceof DOMException && error.name === 'TimeoutError' ? timedOut : unreachable;
  }
}
