import { afterAll, describe, expect, it } from 'vitest';
import { appsUnderTest, until, type AppsUnderTest } from '../../../../test/support/apps-under-test.ts';
import { hasRecordings, interactionsOf, recordingFiles, recordingsFolder, type Interaction } from '../../../../test/support/azure-recordings.ts';

interface Flow {
  readonly file: string;
  readonly app: string;
  readonly interactions: readonly Interaction[];
}

const appPath = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)\/providers\/Microsoft\.App\/containerApps\/([^/]+)$/i;

/** What recordings say about one container app, in order: writes and reads of the app itself, from its first PUT on. */
function flowsOf(file: string): readonly Flow[] {
  const own = interactionsOf(file).filter(({ request }) => appPath.test(new URL(request.url).pathname));
  const names = new Set(own.map(({ request }) => new URL(request.url).pathname));
  return [...names].flatMap((app) => {
    const about = own.filter(({ request }) => new URL(request.url).pathname === app);
    const first = about.findIndex(({ request, response }) => request.method === 'PUT' && response.status === 201);
    return first === -1 ? [] : [{ file, app: app.split('/').at(-1) ?? '', interactions: about.slice(first).filter(({ request }) => request.method !== 'DELETE') }];
  });
}

const flows = recordingFiles().filter((file) => !file.includes('error')).flatMap(flowsOf);

/** What differs from run to run, or was removed by whoever recorded. */
const volatile = /"(systemData|outboundIpAddresses|customDomainVerificationId|principalId|clientId|eventStreamEndpoint)":/;

/** Sorted lines of `path: value`, so that a difference reads well. Domains and revision names become what they stand for. */
function lines(body: unknown, path = ''): readonly string[] {
  if (Array.isArray(body)) return body.length === 0 ? [`${path}: []`] : body.flatMap((item, index) => lines(item, `${path}[${index}]`));
  if (typeof body === 'object' && body !== null) {
    return Object.entries(body)
      .filter(([key]) => !volatile.test(`"${key}":`))
      .flatMap(([key, value]) => lines(value, path === '' ? key : `${path}.${key}`))
      .toSorted();
  }
  return [`${path}: ${masked(JSON.stringify(body))}`];
}

/** Came to this version of the API between April and May 2024: both are on record. */
function settledLater(line: string): boolean {
  return line === 'properties.configuration.identitySettings: []';
}

/** Some regions ran a build that answers a PUT as it answers a read; the younger build, which is modelled, echoes what was sent. */
function isOlderBuild(body: unknown): boolean {
  return lines(body).includes('properties.latestRevisionName: ""');
}

function shown(status: number, body: unknown): { readonly status: number; readonly body: readonly string[] } {
  return { status, body: lines(body ?? null).filter((line) => !settledLater(line)) };
}

function masked(text: string): string {
  return text
    .replaceAll(/[a-z]+-[0-9a-f]{8}\.[a-z0-9]+\.azurecontainerapps\.io/g, '<domain>')
    .replaceAll(/--[0-9a-z]{7}(?=["."])/g, '--<suffix>')
    .replaceAll(/\/subscriptions\/[0-9a-f-]+\//g, '/subscriptions/<id>/');
}

async function ensureEnvironment(azure: AppsUnderTest, write: Interaction): Promise<void> {
  const id = (write.request.body as { properties: { environmentId?: string } }).properties.environmentId ?? '';
  const { location } = write.request.body as { location: string };
  await azure.settle('PUT', id, { location, properties: { workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }] } });
}

describe.skipIf(!hasRecordings)(`${hasRecordings ? flows.length : 'skipped, absent:'} container apps in ${recordingsFolder}`, () => {
  const open: AppsUnderTest[] = [];
  afterAll(async () => {
    for (const azure of open) await azure[Symbol.asyncDispose]();
  });

  it('are there in number', () => {
    expect(flows.length).toBeGreaterThan(10);
  });

  it.each(flows)('$app of $file is answered as it was recorded', async ({ interactions }) => {
    const azure = await appsUnderTest({ anyGroup: true });
    open.push(azure);
    const [first] = interactions;
    if (first === undefined) throw new Error('a flow starts with a PUT');
    await ensureEnvironment(azure, first);
    for (const { request, response } of interactions) {
      const { pathname, searchParams } = new URL(request.url);
      const version = { 'api-version': searchParams.get('api-version') ?? '' };
      if (request.method === 'GET') {
        const read = await azure.call('GET', pathname, null, version);
        expect(shown(read.status, read.body)).toEqual(shown(response.status, response.body));
        continue;
      }
      const answer = await azure.call(request.method, pathname, request.body, version);
      if (isOlderBuild(response.body)) expect(answer.status).toBe(response.status);
      else expect(shown(answer.status, answer.body)).toEqual(shown(response.status, response.body));
      expect(headerNames(answer.headers ?? {})).toEqual(expect.arrayContaining([...headerNames(response.headers)]));
      const address = answer.headers?.['azure-asyncoperation'] ?? '';
      expect(await endOf(azure, address)).toBe('Succeeded');
    }
  });
});

/** Without what the server in front adds to every answer. */
function headerNames(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(headers).filter((name) => !['content-length', 'content-type', 'date'].includes(name));
}

function endOf(azure: AppsUnderTest, address: string): Promise<string> {
  return until('the end of the operation', async () => {
    const { status } = (await azure.call('GET', new URL(address).pathname)).body as { status: string };
    return status === 'InProgress' ? null : status;
  });
}
