import { Hono, type Context } from 'hono';
import { resolveCommit } from '../git/commits.ts';
import { commentsOf, findRepository, fullName, runsAt, type CheckRun, type Repository, type World } from '../world.ts';
import { filePage } from './file-page.ts';
import { document, html, type Html, type Page } from './html.ts';

/** What the addresses in answers open in a browser: plain, readable, and nothing to press. */
export function pages(world: World): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
  });
  const page = (path: string, render: (repository: Repository, id: string) => Promise<Page | null> | Page | null, idOf = ({ req }: Context) => req.param('id') ?? ''): void => {
    app.get(`/:owner/:repo${path}`, async (context) => {
      const repository = findRepository(world, context.req.param('owner'), context.req.param('repo'));
      const found = repository && (await render(repository, idOf(context)));
      return found ? context.html(document(found.title, found.body)) : context.html(document('Not found', html`<h1>Not found</h1>`), 404);
    });
  };
  app.get('/', (context) => context.html(document('Local GitHub', homePage(world))));
  page('/blob/*', filePage, ({ req }) => decodeURIComponent(req.path.split('/').slice(4).join('/')));
  page('', repositoryPage);
  page('/pull/:id', pullPage);
  page('/commit/:id', commitPage);
  page('/commit/:id/checks', commitPage);
  page('/runs/:id', runPage);
  page('/deployments', deploymentsPage);
  page('/deployments/activity_log', deploymentsPage);
  return app;
}

function homePage(world: World): Html {
  const rows = [...world.repositories.values()].map((repository) => html`<tr><td><a href="/${fullName(repository)}">${fullName(repository)}</a></td></tr>`);
  return html`<h1>Repositories</h1><table>${rows}</table>`;
}

function repositoryPage(repository: Repository): Page {
  const pulls = [...repository.pulls.values()].toReversed().map((pull) => html`<tr><td><a href="/${fullName(repository)}/pull/${pull.number}">#${pull.number} ${pull.title}</a></td><td>${stateOf(pull)}</td></tr>`);
  const title = fullName(repository);
  return { title, body: html`<h1>${title}</h1><p><code>git clone</code> its address with <code>.git</code>, any user, a token as password.</p><p><a href="/${title}/deployments">Deployments</a></p><h2>Pull requests</h2><table>${pulls}</table>` };
}

function stateOf({ merged, state }: { readonly merged: object | null; readonly state: string }): string {
  return merged ? 'merged' : state;
}

function pullPage(repository: Repository, id: string): Page | null {
  const pull = repository.pulls.get(Number(id));
  if (!pull) return null;
  const comments = commentsOf(repository, pull.number).map((comment) => html`<h3 id="issuecomment-${comment.id}">${comment.author.login} <small>${comment.updatedAt}</small></h3><pre>${comment.body}</pre>`);
  const title = `#${pull.number} ${pull.title}`;
  const merged = pull.merged ? html`<h2>Checks of the merge</h2>${checksAt(repository, pull.merged.commit)}` : html``;
  return {
    title,
    body: html`<p>${repositoryLink(repository)}</p><h1>${title}</h1>
      <p><span class="state ${stateOf(pull)}">${stateOf(pull)}</span> ${pull.author.login} wants to merge <code>${pull.head.repository.owner.login}:${pull.head.ref}</code> into <code>${pull.base.ref}</code>, at <code>${pull.head.sha}</code></p>
      ${pull.body ? html`<pre>${pull.body}</pre>` : ''}<h2>Checks</h2>${checksAt(repository, pull.head.sha)}${merged}<h2>Comments</h2>${comments}`,
  };
}

function repositoryLink(repository: Repository): Html {
  return html`<a href="/${fullName(repository)}">${fullName(repository)}</a>`;
}

function checksAt(repository: Repository, sha: string): Html {
  const rows = runsAt(repository, sha).map((run) => html`<tr><td><a href="/${fullName(repository)}/runs/${run.id}">${run.name}</a></td><td><span class="state ${verdict(run)}">${verdict(run)}</span></td><td>${run.title ?? ''}</td></tr>`);
  return rows.length > 0 ? html`<table>${rows}</table>` : html`<p>None yet.</p>`;
}

function verdict(run: CheckRun): string {
  return run.conclusion ?? run.status;
}

async function commitPage(repository: Repository, id: string): Promise<Page | null> {
  const commit = await resolveCommit(repository.objects, id);
  if (!commit) return null;
  return { title: commit.sha, body: html`<p>${repositoryLink(repository)}</p><h1>${commit.sha.slice(0, 12)}</h1><p>${commit.author.name}, ${commit.author.date}</p><pre>${commit.message}</pre><h2>Checks</h2>${checksAt(repository, commit.sha)}` };
}

function runPage(repository: Repository, id: string): Page | null {
  const run = repository.runs.get(Number(id));
  if (!run) return null;
  const annotations = run.annotations.map((each) => html`<tr><td>${each.annotation_level}</td><td><code>${each.path}:${each.start_line}</code></td><td><b>${each.title ?? ''}</b> ${each.message}</td></tr>`);
  const actions = run.actions.map(({ label, description }) => html`<li>${label}: ${description}</li>`);
  return {
    title: run.name,
    body: html`<p>${repositoryLink(repository)}, <a href="/${fullName(repository)}/commit/${run.suite.headSha}">${run.suite.headSha.slice(0, 12)}</a></p>
      <h1>${run.name} <span class="state ${verdict(run)}">${verdict(run)}</span></h1><h2>${run.title ?? ''}</h2><pre>${run.summary ?? ''}</pre><table>${annotations}</table><ul>${actions}</ul><pre>${run.text ?? ''}</pre>`,
  };
}

function deploymentsPage(repository: Repository): Page {
  const rows = [...repository.deployments.values()].toReversed().map((deployment) => {
    const status = deployment.statuses.at(-1);
    return html`<tr><td>${deployment.environment}</td><td><a href="/${fullName(repository)}/commit/${deployment.sha}">${deployment.sha.slice(0, 12)}</a></td><td><span class="state ${status?.state ?? 'pending'}">${status?.state ?? 'pending'}</span></td><td>${status?.description ?? ''}</td><td>${status?.environmentUrl ?? ''}</td></tr>`;
  });
  return { title: 'Deployments', body: html`<p>${repositoryLink(repository)}</p><h1>Deployments</h1><table>${rows}</table>` };
}
