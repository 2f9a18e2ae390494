import { describe, expect, it } from 'vitest';
import { factKeys, nothingReady, withFact, withoutFacts, type EnvironmentReadiness } from './environment-readiness.ts';

const said = (generation: number) => ({ refused: null, generation, at: new Date(Date.UTC(2026, 10, 24) + generation * 1000).toISOString() });

function after(keys: readonly string[], from: EnvironmentReadiness = nothingReady): EnvironmentReadiness {
  return keys.reduce((readiness, key, index) => withFact(readiness, key, said(index + 1)) ?? readiness, from);
}

const environment = factKeys.environment('e1');
const configuration = (name: string, version: number): string => factKeys.configuration('contoso', name, `cfg-${version}`);

describe('what is remembered of the answers', () => {
  it('is never pushed out by changes of something else', () => {
    const { facts } = after([environment, ...Array.from({ length: 1010 }, (_, version) => configuration('shop', version))]);
    expect(Object.keys(facts)).toEqual(expect.arrayContaining([environment, configuration('shop', 1009)]));
    expect(Object.keys(facts)).toHaveLength(6);
  });

  it('holds a first sync of many things', () => {
    const many = [environment, ...Array.from({ length: 5000 }, (_, index) => configuration(`c${index}`, 1))];
    const known = { facts: Object.fromEntries(many.map((key, index) => [key, said(index + 1)])) };
    expect(Object.keys(after([configuration('another', 1)], known).facts)).toHaveLength(many.length + 1);
  });

  it('is not changed by an answer that is older than all that are kept of its thing', () => {
    const readiness = after(Array.from({ length: 8 }, (_, version) => configuration('shop', version)));
    expect(withFact(readiness, configuration('shop', 0), said(1))).toBeNull();
  });
});

describe('an environment that is not managed any more', () => {
  it.each([
    { key: environment, generation: 1, isKept: false, reason: 'provisioned before' },
    { key: environment, generation: 3, isKept: true, reason: 'provisioned again, and its end comes late' },
    { key: configuration('shop', 1), generation: 1, isKept: true, reason: 'something else' },
  ])('$reason', ({ key, generation, isKept }) => {
    const readiness = { facts: { [key]: said(generation) } };
    expect(key in (withoutFacts(readiness, 'environment@', { generation: 2 }) ?? readiness).facts).toBe(isKept);
  });
});
