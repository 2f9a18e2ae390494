import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { z } from 'zod';
import { readGrants } from '../../src/adapters/grants/grants-file.ts';
import { entryFields, readEntry } from '../../src/adapters/redis/outbox-entry.ts';
import { savedApps } from '../../src/cli/import/saved-apps.ts';
import { UnreadableAnswer } from '../../src/cli/offline/saved-json.ts';
import { manifestLanguage } from '../../src/gitops/desired/language.ts';
import { parseFile } from '../../src/gitops/parser/parse-file.ts';
import { checkRunMessages } from '../../src/handlers/check-run.ts';
import { checkSuiteMessages } from '../../src/handlers/check-suite.ts';
import { installationRepositoriesMessages } from '../../src/handlers/installation-repositories.ts';
import { installationMessages } from '../../src/handlers/installation.ts';
import { issueCommentMessages } from '../../src/handlers/issue-comment.ts';
import { pullRequestMessages } from '../../src/handlers/pull-request.ts';
import { pushMessages } from '../../src/handlers/push.ts';
import { parseEnvelope } from '../../src/kernel/envelope.ts';
import { tenantId } from '../../src/kernel/ids.ts';
import { messageCatalogue } from '../../src/kernel/messages/catalogue.ts';
import { envelopeOf } from '../support/delivery.ts';
import { goodManifests } from '../support/manifests.ts';
import { fc, test } from '../support/property.ts';
import { hostileJson, hostileText, spoiled } from './hostile-values.ts';

const appId = 421;
const sha = 'a'.repeat(40);
const from = { installation: { id: 100 }, repository: { id: 7, default_branch: 'main' }, sender: { login: 'octocat', id: 1, type: 'User' } };
const check = { id: 5, name: 'trueup/plan', head_sha: sha, head_branch: 'main', app: { id: appId }, pull_requests: [{ number: 3 }] };

const translators = {
  push: { translate: pushMessages, good: { ...from, ref: 'refs/heads/main', deleted: false } },
  pull_request: { translate: pullRequestMessages, good: { ...from, action: 'opened', pull_request: { number: 3 } } },
  check_run: { translate: (payload: unknown) => checkRunMessages(payload, appId), good: { ...from, action: 'requested_action', check_run: { ...check, name: 'trueup/drift (prod, web)' }, requested_action: { identifier: 'keep-git' } } },
  check_suite: { translate: (payload: unknown) => checkSuiteMessages(payload, appId), good: { ...from, action: 'rerequested', check_suite: check } },
  issue_comment: { translate: (payload: unknown) => issueCommentMessages(payload, appId), good: { ...from, action: 'created', issue: { number: 3, pull_request: {} }, comment: { id: 9, body: '/trueup plan', performed_via_github_app: null } } },
  installation: { translate: installationMessages, good: { ...from, action: 'created' } },
  installation_repositories: { translate: installationRepositoriesMessages, good: { ...from, action: 'added', repositories_added: [{ id: 7 }] } },
};

