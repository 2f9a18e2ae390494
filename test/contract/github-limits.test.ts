import { request as httpRequest, type ClientRequest } from 'node:http';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, describe, expect, test } from 'vitest';
import { isContent } from '../../src/local/github/api/secondary-limit.ts';
import { defaultLimits, type Limits } from '../../src/local/github/limits.ts';
import { tickingGitHub, type PlainAnswer, type TickingGitHub } from '../support/ticking-github.ts';
import { heldTotals } from '../support/totals.ts';

// Figures and texts: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api and the threads named in src/local/github/api.
const require = createRequire(import.meta.url);
const minute = 60_000;
const hour = 60 * minute;
const secondary = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
const blocked = 'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.';

let limits = 0;
afterAll(() => heldTotals('github-limits', { limits }));

/** The documented limits, whatever the tests' bench has. */
const documented = (more: Partial<Limits> = {}) => tickingGitHub({ limits: more });

describe.concurrent('the primary limit', () => {
  type Who = (github: TickingGitHub) => Promise<string | undefined>;
  const person: Who = async ({ bench }) => bench.github.token;
  const installation: Who = ({ installationToken }) => installationToken();
  const nobody: Who = async () => undefined;

  test.each<{ reason: string; who: Who; lowered: Partial<Limits>; documentedPerHour: number; name: (github: TickingGitHub) => string }>([
    { reason: 'a person', who: person, lowered: { personPerHour: 3 }, documentedPerHour: 5000, name: () => 'user ID ' },
    { reason: 'an installation', who: installation, lowered: { installationPerHour: 3 }, documentedPerHour: 5000, name: ({ repository }) => `installation ID ${repository.installationId}.` },
    { reason: 'nobody, by address', who: nobody, lowered: { anonymousPerHour: 3 }, documentedPerHour: 60, name: () => "127.0.0.1. (But here's the good news: " },
  ])('of $reason: so many requests an hour, then 403 until the hour is over', async ({ who, lowered, documentedPerHour, name }) => {
    expect(Object.keys(lowered).map((field) => defaultLimits[field as keyof Limits])).toEqual([documentedPerHour]); // its keys are those of Limits
    await using github = await documented(lowered);
    const token = await who(github);
    const read = (): Promise<PlainAnswer> => github.call('GET', github.path, token);
    const first = await read();
    expect([first.headers.get('x-ratelimit-limit'), first.headers.get('x-ratelimit-remaining'), first.headers.get('x-ratelimit-used'), first.headers.get('x-ratelimit-resource')]).toEqual(['3', '2', '1', 'core']);
    await read();
    const last = await read();
    expect(last.status).not.toBe(403);
    expect(last.headers.get('x-ratelimit-remaining')).toBe('0');
    const beyond = await read();
    expect(beyond).toMatchObject({ status: 403, body: { documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api', status: '403' } });
    expect(beyond.message).toContain(`API rate limit exceeded for ${name(github)}`);
    expect([beyond.headers.get('x-ratelimit-remaining'), beyond.headers.get('x-ratelimit-used'), beyond.headers.get('retry-after')]).toEqual(['0', '3', null]);
    github.advance(hour + 1000);
    expect((await github.call('GET', github.path, token === undefined ? undefined : await who(github))).status).toBe(first.status);
    limits += 1;
  });

  test.each<{ reason: string; perHour: number; steps: readonly { repositories: number; people: number; perHour: number }[] }>([
    {
      reason: 'grows by 50 for each repository and each person above 20, to 12,500 at most',
      perHour: 5000,
      steps: [{ repositories: 20, people: 20, perHour: 5000 }, { repositories: 22, people: 20, perHour: 5100 }, { repositories: 22, people: 23, perHour: 5250 }, { repositories: 22, people: 168, perHour: 12_500 }, { repositories: 22, people: 170, perHour: 12_500 }],
    },
    { reason: 'does not grow on Enterprise Cloud', perHour: 15_000, steps: [{ repositories: 1, people: 25, perHour: 15_000 }] },
  ])('of an installation $reason', async ({ perHour: installationPerHour, steps }) => {
    await using github = await documented({ installationPerHour });
    const token = await github.installationToken();
    let [repositories, people] = [1, 1];
    for (const step of steps) {
      for (; repositories < step.repositories; repositories += 1) await github.bench.github.createRepository(`more-${repositories}`, { 'a.yaml': '' });
      for (; people < step.people; people += 1) await github.bench.github.addUser(`person-${people}`, 'read');
      expect((await github.call('GET', github.path, token)).headers.get('x-ratelimit-limit')).toBe(String(step.perHour));
      limits += 1;
    }
  });

  test('a 304 gives its request back, and all tokens of an installation share one hour', async () => {
    await using github = await documented();
    const [one, other] = [await github.installationToken(), await github.installationToken()];
    const first = await github.call('GET', github.path, one);
    const again = await github.call('GET', github.path, one, undefined, { 'if-none-match': first.headers.get('etag') ?? '' });
    expect([again.status, again.headers.get('x-ratelimit-used'), again.headers.get('x-ratelimit-remaining')]).toEqual([304, '1', '4999']);
    expect((await github.call('GET', github.path, other)).headers.get('x-ratelimit-used')).toBe('2');
    limits += 1;
  });

  test('credentials that are not good count nowhere and name no limit; none at all do', async () => {
    await using github = await documented();
    const bad = await github.call('GET', '/user', 'ghp_nobody');
    expect([bad.status, bad.message, bad.headers.get('x-ratelimit-limit')]).toEqual([401, 'Bad credentials', null]);
    const none = await github.call('GET', '/user');
    expect([none.status, none.message, none.headers.get('x-ratelimit-limit'), none.headers.get('x-ratelimit-used')]).toEqual([401, 'Requires authentication', '60', '1']);
    limits += 1;
  });
});

describe.concurrent('the secondary limits', () => {
  const edit = (github: TickingGitHub): Promise<PlainAnswer> => github.call('PATCH', `${github.path}/issues/comments/1`, github.bench.github.token, { body: 'x' });
  const read = (github: TickingGitHub): Promise<PlainAnswer> => github.call('GET', github.path, github.bench.github.token);

  test('900 points a minute: 5 for a writing request, 1 for a reading one', async () => {
    await using github = await documented();
    for (let count = 0; count < 179; count += 1) expect((await edit(github)).status).toBe(404);
    for (let count = 0; count < 5; count += 1) expect((await read(github)).status).toBe(200);
    const beyond = await read(github);
    expect(beyond).toMatchObject({ status: 403, message: secondary, body: { documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits' } });
    expect(beyond.headers.get('retry-after')).toBe('60');
    expect(Number(beyond.headers.get('x-ratelimit-remaining'))).toBeGreaterThan(0);
    github.advance(minute - 1);
    expect((await read(github)).status).toBe(403);
    github.advance(1);
    expect((await read(github)).status).toBe(200);
    limits += 1;
  });

  test('80 requests a minute and 500 an hour that make content; edits go on', async () => {
    await using github = await documented();
    const { token } = github.bench.github;
    const { body: main } = await github.call('GET', `${github.path}/git/ref/heads/main`, token);
    const make = (): Promise<PlainAnswer> => github.call('POST', `${github.path}/statuses/${main.object.sha}`, token, { state: 'success' });
    const makeAll = async (count: number): Promise<void> => {
      for (let made = 0; made < count; made += 1) expect((await make()).status).toBe(201);
    };
    await makeAll(80);
    const next = await make();
    expect([next.status, next.message, next.headers.get('retry-after')]).toEqual([403, blocked, '60']);
    expect((await edit(github)).status).toBe(404);
    for (const count of [80, 80, 80, 80, 80, 20]) {
      github.advance(minute);
      await makeAll(count);
    }
    github.advance(minute);
    const beyond = await make();
    expect([beyond.status, beyond.message]).toEqual([403, blocked]);
    github.advance(Number(beyond.headers.get('retry-after')) * 1000);
    expect((await make()).status).toBe(201);
    limits += 2;
  });

  test('100 requests under way at once; the next has no retry-after', async ({ expect }) => {
    await using github = await documented();
    const held = Array.from({ length: 100 }, () => unfinished(github));
    await expect.poll(async () => (await read(github)).status).toBe(403);
    const beyond = await read(github);
    expect([beyond.status, beyond.message, beyond.headers.get('retry-after')]).toEqual([403, secondary, null]);
    held[0]?.end('"x"}');
    await expect.poll(async () => (await read(github)).status).toBe(200);
    for (const request of held) request.destroy();
    limits += 1;
  });

  test('one caller at its limit is not another\'s', async () => {
    await using github = await documented({ pointsPerMinute: 5 });
    for (const status of [200, 200, 200, 200, 200, 403]) expect((await read(github)).status).toBe(status);
    expect((await github.call('GET', github.path, await github.installationToken())).status).toBe(200);
    limits += 1;
  });

  /** A request whose body has not all arrived. */
  function unfinished({ bench, path }: TickingGitHub): ClientRequest {
    const request = httpRequest(`${bench.github.api}${path}/issues/comments/1`, { method: 'PATCH', headers: { authorization: `Bearer ${bench.github.token}` } });
    request.on('error', () => undefined).on('response', (answer) => answer.resume());
    request.write('{"body":');
    return request;
  }
});

interface Operation {
  readonly 'x-github'?: { readonly triggersNotification?: boolean };
}

test('every POST and PUT in a repository that GitHub marks as making content too quickly is counted as content', () => {
  // The file is GitHub's own description of its API: paths of methods.
  const { paths: described } = JSON.parse(readFileSync(require.resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8')) as { paths: Record<string, Record<string, Operation>> };
  const paths = Object.entries(described);
  const marked = paths.flatMap(([path, methods]) => Object.entries(methods).flatMap(([method, operation]) => (operation['x-github']?.triggersNotification ? [`${method.toUpperCase()} ${path}`] : [])));
  const making = marked.filter((operation) => /^(POST|PUT) \/repos\//.test(operation));
  expect(making).toContain('POST /repos/{owner}/{repo}/pulls');
  expect(making.map((operation) => operation.split(' ', 2)).filter(([method = '', path = '']) => !isContent(method, path))).toEqual([]);
  expect([isContent('PATCH', '/repos/o/r/pulls/1'), isContent('GET', '/repos/o/r'), isContent('POST', '/app/installations/1/access_tokens')]).toEqual([false, false, false]);
});
