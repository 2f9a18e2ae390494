import * as z from 'zod';
import type { ActivityLog, OutsideWrite } from '../../contexts/drift-detection/ports.ts';
import type { Clock } from '../../kernel/ports.ts';
import type { Call, CallOptions, Calls } from './calls.ts';
import type { Clients } from './clients.ts';
import { callTo } from './container-apps.ts';
import { armPath } from './names.ts';
import type { OwnIdentity } from './own-identity.ts';
import { unexpectedAnswer } from './translate.ts';

/** Azure keeps 90 days and refuses a start before them. */
const longestMs = 89 * 86_400_000;
/** More than a busy group writes in that time: a list that does not end is an error, not work. */
const mostPages = 1000;
const longestWho = 200;

export function activityLog(clients: Clients, calls: Calls, own: OwnIdentity, clock: Clock): ActivityLog {
  return {
    async writes(tenant, place, since, signal) {
      const from = new Date(Math.max(Date.parse(since), clock.now() - longestMs)).toISOString();
      // The few patterns that the service takes: https://learn.microsoft.com/azure/azure-monitor/essentials/rest-activity-log
      const filter = `eventTimestamp ge '${from}' and resourceGroupName eq '${armPath`${place.resourceGroup}`}'`;
      const call: Call = { ...callTo('activityLog.list', tenant, place, signal), service: 'monitor' };
      return calls(call, async (options) => {
        const ours = await own(options.abortSignal);
        const operations = new Map<string, Operation>();
        for await (const event of eventsOf(clients, place.subscription, filter, options)) noted(operations, event, ours);
        return [...operations.values()].filter(({ isAccepted, isFailed }) => isAccepted && !isFailed).map(({ write }) => write);
      });
    },
    async isOurs(tenant, who, signal) {
      const ours = await calls({ operation: 'identity.own', tenant, touches: {}, signal, service: 'identity' }, ({ abortSignal }) => own(abortSignal));
      return ours.has(who.toLowerCase());
    },
  };
}

async function* eventsOf(clients: Clients, subscription: string, filter: string, options: CallOptions): AsyncGenerator<unknown> {
  let pages = 0;
  for await (const page of clients.of(subscription).monitor.activityLogs.list(filter, options).byPage()) {
    if (++pages > mostPages) throw unexpectedAnswer('activityLog.list');
    yield* page;
    // The client asks for later pages without the signal.
    options.abortSignal.throwIfAborted();
  }
}

/** All that is read of an event. Claims hold more about a person than anybody here needs. */
const administrative = z.object({
  category: z.object({ value: z.literal('Administrative') }),
  caller: z.string().min(1),
  claims: z.object({ 'http://schemas.microsoft.com/identity/claims/objectidentifier': z.string().optional() }).optional(),
  operationName: z.object({ value: z.string().min(1) }),
  resourceId: z.string().min(1),
  correlationId: z.string().min(1),
  status: z.object({ value: z.string() }),
  eventTimestamp: z.date(),
});

interface Operation {
  readonly write: OutsideWrite;
  readonly isAccepted: boolean;
  readonly isFailed: boolean;
}

/** The events of one operation share its correlation; a template deployment has one for all that it writes. Health, policy and autoscale events have no writer. */
function noted(operations: Map<string, Operation>, event: unknown, ours: ReadonlySet<string>): void {
  const { data } = administrative.safeParse(event);
  if (data === undefined) return;
  const { caller, claims, operationName, resourceId, correlationId, status } = data;
  const key = `${correlationId}|${operationName.value}|${resourceId}`.toLowerCase();
  const at = data.eventTimestamp.toISOString();
  const before = operations.get(key);
  const objectId = claims?.['http://schemas.microsoft.com/identity/claims/objectidentifier'] ?? '';
  const isOurs = [caller, objectId].some((id) => ours.has(id.toLowerCase()));
  const first = before !== undefined && before.write.at < at ? before.write.at : at;
  operations.set(key, {
    write: { id: key, app: appOf(resourceId), resource: resourceId, who: caller.slice(0, longestWho), at: first, operation: operationName.value, isOurs },
    isAccepted: before?.isAccepted === true || status.value === 'Accepted' || status.value === 'Succeeded',
    isFailed: before?.isFailed === true || status.value === 'Failed',
  });
}

function appOf(resource: string): string | null {
  return /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.app\/containerapps\/([^/]+)/i.exec(resource)?.[1] ?? null;
}
