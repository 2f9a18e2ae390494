import { InvalidArgumentError } from 'commander';
import { describe, expect } from 'vitest';
import type { z } from 'zod';
import { readCheckMark, checkMark } from '../../src/adapters/github/check-mark.ts';
import { armPath, parseArmId } from '../../src/adapters/azure/names.ts';
import { retryAfterMs } from '../../src/adapters/azure/retry-after.ts';
import { errorOf } from '../../src/adapters/azure/translate.ts';
import { parseFault } from '../../src/cli/fault-option.ts';
import { globMatches, isGlob } from '../../src/gitops/domain/glob.ts';
import { pathProblem } from '../../src/gitops/domain/paths.ts';
import { cron } from '../../src/gitops/domain/values/cron.ts';
import { image } from '../../src/gitops/domain/values/image.ts';
import { environmentName, serviceName, tenantSlug } from '../../src/gitops/domain/values/names.ts';
import { publicAddress } from '../../src/gitops/domain/values/public-address.ts';
import { query } from '../../src/gitops/domain/values/query.ts';
import { timeZone } from '../../src/gitops/domain/values/time-zone.ts';
import { atLeastPercent, duration, memory, parseDuration, percent } from '../../src/gitops/domain/values/units.ts';
import { appPlace } from '../../src/gitops/domain/values/app-place.ts';
import { resourceGroup, subscriptionId, vaultName, vaultSecretName, workspaceId } from '../../src/gitops/domain/values/azure-names.ts';
import { atMostCount, atMostDuration, numberBound } from '../../src/gitops/domain/values/bounds.ts';
import { placeOfCheck } from '../../src/gitops/proposals/drift-check.ts';
import { askedCommand, commands } from '../../src/gitops/report/commands.ts';
import { fitsPath, leadsBelow, parsePathPattern } from '../../src/kernel/comparison/path-pattern.ts';
import { frozenAt } from '../../src/kernel/freeze-window.ts';
import { isTenantId, parseTenantId, repositoryTenantId, tenantId, tenantScope } from '../../src/kernel/ids.ts';
import { fc, test } from '../support/property.ts';
import { hostileText } from './hostile-values.ts';

const runs = { numRuns: 300 };
const texts = (...near: readonly string[]) => hostileText(...near);
/** What cannot be seen is refused where a file is read: see `yaml-cases.ts`. */
const blank = fc.constantFrom('', ' ', '\t', '\n', '\u00a0', '\u3000', ' \r\n ');

