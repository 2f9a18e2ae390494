import { armPath } from '../arm/arm-path.ts';
import { paged } from '../arm/listing.ts';
import type { AzureAnswer, AzureService, LocalClock } from '../world.ts';
import type { ActivityLog } from './activity-log.ts';
import { isWanted, readActivityFilter } from './activity-query.ts';
import { activityView, selected } from './activity-view.ts';

interface ActivityOptions {
  readonly log: Pick<ActivityLog, 'events'>;
  readonly clock: Pick<LocalClock, 'now'>;
  readonly subscription: string;
  readonly tenantId: string;
}

const pageSize = 100;

/** `GET /subscriptions/<id>/providers/Microsoft.Insights/eventtypes/management/values`. */
export function activityProvider({ log, clock, subscription, tenantId }: ActivityOptions): AzureService {
  return (request) => {
    const { rest, resourceGroup } = armPath(request.segments);
    if (rest.join('/').toLowerCase() !== 'eventtypes/management/values' || resourceGroup !== null || request.method !== 'GET') return null;
    const query = readActivityFilter(request.query.get('$filter') ?? '', clock.now());
    if (query === null) return null;
    if ('refusal' in query) return badFilter(query.refusal);
    const names = (request.query.get('$select') ?? '').split(',').filter(Boolean);
    const found = log.events().filter((event) => isWanted(event, query));
    return paged(request, found, pageSize, (event) => selected(activityView(event, { subscription, tenantId }), names));
  };
}

/** With capitals, and in no `error`: recorded by the CLI's own tests of this call. */
function badFilter(message: string): AzureAnswer {
  return { status: 400, body: { Code: 'BadRequest', Message: message } };
}
