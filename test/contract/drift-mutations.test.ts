import { afterAll, describe, expect, it } from 'vitest';
import { changed } from '../../src/contexts/drift-detection/domain/sightings.ts';
import type { Rule } from '../../src/kernel/comparison/rule.ts';
import { rules } from '../../src/kernel/comparison/rules.ts';
import { writableFields } from '../../src/kernel/comparison/writable-fields.ts';
import type { DesiredService, JsonObject } from '../../src/kernel/desired-state.ts';
import { containerAppShape, hasBicepTypes, sdkFields } from '../support/app-fields.ts';
import { uponDeclared, uponMinimal, type Mutation } from '../support/app-mutations.ts';
import { compiled, fileOf, goodManifests } from '../support/manifests.ts';
import { populated } from '../support/populated-app.ts';
import { heldTotals } from '../support/totals.ts';

type Sightings = ReturnType<typeof changed>;

/** As little as a service can say: no ingress, no variables, no identity, no rule of its scale. */
const bareService = `apiVersion: trueup.dev/v1
kind: RuntimeService
metadata: { name: cart, tenant: contoso }
spec:
  type: worker
  image: ghcr.io/contoso/cart:1.0.0
  resources: { cpu: 0.5, memory: 1Gi }
  environments:
    staging: {}
`;

function compiledService(files: Readonly<Record<string, string>>): DesiredService {
  const [service] = compiled(files).environments.flatMap(({ services }) => services);
  if (service === undefined) throw new Error('the manifests declare no service');
  return service;
}

/** What the drift detector says. */
function seen(service: DesiredService, desired: object, live: object): Sightings {
  // Bodies made of a container app's own fields.
  return changed({ ...service, app: desired as DesiredService['app'] }, { raw: live as JsonObject });
}

function isFound({ right, within }: Mutation, sightings: Sightings): boolean {
  return sightings.some(({ path }) => right.includes(path)) && sightings.every((one) => one.class === 'changed' && one.path.startsWith(within));
}

/** The rule that leaves it alone, and says why. */
function leftBy({ way, place: { pattern } }: Mutation): Rule | null {
  const isAt = (one: Rule): boolean => one.pattern === pattern || pattern.startsWith(`${one.pattern}.`) || pattern.startsWith(`${one.pattern}[]`);
  const leaves = (one: Rule): boolean => one.ignored === true || (way === 'removed' && one.mayBeHidden === true) || (way === 'added' && (one.others === true || one.othersAllowed === true));
  return rules.find((one) => isAt(one) && leaves(one)) ?? null;
}

const good = goodManifests();
const service = compiledService(good);
const bare = compiledService({ ...Object.fromEntries(Object.entries(good).filter(([file]) => /Environment|TenantBinding|staging/.test(file))), [fileOf('RuntimeService')]: bareService });
const everything = hasBicepTypes ? populated(containerAppShape()) : { body: {}, nodes: [], otherAt: () => null };

/** Every edit, by what became of it. */
function tallied(mutations: readonly Mutation[]) {
  const all = mutations.map((mutation) => ({ mutation, sightings: seen(service, mutation.desired, mutation.live) }));
  const found = all.filter(({ mutation, sightings }) => isFound(mutation, sightings));
  const ignored = all.filter(({ mutation, sightings }) => sightings.length === 0 && leftBy(mutation) !== null);
  return { found, ignored, missed: all.filter((one) => !found.includes(one) && !ignored.includes(one)) };
}

describe.skipIf(!hasBicepTypes).each([
  { name: 'drift-mutations', from: 'a body that declares everything, and one as the examples render it', mutations: [...uponDeclared(everything), ...uponMinimal(service.app, everything)] },
  { name: 'drift-mutations-bare', from: 'a body that declares as little as it can', mutations: uponMinimal(bare.app, everything) },
])('every writable field of a container app, edited live one at a time, from $from (skipped where ../shared/azure is absent)', ({ name, mutations }) => {
  const { found, ignored, missed } = tallied(mutations);

  afterAll(() => {
    for (const [rule, those] of Map.groupBy(ignored, ({ mutation }) => leftBy(mutation))) {
      process.stdout.write(`ignored, ${rule?.pattern} (${[...new Set(those.map(({ mutation }) => mutation.way))].join(', ')}): ${rule?.reason}\n`);
    }
    heldTotals(name, { 'places edited': everything.nodes.length, found: found.length, ignored: ignored.length, missed: missed.length });
  });

  it('is found with the right path and class, or left alone by a rule that says why', () => {
    expect(missed.map(({ mutation: { way, place, right }, sightings }) => `${way} ${place.shown}: found ${sightings.map(({ path }) => path).join(', ') || 'nothing'}, not ${right.join(' or ')}`)).toEqual([]);
  });
});

describe.skipIf(!hasBicepTypes)('the edits', () => {
  const { found } = tallied([...uponDeclared(everything), ...uponMinimal(service.app, everything), ...uponMinimal(bare.app, everything)]);

  it('begin with bodies in which nothing is found', () => {
    for (const body of [everything.body, service.app, bare.app]) expect(seen(service, body, body)).toEqual([]);
  });

  it('know every field of the newest version of the API', () => {
    const known = (pattern: string) => writableFields.has(pattern) || rules.some((one) => one.ignored === true && (one.pattern === pattern || pattern.startsWith(`${one.pattern}[`)));
    expect(sdkFields().filter((pattern) => !known(pattern))).toEqual([]);
  });

  it.each([
    { reason: 'an ingress', place: 'properties.configuration.ingress', way: 'removed' },
    { reason: 'an ingress', place: 'properties.configuration.ingress', way: 'added' },
    { reason: 'who may call it', place: 'properties.configuration.ingress.ipSecurityRestrictions[some-name]', way: 'added' },
    { reason: 'which web pages may call it', place: 'properties.configuration.ingress.corsPolicy', way: 'added' },
    { reason: 'a container beside it', place: 'properties.template.containers[some-name]', way: 'added' },
    { reason: 'a container before it', place: 'properties.template.initContainers[some-name]', way: 'added' },
    { reason: 'a variable', place: 'properties.template.containers[checkout].env[some-name]', way: 'added' },
    { reason: 'what it runs', place: 'properties.template.containers[checkout].command', way: 'added' },
    { reason: 'an identity', place: 'identity.userAssignedIdentities.some-key', way: 'added' },
    { reason: 'a registry', place: 'properties.configuration.registries[some-server]', way: 'added' },
    { reason: 'a volume', place: 'properties.template.volumes[some-name]', way: 'added' },
    { reason: 'a sidecar of Azure', place: 'properties.configuration.dapr', way: 'added' },
    { reason: 'what scales it', place: 'properties.template.scale.rules[some-name]', way: 'added' },
  ])('have found $reason $way', ({ place, way }) => {
    expect(found.filter(({ mutation }) => mutation.way === way).map(({ mutation }) => mutation.place.shown)).toContain(place);
  });
});