describe('a document from outside', () => {
  test.each(Object.entries(translators))('a webhook %s becomes known messages of its own repository, or is refused as a whole', (_, { translate, good }) => {
    expect(translate(good).length).toBeGreaterThan(0);
    fc.assert(fc.property(fc.oneof(spoiled(good), hostileJson), (payload) => {
      const read = attempt(() => translate(payload));
      if (read instanceof Error) return void expect(read).toBeInstanceOf(z.ZodError);
      for (const { type, tenantId: tenant, payload: content } of read) {
        expect(tenant).toMatch(/^[1-9][0-9]*(\.[1-9][0-9]*)?$/);
        expect(messageCatalogue[type].schema.safeParse(content).success).toBe(true);
      }
    }), { numRuns: 150 });
  });

  test('an envelope is read as it was sealed, or refused', () => {
    const good = JSON.parse(JSON.stringify(envelopeOf('PlanPullRequest', tenantId(100, 7), { number: 3 }))) as unknown;
    expect(parseEnvelope(good)).toEqual(good);
    const entry = { envelope: parseEnvelope(good), delayMs: 5 };
    const [envelope, delay] = entryFields(entry);
    expect(readEntry('1-0', ['envelope', envelope, 'delay', delay])).toEqual({ id: '1-0', ...entry });
    fc.assert(fc.property(fc.oneof(spoiled(good), hostileJson), (input) => {
      const read = attempt(() => parseEnvelope(input));
      if (read instanceof Error) expect(read).toBeInstanceOf(z.ZodError);
      else expect(Object.hasOwn(messageCatalogue, read.eventType)).toBe(true);
    }), { numRuns: 300 });
  });

  test('grants are read as they stand, or not at all: nothing in them, and nothing missing, grants more', () => {
    const granted = { subscriptions: ['00000000-0000-0000-0000-000000000000'], resourceGroups: ['rg-shop'], vaults: ['kv-shop'], workspaces: [], gateHosts: ['gates.example.com'] };
    const good = { tenants: [{ installation: 100, repository: 7, tenant: 'contoso', ...granted }] };
    expect(readGrants(JSON.stringify(good), 'grants.json').of(tenantId(100, 7, 'contoso'))).toEqual(granted);
    fc.assert(fc.property(fc.oneof(spoiled(good), hostileJson), (value) => {
      const grants = attempt(() => readGrants(JSON.stringify(value), 'grants.json'));
      if (grants instanceof Error) return void expect(grants.message).toContain('grants.json');
      expect(grants.of(tenantId(101, 8, 'fabrikam'))).toBeNull();
      expect(grants.of(tenantId(100, 7))).toBeNull();
      const one = grants.of(tenantId(100, 7, 'contoso'));
      for (const name of [...(one?.resourceGroups ?? []), ...(one?.vaults ?? []), ...(one?.gateHosts ?? []), ...(one?.subscriptions ?? [])]) expect(name).toMatch(/^(?!\*)[^\s]{2,}$|^\w$/);
    }), { numRuns: 300 });
  });

  test.each(['""', '" "', '"*"', 'null', '"\\u200b"', '"*."'])('a name %s in a grant is refused', (name) => {
    for (const field of ['subscriptions', 'resourceGroups', 'vaults', 'workspaces', 'gateHosts']) {
      const entry = { installation: 100, repository: 7, tenant: 'contoso', subscriptions: ['00000000-0000-0000-0000-000000000000'], resourceGroups: [], vaults: [], [field]: [JSON.parse(name)] };
      expect(() => readGrants(JSON.stringify({ tenants: [entry] }), 'grants.json')).toThrow('grants.json');
    }
  });

  test('a text in place of manifests is a list of problems, and nothing more', () =>
    fc.assert(fc.property(hostileText('apiVersion: trueup.dev/v1\n', 'kind: RuntimeService\n', 'metadata: { name: web }\n', 'spec:\n', '  image: a\n', 'kind: RepositoryPolicy\n', 'paths: [a]\n'), (text) => {
      const file = parseFile('trueup/a.yaml', new TextEncoder().encode(text));
      const { environments, problems } = manifestLanguage.compile([file]);
      expect(environments).toEqual([]);
      for (const { location } of problems) expect(location.line).toBeGreaterThan(0);
      const { policy } = manifestLanguage.readPolicy(parseFile(manifestLanguage.policyPath, new TextEncoder().encode(text)));
      expect(policy.paths.length).toBeGreaterThan(0);
    }), { numRuns: 200 }));

  test('good manifests with a wrong part never become an environment that nobody declared', () => {
    const files = Object.entries(goodManifests()).map(([path, text]) => parseFile(path, new TextEncoder().encode(text)));
    fc.assert(fc.property(fc.nat(files.length - 1), fc.nat(7), hostileJson, (index, field, other) => {
      const changed = files.map((file, at) => (at !== index ? file : { ...file, documents: file.documents.map((document) => ({ ...document, value: withPart(document.value, field, other) })) }));
      const { environments } = manifestLanguage.compile(changed);
      for (const { name, services } of environments) {
        expect(['prod', 'staging']).toContain(name);
        for (const { tenant } of services) expect(tenant).toBe('contoso');
      }
    }), { numRuns: 100 });
  });

  const scratch = mkdtempSync(join(tmpdir(), 'trueup-hostile-'));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test('saved answers of Azure are container apps, or one sentence', async () => {
    const good = [{ id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.App/containerApps/web', name: 'web', location: 'westeurope', properties: { template: { containers: [{ name: 'web' }] } } }];
    const file = join(scratch, 'apps.json');
    await fc.assert(fc.asyncProperty(fc.oneof(spoiled(good), spoiled({ value: good }), hostileJson).map((value) => JSON.stringify(value)), async (text) => {
      writeFileSync(file, text);
      const read = await savedApps(file).catch((error: unknown) => error);
      if (!Array.isArray(read)) return void expect(read).toBeInstanceOf(UnreadableAnswer);
      for (const app of read) expect(Object.getPrototypeOf(app)).toBe(Object.prototype);
    }), { numRuns: 150 });
  });
});

/** A top-level field of a document, or one of its spec, replaced. */
function withPart(value: unknown, field: number, other: unknown): unknown {
  if (typeof value !== 'object' || value === null) return other;
  const entries = Object.entries(value);
  const [key = 'spec', item] = entries[field % (entries.length + 1)] ?? ['spec', Reflect.get(value, 'spec')];
  if (key !== 'spec' || typeof item !== 'object' || item === null) return { ...value, [key]: other };
  const inner = Object.keys(item);
  return { ...value, spec: { ...item, [inner[field % Math.max(1, inner.length)] ?? 'x']: other } };
}

function attempt<T>(run: () => T): T | Error {
  try {
    return run();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