describe('a text from outside never does more than say what is wrong with it', () => {
  const values: Readonly<Record<string, z.ZodType>> = {
    cron, image, environmentName, serviceName, tenantSlug, publicAddress, query, timeZone, atLeastPercent, percent, memory, appPlace, resourceGroup, subscriptionId, vaultName, vaultSecretName, workspaceId, atMostCount, atMostDuration, numberBound,
    duration: duration({ min: '1s', max: '1h' }),
  };
  const near = ['5m', '>= 99%', '1Gi', 'Europe/Berlin', '0 17 * * 5', 'https://gates.example.com/', 'contoso.azurecr.io/checkout:1', '<= 5', 'properties.template', 'rg-shop', '00000000-0000-0000-0000-000000000000'];

  test('as a value of a manifest', () =>
    fc.assert(fc.property(texts(...near), (text) => {
      for (const schema of Object.values(values)) expect(typeof schema.safeParse(text).success).toBe('boolean');
    }), runs));

  test('and a blank one is never a value', () =>
    fc.assert(fc.property(blank, (text) => {
      for (const [name, schema] of Object.entries(values)) expect(schema.safeParse(text).success, name).toBe(false);
    })));

  test('as a path pattern of the policy, which matches no more than it says', () =>
    fc.assert(fc.property(texts('trueup/**', '*.yaml'), texts('trueup/a.yaml'), (pattern, path) => {
      const does = globMatches(pattern, path);
      if (!isGlob(pattern)) expect(does).toBe(false);
      if (does && !/[*?]/.test(pattern)) expect(path).toBe(pattern);
    }), runs));

  test('as a path in Git, which is read only when it stays inside', () =>
    fc.assert(fc.property(texts('trueup', 'a.yaml', '.git'), (path) => {
      if (pathProblem({ path, mode: '100644' }) !== null) return;
      expect(path).toMatch(/^[A-Za-z0-9._/-]{1,200}$/);
      expect(path.split('/').some((part) => ['', '.', '..', '.git'].includes(part.toLowerCase()))).toBe(false);
    }), runs));

  test('as a comment', () =>
    fc.assert(fc.property(texts('/trueup', '/trueup ', 'rollback', '\n', '> ', '    '), (body) => {
      const asked = askedCommand(body);
      if (asked === null) return;
      if (asked.name === 'unknown') return void expect(asked.word.length).toBeLessThanOrEqual(40);
      expect(Object.hasOwn(commands, asked.name)).toBe(true);
      expect(asked.words.length).toBeLessThanOrEqual(4);
      for (const word of asked.words) expect(word).toMatch(/^[^ \t\r\n]{1,80}$/u);
    }), runs));

  test('as a tenant', () =>
    fc.assert(fc.property(texts('100', '.7', '.contoso'), (text) => {
      if (!isTenantId(text)) return void expect(() => parseTenantId(text)).toThrow(RangeError);
      const { installationId, repositoryId, tenant } = tenantScope(text);
      expect(tenantId(installationId, repositoryId ?? undefined, tenant ?? undefined)).toBe(text);
      if (repositoryId !== null) expect(text.startsWith(repositoryTenantId(text))).toBe(true);
    }), runs));

  test('as numbers and a name of a tenant: what is not one belongs to nobody', () =>
    fc.assert(fc.property(fc.oneof(fc.integer(), fc.double(), fc.constantFrom(2 ** 53, 2 ** 53 + 2, 1e16)), texts('contoso'), (id, name) => {
      const made = attempt(() => tenantId(id, 7, name));
      if (made instanceof Error) return void expect(made).toBeInstanceOf(RangeError);
      expect(tenantScope(made)).toEqual({ installationId: id, repositoryId: 7, tenant: name });
    }), runs));

  test('as the id of a resource, whose parts lead nowhere else', () =>
    fc.assert(fc.property(texts('/subscriptions/', 's', '/resourceGroups/', 'rg', '/providers/', 'Microsoft.App/containerApps', '/web'), texts('rg'), (text, name) => {
      const id = parseArmId(text);
      for (const part of id === null ? [] : [id.subscription, id.resourceGroup, id.name]) expect(part).toMatch(/^(?!\.+$)[\w().-]{1,128}$/);
      const path = attempt(() => armPath`/a/${name}`);
      if (path instanceof Error) expect(path.name).toBe('Rejected');
      else expect(new URL(path, 'https://x.example').pathname).toBe(`/a/${name}`);
    }), runs));

  test('as a length of time', () =>
    fc.assert(fc.property(texts('5', 'ms', 's', 'm', 'h', 'd'), (text) => {
      const ms = parseDuration(text);
      expect(ms === null || (Number.isSafeInteger(ms) && ms >= 0)).toBe(true);
    }), runs));

  test('as a Retry-After: a wait from nothing to a quarter of an hour', () =>
    fc.assert(fc.property(texts('3600', 'Fri, 31 Dec 9999 23:59:59 GMT', '2026-11-24'), fc.constantFrom('retry-after', 'retry-after-ms', 'x-ms-retry-after-ms'), (text, name) => {
      const ms = retryAfterMs((header) => (header === name ? text : undefined), Date.UTC(2026, 10, 24));
      expect(ms === null || (ms >= 0 && ms <= 15 * 60_000)).toBe(true);
    }), runs));

  test("as Azure's error, of which no more than a code and a field is kept", () =>
    fc.assert(fc.property(texts('{"error":{"code":"', 'A', '","message":"', "Field 'a.b'", '"}}'), (text) => {
      const { code, field } = errorOf(text);
      expect(code ?? 'A').toMatch(/^[\w.-]{1,80}$/);
      expect(field ?? 'a').toMatch(/^[\w.[\]-]{1,200}$/);
    }), runs));

  test('as the fault option of a command', () =>
    fc.assert(fc.property(texts('azure-throttled', ',times=', ',path=', ',by=bot', ',__proto__=1', ',toString=1'), (text) => {
      const read = attempt(() => parseFault(text));
      if (read instanceof Error) expect(read).toBeInstanceOf(InvalidArgumentError);
    }), runs));

  test('as a mark on a check', () =>
    fc.assert(fc.property(texts('success', ':', 'running'), fc.constantFrom('success' as const, 'failure' as const, 'neutral' as const, null), (text, conclusion) => {
      expect(() => readCheckMark(text)).not.toThrow();
      const report = { commit: 'c', name: 'n', conclusion, title: '', summary: '', text: null, annotations: [], actions: [] };
      expect(readCheckMark(checkMark(report, 'abc'))).toEqual({ conclusion, hash: 'abc' });
      const place = placeOfCheck(text);
      if (place !== null) expect(`trueup/drift (${place.environment}, ${place.service})`).toBe(text);
    }), runs));

  test('as a place in an app', () =>
    fc.assert(fc.property(texts('properties', '.', '[web]', 'tags'), texts('properties.template', '[web]'), (pattern, path) => {
      const read = parsePathPattern(pattern);
      if ('why' in read) expect(read.why).not.toContain(pattern.length > 20 ? pattern : '\u0000');
      const [fits, below] = [fitsPath(pattern, path), leadsBelow(pattern, path)];
      expect(fits && below).toBe(false);
      if (!('why' in read)) expect(fitsPath(pattern, pattern)).toBe(true);
    }), runs));

  test('as a schedule: what the language lets in is understood at every time of every zone', () =>
    fc.assert(fc.property(fc.tuple(...[59, 23, 31, 12, 7].map((most, index) => fc.oneof(fc.constant('*'), fc.integer({ min: index === 2 || index === 3 ? 1 : 0, max: most }).map(String), fc.constantFrom('*/5', '1-5', '1,3')))), fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia'), fc.constantFrom(60_000, 3_600_000, 63 * 3_600_000), fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2028, 0) }), (fields, timezone, durationMs, now) => {
      const text = fields.join(' ');
      if (!cron.safeParse(text).success) return;
      const frozen = frozenAt([{ cron: text, timezone, durationMs, reason: null }], now);
      if (frozen !== null) expect(frozen.until).toBeGreaterThan(now);
    }), { numRuns: 200 }));
});

function attempt<T>(run: () => T): T | Error {
  try {
    return run();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
