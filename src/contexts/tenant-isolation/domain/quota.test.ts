import { describe, expect } from 'vitest';
import { desiredEnvironment, desiredService, desiredTenantBinding } from '../../../../test/support/desired.ts';
import { fc, test } from '../../../../test/support/property.ts';
import type { Quota } from '../../../kernel/desired-state.ts';
import { quotaProblems, usageOf } from './quota.ts';

const Gi = 1024 ** 3;
const unlimited: Quota = { services: null, replicas: null, cpu: null, memory: null };
const service = (name: string, max: number, cpu = 0.5, memory = Gi, tenant = 'contoso') => desiredService({ name, tenant, replicas: { min: 0, max }, resources: { cpu, memory } });
const two = [service('a', 4), service('b', 2, 0.25, 2 * Gi)];

const rows: { reason: string; quota: Partial<Quota>; paths: string[] }[] = [
  { reason: 'no quota', quota: {}, paths: [] },
  { reason: 'exactly the quota', quota: { services: 2, replicas: 6, cpu: 2.5, memory: 8 * Gi }, paths: [] },
  { reason: 'one service too many', quota: { services: 1 }, paths: ['spec.quota.services'] },
  { reason: 'replicas count at their most', quota: { replicas: 5 }, paths: ['spec.quota.replicas'] },
  { reason: 'cores count per replica', quota: { cpu: 2.49 }, paths: ['spec.quota.cpu'] },
  { reason: 'memory counts per replica', quota: { memory: 8 * Gi - 1 }, paths: ['spec.quota.memory'] },
  { reason: 'zero allows nothing', quota: { services: 0, replicas: 0, cpu: 0, memory: 0 }, paths: ['spec.quota.services', 'spec.quota.replicas', 'spec.quota.cpu', 'spec.quota.memory'] },
];

describe('quota', () => {
  test.each(rows)('$reason', ({ quota, paths }) => {
    const environment = desiredEnvironment({ services: [...two, service('theirs', 900, 4, 8 * Gi, 'fabrikam')] });
    const problems = quotaProblems(environment, desiredTenantBinding({ quota: { ...unlimited, ...quota } }));
    expect(problems.map(({ path }) => path)).toEqual(paths);
  });

  test('tenths of a core add up to what people expect', () => {
    const services = [service('a', 1, 0.1), service('b', 1, 0.2)];
    expect(quotaProblems(desiredEnvironment({ services }), desiredTenantBinding({ quota: { ...unlimited, cpu: 0.3 } }))).toEqual([]);
  });

  test('the problem stands at the binding and speaks in units', () => {
    const [problem] = quotaProblems(desiredEnvironment({ services: two }), desiredTenantBinding({ quota: { ...unlimited, memory: 6 * Gi } }));
    expect(problem).toMatchObject({ code: 'quota-exceeded', document: { kind: 'RuntimeTenantBinding', name: 'contoso' }, location: { line: 1 } });
    expect(problem?.message).toBe('The services of tenant contoso in staging, each at its most replicas, take 8Gi memory of a quota of 6Gi.');
  });
});

describe('properties of quota', () => {
  const services = fc.array(
    fc
      .record({ max: fc.integer({ min: 0, max: 50 }), cpu: fc.constantFrom(0.25, 0.5, 1, 2), memory: fc.constantFrom(Gi / 2, Gi, 4 * Gi), tenant: fc.constantFrom('contoso', 'fabrikam') })
      .map(({ max, cpu, memory, tenant }) => service('any', max, cpu, memory, tenant)),
    { maxLength: 8 },
  );
  const amount = fc.option(fc.integer({ min: 0, max: 100 }));
  const quotas = fc.record({ services: amount, replicas: amount, cpu: amount, memory: fc.option(fc.integer({ min: 0, max: 100 }).map((gi) => gi * Gi)) });
  const pathsOf = (all: ReturnType<typeof two.slice>, quota: Quota) => quotaProblems(desiredEnvironment({ services: all }), desiredTenantBinding({ quota })).map(({ path }) => path);

  test('what is taken is exactly allowed', () => {
    fc.assert(fc.property(services, (all) => pathsOf(all, usageOf({ services: all }, 'contoso')).length === 0));
  });

  test('another service never lifts a breach', () => {
    fc.assert(
      fc.property(services, services, quotas, (some, more, quota) => {
        const after = pathsOf([...some, ...more], quota);
        return pathsOf(some, quota).every((path) => after.includes(path));
      }),
    );
  });

  test('usage of two halves adds up, and another tenant’s services count for nothing', () => {
    fc.assert(
      fc.property(services, services, (some, more) => {
        const [a, b, all] = [some, more, [...some, ...more]].map((list) => usageOf({ services: list }, 'contoso'));
        const own = usageOf({ services: [...some, ...more].filter(({ tenant }) => tenant === 'contoso') }, 'contoso');
        expect(all).toEqual(own);
        for (const key of ['services', 'replicas', 'cpu', 'memory'] as const) expect(all?.[key]).toBeCloseTo((a?.[key] ?? 0) + (b?.[key] ?? 0), 6);
      }),
    );
  });
});
