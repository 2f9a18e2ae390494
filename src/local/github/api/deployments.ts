import * as z from 'zod';
import { isAncestor, isoSeconds, type Commit } from '../git/commits.ts';
import { readRef } from '../git/refs.ts';
import { noCommit } from '../git/ref-name.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { moveRef } from '../pull-requests/follow.ts';
import { mergeCommit } from '../pull-requests/test-merge.ts';
import { nodeId } from '../render/account.ts';
import { renderDeployment, renderDeploymentStatus } from '../render/deployment.ts';
import { repositoryPage, repositoryUrl } from '../render/repository.ts';
import { deploymentStates, runsAt, type Deployment, type DeploymentStatus } from '../world.ts';
import { countedPageOf, created, noContent, numberParam, ok, onRepository, pageOf, param, parsed, type Answer, type Endpoint, type RepositoryCall } from './endpoint.ts';
import { commitOf } from './lookup.ts';
import { latestStatuses } from './statuses.ts';

const read = { app: ['deployments:read'], person: 'read' } as const;
const write = { app: ['deployments:write'], person: 'write' } as const;
const readEnvironments = { app: ['deployments:read', 'environments:read'], person: 'read' } as const;

export const deploymentEndpoints: readonly Endpoint[] = [
  onRepository('GET', '/deployments', read, list),
  onRepository('POST', '/deployments', write, create),
  onRepository('GET', '/deployments/:id', read, (call) => ok(renderDeployment(call.world, call.repository, deploymentOf(call)))),
  onRepository('DELETE', '/deployments/:id', write, remove),
  onRepository('GET', '/deployments/:id/statuses', read, listStatuses),
  onRepository('POST', '/deployments/:id/statuses', write, createStatus),
  onRepository('GET', '/deployments/:id/statuses/:status', read, getStatus),
  onRepository('GET', '/environments', readEnvironments, (call) => countedPageOf(call, 'environments', environmentsOf(call), (name) => renderEnvironment(call, name))),
  onRepository('GET', '/environments/:environment', readEnvironments, getEnvironment),
];

function deploymentOf(call: RepositoryCall): Deployment {
  const deployment = call.repository.deployments.get(numberParam(call, 'id'));
  if (!deployment) throw notFound();
  return deployment;
}

function list(call: RepositoryCall): Promise<Answer> {
  const wanted = ['sha', 'ref', 'task', 'environment'] as const;
  const found = [...call.repository.deployments.values()].filter((deployment) =>
    wanted.every((field) => {
      const value = call.query.get(field);
      return value === null || value === 'none' || deployment[field] === value;
    }),
  );
  return pageOf(call, found.toReversed(), (deployment) => renderDeployment(call.world, call.repository, deployment));
}

const newDeployment = z.object({
  ref: z.string().min(1),
  task: z.string().default('deploy'),
  auto_merge: z.boolean().default(true),
  required_contexts: z.array(z.string()).optional(),
  payload: z.union([z.record(z.string(), z.unknown()), z.string()]).default({}),
  environment: z.string().min(1).max(255).default('production'),
  description: z.string().max(140).nullable().default(null),
  transient_environment: z.boolean().default(false),
  production_environment: z.boolean().optional(),
});

async function create(call: RepositoryCall): Promise<Answer> {
  const { world, repository, sender } = call;
  const request = parsed(newDeployment, call.body);
  const commit = await deployedCommit(call, request.ref);
  if (request.auto_merge && (await isBehind(call, commit))) return autoMerge(call, request.ref, commit);
  refuseUnverified(call, request.ref, commit, request.required_contexts);
  const now = isoSeconds(world.now());
  const deployment: Deployment = {
    id: world.nextId(),
    sha: commit.sha,
    ref: request.ref,
    task: request.task,
    payload: request.payload,
    environment: request.environment,
    description: request.description,
    transient: request.transient_environment,
    production: request.production_environment ?? request.environment === 'production',
    creator: sender,
    createdAt: now,
    updatedAt: now,
    statuses: [],
  };
  repository.deployments.set(deployment.id, deployment);
  world.send({ name: 'deployment', repository, sender, payload: { action: 'created', deployment: renderDeployment(world, repository, deployment), workflow: null, workflow_run: null } });
  return created(renderDeployment(world, repository, deployment));
}

function deployedCommit(call: RepositoryCall, ref: string): Promise<Commit> {
  return commitOf(call, ref).catch((error: unknown) => {
    throw error instanceof HttpProblem ? new HttpProblem(422, `No ref found for: ${ref}`) : error;
  });
}

async function isBehind({ repository }: RepositoryCall, commit: Commit): Promise<boolean> {
  const main = await readRef(repository.directory, `refs/heads/${repository.defaultBranch}`);
  return main !== null && !(await isAncestor(repository.directory, main, commit.sha));
}

/**
 * GitHub merges the default branch into a branch that is behind and answers without a deployment: 202, or 409 when they conflict and
 * for what is no branch. https://github.com/atmos/hubot-deploy/issues/54, https://github.com/simplytestme/website/issues/130
 */
function autoMerge({ world, repository, sender }: RepositoryCall, ref: string, commit: Commit): Promise<Answer> {
  const { directory, defaultBranch } = repository;
  const branch = `refs/heads/${ref.replace(/^refs\/heads\//, '')}`;
  return repository.alone(async () => {
    const main = (await readRef(directory, `refs/heads/${defaultBranch}`)) ?? noCommit;
    const merge = { base: commit.sha, head: main, message: `Merge branch '${defaultBranch}' into ${ref}`, author: sender };
    const after = (await readRef(directory, branch)) === commit.sha ? await mergeCommit(world, repository, merge) : null;
    if (after === null) throw new HttpProblem(409, `Conflict merging ${defaultBranch} into ${ref}.`);
    await moveRef(world, repository, { ref: branch, before: commit.sha, after }, sender);
    return { status: 202, body: { message: `Auto-merged ${defaultBranch} into ${ref} on deployment.` } };
  });
}

