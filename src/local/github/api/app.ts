import * as z from 'zod';
import { issueInstallationToken, suspended } from '../auth/tokens.ts';
import { coversRepository } from '../auth/permissions.ts';
import type { Deliveries, Delivery } from '../events/deliveries.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { renderApp, renderInstallation, renderInstallationToken } from '../render/app.ts';
import { renderRepository } from '../render/repository.ts';
import { findRepository, permissionNames, type Installation, type InstallationToken, type Permissions, type PermissionName, type Repository } from '../world.ts';
import { countedPageOf, created, numberParam, ok, page, pageOf, param, parsed, refuseUnmodelled, type Call, type Endpoint } from './endpoint.ts';

/** What an App does about itself, with its JWT. */
export function appEndpoints(deliveries: Deliveries): readonly Endpoint[] {
  return [
    { method: 'GET', path: '/app', for: 'app', handle: ({ world }) => ok(renderApp(world)) },
    { method: 'GET', path: '/app/installations', for: 'app', handle: listInstallations },
    { method: 'GET', path: '/app/installations/:id', for: 'app', handle: (call) => ok(renderInstallation(call.world, installation(call))) },
    { method: 'POST', path: '/app/installations/:id/access_tokens', for: 'app', handle: accessToken },
    { method: 'GET', path: '/app/hook/deliveries', for: 'app', handle: (call) => listDeliveries(call, deliveries) },
    { method: 'GET', path: '/app/hook/deliveries/:id', for: 'app', handle: (call) => ok(renderDelivery(delivery(call, deliveries), true)) },
    { method: 'POST', path: '/app/hook/deliveries/:id/attempts', for: 'app', handle: (call) => redeliver(call, deliveries) },
    { method: 'GET', path: '/repos/:owner/:repo/installation', for: 'app', handle: repositoryInstallation },
    { method: 'GET', path: '/installation/repositories', for: 'installation', handle: listRepositories },
  ];
}

function listInstallations(call: Call) {
  refuseUnmodelled(call, ['since', 'outdated']);
  return pageOf(call, installations(call), (item) => renderInstallation(call.world, item));
}

function installations({ world }: Call): Installation[] {
  return world.installation ? [world.installation] : [];
}

export function installation(call: Call): Installation {
  const found = installations(call).find(({ id }) => id === numberParam(call, 'id'));
  if (!found) throw notFound();
  return found;
}

function repositoryInstallation(call: Call) {
  const repository = findRepository(call.world, param(call, 'owner'), param(call, 'repo'));
  const found = repository && installations(call).find(({ repositories }) => repositories.has(repository.id));
  if (!found) throw notFound();
  return ok(renderInstallation(call.world, found));
}

const tokenRequest = z.object({
  repositories: z.array(z.string()).max(500).optional(),
  repository_ids: z.array(z.number().int()).max(500).optional(),
  permissions: z.partialRecord(z.enum(permissionNames), z.enum(['read', 'write'])).optional(),
});

function accessToken(call: Call) {
  const { world } = call;
  const target = installation(call);
  if (target.suspended) throw suspended();
  const request = parsed(tokenRequest, call.body);
  const narrowed = request.repositories || request.repository_ids ? narrowedRepositories(call, target, request) : null;
  const permissions = request.permissions ? narrowedPermissions(world.app.permissions, request.permissions) : world.app.permissions;
  const { secret, token } = issueInstallationToken(world, target, { permissions, repositories: narrowed && new Set(narrowed.map(({ id }) => id)) });
  return created(renderInstallationToken(secret, token, narrowed?.map((repository) => renderRepository(world, repository)) ?? null));
}

function narrowedRepositories({ world }: Call, target: Installation, request: z.infer<typeof tokenRequest>): Repository[] {
  const covered = [...target.repositories].flatMap((id) => world.repositories.get(id) ?? []);
  const wanted = [
    ...(request.repository_ids ?? []).map((id) => covered.find((repository) => repository.id === id)),
    ...(request.repositories ?? []).map((name) => covered.find((repository) => repository.name.toLowerCase() === name.toLowerCase())),
  ];
  return wanted.map((repository) => {
    if (!repository) throw new HttpProblem(422, 'There is at least one repository that does not exist or is not accessible to the parent installation.');
    return repository;
  });
}

function narrowedPermissions(held: Permissions, wanted: Permissions): Permissions {
  // The keys passed the schema of permission names.
  for (const [name, level] of Object.entries(wanted) as [PermissionName, string][]) {
    if (held[name] === 'write' || held[name] === level) continue;
    throw new HttpProblem(422, 'The permissions requested are not granted to this installation.');
  }
  return { metadata: 'read', ...wanted };
}

function listRepositories(call: Call) {
  const { world, actor } = call;
  // The endpoint is for installations only.
  const token = actor as InstallationToken;
  const covered = [...world.repositories.values()].filter((repository) => coversRepository(token, repository));
  return countedPageOf(call, 'repositories', covered, (repository) => renderRepository(world, repository));
}

function listDeliveries(call: Call, deliveries: Deliveries) {
  const after = call.query.get('cursor');
  const all = deliveries.list();
  const rest = after === null ? all : all.filter(({ id }) => id < Number(after.replace(/^v1_/, '')));
  const wanted = call.query.get('status');
  const failedOnly = rest.filter(({ statusCode }) => wanted === null || (wanted === 'success') === (statusCode >= 200 && statusCode < 300));
  const { items } = page({ ...call, query: new URLSearchParams({ per_page: call.query.get('per_page') ?? '30' }) }, failedOnly);
  const last = items.at(-1);
  const next = last && items.length < failedOnly.length ? deliveriesLink(call, last) : null;
  return { status: 200, body: items.map((item) => renderDelivery(item, false)), headers: next ? { link: next } : {} };
}

function deliveriesLink(call: Call, last: Delivery): string {
  const query = new URLSearchParams(call.query);
  query.set('cursor', `v1_${last.id}`);
  return `<${call.url}?${query}>; rel="next"`;
}

function delivery(call: Call, deliveries: Deliveries): Delivery {
  const found = deliveries.list().find(({ id }) => id === numberParam(call, 'id'));
  if (!found) throw notFound();
  return found;
}

function redeliver(call: Call, deliveries: Deliveries) {
  deliveries.redeliver(delivery(call, deliveries));
  return { status: 202, body: {} };
}

function renderDelivery(item: Delivery, whole: boolean) {
  return {
    id: item.id,
    guid: item.guid,
    delivered_at: item.deliveredAt,
    redelivery: item.redelivery,
    duration: item.duration,
    status: item.status,
    status_code: item.statusCode,
    event: item.event,
    action: item.action,
    installation_id: item.installationId,
    repository_id: item.repositoryId,
    throttled_at: null,
    ...(whole && {
      url: item.url,
      request: { headers: item.request.headers, payload: JSON.parse(item.request.body) as unknown },
      response: { headers: item.response.headers, payload: item.response.body },
    }),
  };
}
