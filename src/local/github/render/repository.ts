import { forksOf, fullName, type Repository, type Role, type World } from '../world.ts';
import { nodeId, renderAccount } from './account.ts';

export function repositoryUrl(world: World, repository: Repository): string {
  return `${world.api}/repos/${fullName(repository)}`;
}

export function repositoryPage(world: World, repository: Repository): string {
  return `${world.origin}/${fullName(repository)}`;
}

/** What an installation's events say of a repository. */
export function renderRepositoryName(repository: Repository) {
  return { id: repository.id, node_id: nodeId('Repository', repository.id), name: repository.name, full_name: fullName(repository), private: true };
}

function addresses(url: string) {
  return {
    forks_url: `${url}/forks`,
    keys_url: `${url}/keys{/key_id}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    teams_url: `${url}/teams`,
    hooks_url: `${url}/hooks`,
    issue_events_url: `${url}/issues/events{/number}`,
    events_url: `${url}/events`,
    assignees_url: `${url}/assignees{/user}`,
    branches_url: `${url}/branches{/branch}`,
    tags_url: `${url}/tags`,
    blobs_url: `${url}/git/blobs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    trees_url: `${url}/git/trees{/sha}`,
    statuses_url: `${url}/statuses/{sha}`,
    languages_url: `${url}/languages`,
    stargazers_url: `${url}/stargazers`,
    contributors_url: `${url}/contributors`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    commits_url: `${url}/commits{/sha}`,
    git_commits_url: `${url}/git/commits{/sha}`,
    comments_url: `${url}/comments{/number}`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    contents_url: `${url}/contents/{+path}`,
    compare_url: `${url}/compare/{base}...{head}`,
    merges_url: `${url}/merges`,
    archive_url: `${url}/{archive_format}{/ref}`,
    downloads_url: `${url}/downloads`,
    issues_url: `${url}/issues{/number}`,
    pulls_url: `${url}/pulls{/number}`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    labels_url: `${url}/labels{/name}`,
    releases_url: `${url}/releases{/id}`,
    deployments_url: `${url}/deployments`,
  };
}

export function renderRepository(world: World, repository: Repository) {
  const page = repositoryPage(world, repository);
  const url = repositoryUrl(world, repository);
  const open = [...repository.pulls.values()].filter(({ state }) => state === 'open').length;
  const forks = forksOf(world, repository).length;
  return {
    ...renderRepositoryName(repository),
    owner: renderAccount(world, repository.owner),
    html_url: page,
    description: null,
    fork: repository.parent !== null,
    url,
    ...addresses(url),
    created_at: repository.createdAt,
    updated_at: repository.pushedAt,
    pushed_at: repository.pushedAt,
    git_url: `${page}.git`,
    ssh_url: `${page}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: false,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: forks,
    mirror_url: null,
    archived: repository.archived,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: 'private',
    forks,
    open_issues: open,
    watchers: 0,
    default_branch: repository.defaultBranch,
  };
}

/** Events and the repository itself say these, other answers do not. */
export const customProperties = { custom_properties: {} };

export function renderRepositoryOfEvent(world: World, repository: Repository) {
  return { ...renderRepository(world, repository), ...customProperties };
}

/** The sides of a pull request say these too. */
export const mergeSettings = {
  allow_merge_commit: true,
  allow_squash_merge: true,
  allow_rebase_merge: true,
  allow_auto_merge: false,
  allow_update_branch: false,
  use_squash_pr_title_as_default: false,
  squash_merge_commit_title: 'COMMIT_OR_PR_TITLE' as const,
  squash_merge_commit_message: 'COMMIT_MESSAGES' as const,
  merge_commit_title: 'MERGE_MESSAGE' as const,
  merge_commit_message: 'PR_TITLE' as const,
  delete_branch_on_merge: false,
};

/** `GET /repos/…`: with what the caller may do and where a fork comes from. */
export function renderRepositoryDetails(world: World, repository: Repository, role: Role | null) {
  const parent = repository.parent && renderRepository(world, repository.parent);
  return {
    ...renderRepository(world, repository),
    ...mergeSettings,
    ...customProperties,
    permissions: renderRole(role),
    network_count: 0,
    subscribers_count: 0,
    ...(parent && { parent, source: parent }),
    ...(repository.owner.type === 'Organization' && { organization: renderAccount(world, repository.owner) }),
  };
}

export function renderRole(role: Role | null) {
  return { admin: role === 'admin', maintain: role === 'admin', push: role === 'admin' || role === 'write', triage: role === 'admin' || role === 'write', pull: role !== null };
}