/** Unless `required_contexts` is empty, statuses and checks of the commit have to be green. */
function refuseUnverified(call: RepositoryCall, ref: string, { sha }: Commit, required: readonly string[] | undefined): void {
  const statuses = latestStatuses(call.repository, sha).map(({ context, state }) => ({ context, ok: state === 'success' }));
  const checks = runsAt(call.repository, sha).map(({ name, conclusion }) => ({ context: name, ok: conclusion === 'success' || conclusion === 'neutral' || conclusion === 'skipped' }));
  const known = [...statuses, ...checks];
  const contexts = required ?? known.map(({ context }) => context);
  const bad = contexts.filter((context) => !known.some((each) => each.context === context && each.ok));
  if (bad.length === 0) return;
  throw new HttpProblem(409, `Conflict: Commit status checks failed for ${ref}.`, { errors: [{ contexts: known.map(({ context, ok }) => ({ context, state: ok ? 'success' : 'pending' })), resource: 'Deployment', field: 'required_contexts', code: 'invalid' }] });
}

function remove(call: RepositoryCall): Answer {
  const deployment = deploymentOf(call);
  const isActive = deployment.statuses.at(-1)?.state !== 'inactive';
  const isOnlyOne = [...call.repository.deployments.values()].every(({ id, environment }) => id === deployment.id || environment !== deployment.environment);
  if (isActive && !isOnlyOne) throw new HttpProblem(422, 'We cannot delete an active deployment unless it is the only deployment in a given environment.');
  call.repository.deployments.delete(deployment.id);
  return noContent;
}

/** Newest first. */
function listStatuses(call: RepositoryCall): Promise<Answer> {
  const deployment = deploymentOf(call);
  return pageOf(call, deployment.statuses.toReversed(), (status) => renderDeploymentStatus(call.world, call.repository, deployment, status));
}

function getStatus(call: RepositoryCall): Answer {
  const deployment = deploymentOf(call);
  const status = deployment.statuses.find(({ id }) => id === numberParam(call, 'status'));
  if (!status) throw notFound();
  return ok(renderDeploymentStatus(call.world, call.repository, deployment, status));
}

const newStatus = z.object({
  state: z.enum(deploymentStates),
  description: z.string().max(140).default(''),
  environment_url: z.union([z.url(), z.literal('')]).default(''),
  log_url: z.union([z.url(), z.literal('')]).optional(),
  target_url: z.union([z.url(), z.literal('')]).optional(),
  auto_inactive: z.boolean().default(true),
});

function createStatus(call: RepositoryCall): Answer {
  const { world, repository, sender } = call;
  const deployment = deploymentOf(call);
  const request = parsed(newStatus, call.body);
  const status: DeploymentStatus = {
    id: world.nextId(),
    state: request.state,
    description: request.description,
    environmentUrl: request.environment_url,
    logUrl: request.log_url ?? request.target_url ?? '',
    creator: sender,
    createdAt: isoSeconds(world.now()),
  };
  addStatus(call, deployment, status);
  if (request.state === 'success' && request.auto_inactive) retireOthers(call, deployment);
  return created(renderDeploymentStatus(world, repository, deployment, status));
}

function addStatus({ world, repository, sender }: RepositoryCall, deployment: Deployment, status: DeploymentStatus): void {
  deployment.statuses.push(status);
  deployment.updatedAt = status.createdAt;
  // GitHub tells nobody of these. https://docs.github.com/webhooks/webhook-events-and-payloads#deployment_status
  if (status.state === 'inactive') return;
  const payload = {
    action: 'created',
    deployment_status: renderDeploymentStatus(world, repository, deployment, status),
    deployment: renderDeployment(world, repository, deployment),
  };
  world.send({ name: 'deployment_status', repository, sender, payload });
}

/** A success makes the earlier deployments to the same environment inactive: neither transient nor production ones, as GitHub documents `auto_inactive`. */
function retireOthers(call: RepositoryCall, current: Deployment): void {
  for (const other of call.repository.deployments.values()) {
    const retires = other.id < current.id && other.environment === current.environment && !other.transient && !other.production;
    if (!retires || other.statuses.at(-1)?.state !== 'success') continue;
    addStatus(call, other, { id: call.world.nextId(), state: 'inactive', description: '', environmentUrl: '', logUrl: '', creator: call.sender, createdAt: isoSeconds(call.world.now()) });
  }
}

function environmentsOf({ repository }: RepositoryCall): string[] {
  return [...new Set([...repository.deployments.values()].map(({ environment }) => environment))];
}

function getEnvironment(call: RepositoryCall): Answer {
  const name = param(call, 'environment');
  if (!environmentsOf(call).includes(name)) throw notFound();
  return ok(renderEnvironment(call, name));
}

function renderEnvironment(call: RepositoryCall, name: string) {
  const { world, repository } = call;
  const deployments = [...repository.deployments.values()].filter(({ environment }) => environment === name);
  const id = Math.min(...deployments.map((deployment) => deployment.id));
  return {
    id,
    node_id: nodeId('Environment', id),
    name,
    url: `${repositoryUrl(world, repository)}/environments/${encodeURIComponent(name)}`,
    html_url: `${repositoryPage(world, repository)}/deployments`,
    created_at: deployments.at(0)?.createdAt,
    updated_at: deployments.at(-1)?.createdAt,
    protection_rules: [],
    deployment_branch_policy: null,
  };
}
