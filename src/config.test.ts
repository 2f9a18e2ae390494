import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { privateKey } from '../test/support/app-key.ts';
import { ConfigurationFault, readSettings } from './config.ts';

const good: Readonly<Record<string, string>> = {
  APP_ID: '421',
  PRIVATE_KEY: privateKey,
  WEBHOOK_SECRET: '0123456789abcdef0123456789abcdef',
  REDIS_URL: 'rediss://:hunter22@redis:6380',
  TRUEUP_GRANTS_FILE: '/etc/trueup/grants.yaml',
  TRUEUP_SEAL_KEY: Buffer.alloc(32, 7).toString('base64'),
};

function faultsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationFault) return error.faults;
    throw error;
  }
}

describe('settings', () => {
  test('what may be logged and what may not are apart', () => {
    const { config, secrets } = readSettings(good);
    const shown = `${JSON.stringify({ config, secrets })}${inspect({ secrets }, { depth: null, showHidden: true })}`;
    for (const secret of [privateKey, good['WEBHOOK_SECRET'] ?? '', good['REDIS_URL'] ?? '', 'hunter22', good['TRUEUP_SEAL_KEY'] ?? '']) expect(shown).not.toContain(secret);
    expect(config).toMatchObject({ appId: 421, githubApiUrl: 'https://api.github.com', port: 3000, acceptUnsafeRedis: false, azure: { credential: { kind: 'managed-identity', clientId: null }, route: null } });
  });

  test('two secrets while one is rotated, the current one first', () => {
    const previous = 'fedcba9876543210fedcba9876543210';
    expect(readSettings({ ...good, WEBHOOK_SECRET_PREVIOUS: previous }).secrets.webhookSecrets.map((secret) => secret.reveal())).toEqual([good['WEBHOOK_SECRET'], previous]);
  });

  test('a private key in one line', () => {
    expect(readSettings({ ...good, PRIVATE_KEY: privateKey.replaceAll('\n', '\\n') }).secrets.privateKey.reveal()).toBe(privateKey);
  });

  test('every fault at once', () => {
    const names = faultsOf({ PORT: '70000', AZURE_CREDENTIAL: 'workload-identity', AZURE_CA_FILE: '/ca.pem' }).map((fault) => fault.split(':')[0]);
    expect(names).toEqual([
      'APP_ID', 'WEBHOOK_SECRET', 'REDIS_URL', 'TRUEUP_GRANTS_FILE', 'TRUEUP_SEAL_KEY', 'PORT',
      'PRIVATE_KEY or PRIVATE_KEY_FILE', 'AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_FEDERATED_TOKEN_FILE', 'AZURE_ROUTE_PORT and AZURE_CA_FILE',
    ]);
  });

  test.each([
    { name: 'WEBHOOK_SECRET', value: undefined, reason: 'Probot would take the word development' },
    { name: 'WEBHOOK_SECRET', value: '', reason: 'an empty one lets everybody in' },
    { name: 'WEBHOOK_SECRET', value: 'development', reason: 'everybody knows it' },
    { name: 'WEBHOOK_SECRET', value: 'a'.repeat(40), reason: 'one letter is no secret, however long' },
    { name: 'WEBHOOK_SECRET_PREVIOUS', value: '0123456789', reason: 'the old one opens the same door' },
    { name: 'WEBHOOK_SECRET', value: '0123456789abcdef0123456789abcde', reason: 'a character too short' },
    { name: 'WEBHOOK_SECRET', value: 'abcabc'.repeat(8), reason: 'a few letters again and again' },
    { name: 'METRICS_PORT', value: '3000', reason: 'the internet asks there' },
    { name: 'PRIVATE_KEY', value: 'not a key', reason: 'the first call to GitHub would fail instead' },
    { name: 'REDIS_URL', value: 'http://redis', reason: 'another protocol' },
    { name: 'APP_ID', value: 'Iv23liabc', reason: 'Probot wants the number' },
    { name: 'TRUEUP_SEAL_KEY', value: 'c2hvcnQ=', reason: 'too short a key' },
    { name: 'GITHUB_API_URL', value: 'http://github.example.com/api/v3', reason: 'the token would travel in clear text' },
    { name: 'GITHUB_API_URL', value: 'https://user:pass@github.example.com/api/v3', reason: 'the address is logged' },
    { name: 'GITHUB_API_URL', value: 'ftp://github.example.com', reason: 'no API speaks it' },
  ])('refuses $name=$value: $reason', ({ name, value }) => {
    const [fault, ...more] = faultsOf({ ...good, [name]: value });
    expect(fault).toMatch(new RegExp(`^${name}: `));
    expect(more).toEqual([]);
    if (value && name !== 'GITHUB_API_URL') expect(fault).not.toContain(value);
  });

  test('http on loopback is for a GitHub on this machine', () => {
    expect(faultsOf({ ...good, GITHUB_API_URL: 'http://127.0.0.1:4000/api/v3' })).toEqual([]);
  });

  test('a key file that cannot be read is named', () => {
    expect(faultsOf({ ...good, PRIVATE_KEY: undefined, PRIVATE_KEY_FILE: '/nowhere/key.pem' })).toEqual(['PRIVATE_KEY_FILE: cannot read /nowhere/key.pem']);
  });
});
