import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { readSeed } from '../../src/cli/local/read-seed.ts';
import { filesOf } from '../../src/cli/local/seed-files.ts';
import { parseFault } from '../../src/cli/fault-option.ts';
import { azureFaults } from '../../src/local/azure/control/fault-descriptions.ts';
import type { FaultDescription } from '../../src/local/faults/board.ts';
import { githubFaults } from '../../src/local/github/faults.ts';

const run = promisify(execFile);
const docs: Readonly<Record<string, string>> = { azure: readFileSync('docs/local-azure.md', 'utf8'), github: readFileSync('docs/local-github.md', 'utf8') };

const scratch = mkdtempSync(join(tmpdir(), 'trueup-local-docs-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The fenced block after `<!-- example: name -->`. */
function example(document: string, name: string): string {
  const [, text] = new RegExp(`<!-- example: ${name} -->\\n\`\`\`\\w+\\n([^]*?)\`\`\``).exec(docs[document] ?? '') ?? [];
  if (text === undefined) throw new Error(`docs/local-${document}.md has no example ${name}`);
  return text;
}

const tables: readonly { readonly cloud: string; readonly faults: readonly FaultDescription[] }[] = [{ cloud: 'azure', faults: azureFaults }, { cloud: 'github', faults: githubFaults }];

describe('the faults in the documentation', () => {
  test.each(tables)('of $cloud are those that there are, with what they do', ({ cloud, faults }) => {
    const [, table = ''] = /<!-- faults -->\n((?:\|.*\n)+)/.exec(docs[cloud] ?? '') ?? [];
    const rows = faults.map(({ name, effect, requests, example: shown }) => `| \`${name}\` | ${effect} | ${requests} | \`--fault ${shown}\` |`);
    expect(table.trimEnd().split('\n').slice(2)).toEqual(rows);
  });

  test.each(tables.flatMap(({ faults }) => faults))('$name has an example that can be typed', ({ name, example: shown }) => {
    expect(parseFault(shown).name).toBe(name);
  });
});

describe('the seeds in the documentation', () => {
  test('of Azure can be read', async () => {
    const file = join(scratch, 'azure.yaml');
    writeFileSync(file, example('azure', 'seed'));
    expect((await readSeed(file)).azure).toMatchObject({ vaults: [{ name: 'kv-shop', secrets: [{ name: 'api-key' }, { name: 'database' }] }] });
  });

  test('of GitHub can be read, with the folder that it names', async () => {
    const file = join(scratch, 'github.yaml');
    writeFileSync(file, example('github', 'seed').replace('../examples/storefront', resolve('examples/storefront')));
    const { github, refuse } = await readSeed(file);
    const files = await Promise.all((github?.repositories ?? []).map(async (repository, index) => Object.keys(await filesOf(repository, { seedFile: file, path: ['github', 'repositories', index], refuse }))));
    expect(files).toEqual([['README.md'], expect.arrayContaining(['trueup/services/checkout.yaml'])]);
  });
});

describe.concurrent('the programs in the documentation', { timeout: 120_000 }, () => {
  test('do what they say in shell', async () => {
    const script = `cd ${scratch}\n${example('azure', 'shell').replaceAll('bin/trueup', resolve('bin/trueup'))}`;
    const { stdout, stderr } = await run('bash', ['-c', script]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/"name":"rg-mine"[^]*"struck":0[^]*SubscriptionRequestsThrottled[^]*"name":"rg-mine"/);
  });

  test('do what they say in TypeScript', async () => {
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module-typescript', '--eval', example('azure', 'typescript')]);
    expect(stderr).toBe('');
    expect(stdout).toBe('rg-mine\n1\n');
  });
});
