import type { Clock } from '../../kernel/ports.ts';
import type { GitHubClients } from './client.ts';
import { translated } from './translate.ts';

/** Older ones GitHub does not deliver again; what changed since then the resync finds anyway. */
const pastMs = 3 * 86_400_000;
const pages = 5;

export interface Redelivered {
  /** How many were asked for. */
  readonly asked: number;
  /** When the oldest of them was delivered first, in milliseconds since the epoch; null for none. */
  readonly oldestFailed: number | null;
}

/** Asks GitHub for every delivery again that never got a 2xx: it does not do so by itself. */
export async function redeliverFailed(clients: GitHubClients, clock: Clock): Promise<Redelivered> {
  const client = await clients.app();
  const attempts: { readonly id: number; readonly guid: string; readonly status_code: number; readonly delivered_at: string }[] = [];
  try {
    let page = 0;
    for await (const { data } of client.paginate.iterator(client.rest.apps.listWebhookDeliveries, { per_page: 100 })) {
      attempts.push(...data);
      page += 1;
      if (page >= pages) break;
    }
    const failed = [...Map.groupBy(attempts, ({ guid }) => guid).values()].filter((group) => group.every(({ status_code: status }) => status < 200 || status >= 300));
    const recent = failed.filter(([newest]) => newest && clock.now() - Date.parse(newest.delivered_at) < pastMs);
    for (const [newest] of recent) if (newest) await client.rest.apps.redeliverWebhookDelivery({ delivery_id: newest.id });
    const times = recent.flat().map(({ delivered_at: at }) => Date.parse(at));
    return { asked: recent.length, oldestFailed: times.length === 0 ? null : Math.min(...times) };
  } catch (error) {
    throw translated(error, 'asking for missed deliveries', clock.now());
  }
}
