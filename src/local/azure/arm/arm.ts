import { groupNotFound, ok, refused } from '../answers.ts';
import { isJson } from '../http/read-request.ts';
import { sameName } from '../json.ts';
import type { AzureAnswer, AzureRequest, AzureService } from '../world.ts';
import type { Access } from './access.ts';
import { armOperation, armPath } from './arm-path.ts';
import type { GroupStore } from './groups.ts';
import { listed, type ListedResource } from './listing.ts';

interface ArmOptions {
  readonly subscription: string;
  readonly tenantId: string;
  readonly access: Access;
  readonly groups: GroupStore;
  /** By namespace, lower case. */
  readonly providers: ReadonlyMap<string, AzureService>;
  /** Every resource of the subscription, as ARM's own index shows it. */
  readonly resources: (request: AzureRequest) => Promise<readonly ListedResource[]>;
}

/** Azure Resource Manager: what it decides itself, before and around the providers. */
export function azureResourceManager(options: ArmOptions): AzureService {
  return async (request) => {
    const early = refusalOf(request, options);
    if (early) return early;
    const { provider } = armPath(request.segments);
    if (provider === null) return own(request, options);
    const service = options.providers.get(provider);
    if (service === undefined) return null;
    return registration(request) ?? service(request);
  };
}

function refusalOf({ method, segments, query, principalId, headers, body }: AzureRequest, { subscription, access, groups }: ArmOptions): AzureAnswer | null {
  const version = query.get('api-version');
  if (!version) return refused(400, 'MissingApiVersionParameter', 'The api-version query parameter (?api-version=) is required for all requests.');
  if (!/^\d{4}-\d{2}-\d{2}(-[a-z]+)?$/i.test(version)) return refused(400, 'InvalidApiVersionParameter', `The api-version '${version}' is invalid. The supported versions are dates.`);
  const mediaType = headers['content-type'] ?? '<null>';
  // azure-cli#10143, #13056
  if (body !== null && !isJson(mediaType)) return refused(415, 'UnsupportedMediaType', `The content media type '${mediaType}' is not supported. Only 'application/json' is supported.`);
  const path = armPath(segments);
  if (path.subscription !== null && !sameName(path.subscription, subscription)) {
    return refused(404, 'SubscriptionNotFound', `The subscription '${path.subscription}' could not be found.`);
  }
  const { action, scope } = armOperation(method, segments);
  // Above subscriptions only role assignments are modelled; the rest answers 501 to everybody.
  if (path.subscription === null && path.provider !== 'microsoft.authorization') return null;
  if (!access.allows(principalId, 'actions', action, scope)) return notAuthorized(principalId, action, scope);
  if (path.resourceGroup !== null && path.provider !== null && groups.get(path.resourceGroup) === null) return groupNotFound(path.resourceGroup);
  return null;
}

function notAuthorized(principalId: string, action: string, scope: string): AzureAnswer {
  const message =
    `The client '${principalId}' with object id '${principalId}' does not have authorization to perform action '${action}' over scope '${scope}' ` +
    'or the scope is invalid. If access was recently granted, please refresh your credentials.';
  return refused(403, 'AuthorizationFailed', message);
}

/** Subscriptions, resource groups and the index of resources. */
async function own(request: AzureRequest, options: ArmOptions): Promise<AzureAnswer | null> {
  const { method, segments } = request;
  const [first = '', , kind = '', name = null, sub = null, ...more] = segments;
  if (!sameName(first, 'subscriptions') || more.length > 0) return null;
  if (segments.length < 3) return method === 'GET' ? subscriptions(segments.length === 1, options) : null;
  if (sameName(kind, 'resources') && name === null) return index(request, null, options);
  if (!sameName(kind, 'resourceGroups')) return null;
  if (sub === null) return options.groups.handle(request, name);
  return sameName(sub, 'resources') ? index(request, name, options) : null;
}

async function index(request: AzureRequest, group: string | null, { groups, resources }: ArmOptions): Promise<AzureAnswer | null> {
  if (request.method !== 'GET') return null;
  if (group !== null && groups.get(group) === null) return groupNotFound(group);
  const all = await resources(request);
  return listed(request, group === null ? all : all.filter(({ id }) => sameName(id.split('/')[4] ?? '', group)));
}

function subscriptions(all: boolean, { subscription: subscriptionId, tenantId }: ArmOptions): AzureAnswer {
  const shown = { id: `/subscriptions/${subscriptionId}`, subscriptionId, tenantId, displayName: 'Trueup local Azure', state: 'Enabled', authorizationSource: 'RoleBased' };
  return ok(all ? { value: [shown] } : shown);
}

/** `GET /subscriptions/<id>/providers/<namespace>`: clients ask before they use one. */
function registration({ method, segments }: AzureRequest): AzureAnswer | null {
  const [, subscription = '', word = '', namespace = ''] = segments;
  if (segments.length !== 4 || !sameName(word, 'providers') || method !== 'GET') return null;
  return ok({ id: `/subscriptions/${subscription}/providers/${namespace}`, namespace, registrationState: 'Registered', registrationPolicy: 'RegistrationRequired', resourceTypes: [] });
}
