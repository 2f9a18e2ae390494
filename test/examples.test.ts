import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { readFolder } from '../src/cli/offline/read-folder.ts';
import { manifestLanguage } from '../src/gitops/desired/language.ts';
import { kinds, kindNames } from '../src/gitops/domain/kinds/kinds.ts';
import { childParser } from '../src/gitops/parser/child-parser.ts';
import { compiled, edited, goodManifests } from './support/manifests.ts';

const parser = childParser();
afterAll(() => parser[Symbol.asyncDispose]());

describe('examples/storefront', () => {
  test('declares two tenants, two environments and four services, without an error or a warning', async () => {
    const { files, problems } = await readFolder('examples/storefront', parser);
    const state = manifestLanguage.compile(files);
    expect([...problems, ...state.problems]).toEqual([]);
    expect(state.documents).toBe(17);
    for (const name of ['prod', 'staging']) {
      const environment = state.environments.find((one) => one.name === name);
      expect(environment?.services.map((service) => service.name)).toEqual(['catalog', 'checkout', 'fulfilment', 'gateway']);
      expect(environment?.bindings.map(({ tenant }) => tenant)).toEqual(['contoso', 'fabrikam']);
      expect(environment?.secrets.map(({ vault, version }) => [vault, version?.length])).toEqual([['kv-fabrikam', 32], ['kv-storefront', 32], ['kv-storefront', 32]]);
      expect(environment?.scaling).toHaveLength(4);
      expect(environment?.identities).toEqual(['id-fabrikam', 'id-storefront']);
    }
  });

  test('leaves a tag of production to others, and says what is done about the rest', async () => {
    const { files } = await readFolder('examples/storefront', parser);
    const prod = manifestLanguage.compile(files).environments.find(({ name }) => name === 'prod');
    expect(prod?.drift.paths).toMatchObject([{ path: 'properties.template.scale', services: ['gateway'], mode: 'report' }]);
    expect(prod?.services.map(({ ignores }) => ignores.map(({ path }) => path))).toEqual(Array.from({ length: 4 }, () => ['tags.cost-center']));
  });

  test('stays within the quotas that it declares', async () => {
    const { files } = await readFolder('examples/storefront', parser);
    for (const { bindings, services } of manifestLanguage.compile(files).environments) {
      for (const { tenant, quota } of bindings) {
        const own = services.filter((service) => service.tenant === tenant);
        const cores = own.reduce((sum, { resources, replicas }) => sum + resources.cpu * replicas.max, 0);
        expect(own.length).toBeLessThanOrEqual(quota.services ?? Infinity);
        expect(cores).toBeLessThanOrEqual(quota.cpu ?? Infinity);
      }
    }
  });
});

describe('docs/rollouts.md', () => {
  test('its examples are good, each in the place of the document that it stands for', async () => {
    const blocks = [...(await readFile('docs/rollouts.md', 'utf8')).matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = '']) => text);
    expect(blocks).toHaveLength(4);
    for (const block of blocks) {
      const kind = kindNames.find((name) => block.includes(`\nkind: ${name}\n`));
      const { environments, problems } = compiled({ ...goodManifests(), [`trueup/${kind ?? 'unknown'}.yaml`]: block });
      expect([block, problems]).toEqual([block, []]);
      expect(environments.map(({ services }) => services.length)).toEqual([1, 1]);
    }
  });
});

describe('the reference', () => {
  test('its rows of drift are good', async () => {
    const [, rows = ''] = /^ {2}```yaml\n( {2}drift:\n[^]*?)^ {2}```$/m.exec(await readFile('docs/manifests.md', 'utf8')) ?? [];
    expect(rows).toContain('ignore');
    expect(compiled(edited('trueup/RuntimeEnvironment.yaml', '  drift: { mode: report }\n', rows)).problems).toEqual([]);
  });

  test('its examples make one set of good manifests', () => {
    expect(compiled(goodManifests()).problems).toEqual([]);
  });

  test.each(kindNames)('shows the example of %s', async (kind) => {
    expect(await readFile('docs/manifests.md', 'utf8')).toContain(kinds[kind].example.trimEnd());
  });
});
