import { describe, expect, it } from 'vitest';
import { desiredService } from '../../../../test/support/desired.ts';
import { observedRevision } from '../../../../test/support/observed.ts';
import type { ObservedApp } from '../../../kernel/container-app.ts';
import type { ContainerAppBody, JsonObject } from '../../../kernel/desired-state.ts';
import { fc, test } from '../../../../test/support/property.ts';
import { nothingApplied, type AppliedApp } from './applied-app.ts';
import { withBody } from './applied-body.ts';
import { secretsFor, secretsUsedBy } from './secrets.ts';

const reference = (name: string) => ({ name, keyVaultUrl: `https://kv.vault.azure.net/secrets/${name}`, identity: 'id' });

/** A release whose template refers to these, and lists them. */
function bodyOf(suffix: string, names: readonly string[], template: JsonObject = {}): ContainerAppBody {
  const { app } = desiredService();
  const env = names.map((name) => ({ name: name.toUpperCase(), secretRef: name }));
  const configuration = { ...app.properties.configuration, secrets: names.map(reference) };
  return { ...app, properties: { ...app.properties, configuration, template: { containers: [{ name: 'checkout', image: 'x', env }], revisionSuffix: suffix, ...template } } };
}

const sent = (...list: readonly (readonly [string, readonly string[]])[]): AppliedApp =>
  list.reduce<AppliedApp>((known, [suffix, names]) => withBody(known, { digest: suffix, commit: '', generation: '', trace: '', body: bodyOf(suffix, names) }), nothingApplied);

function appWith(live: readonly string[]): ObservedApp {
  const nothing = { fqdn: null, latestRevision: null, latestReadyRevision: null, traffic: [], tags: {}, resourceId: '' };
  const raw = { properties: { configuration: { secrets: live.map((name) => ({ name })) } } };
  return { ...nothing, id: { subscription: 's', resourceGroup: 'rg', name: 'checkout' }, provisioningState: 'Succeeded', revisionsMode: 'Multiple', raw };
}

function listFor(known: AppliedApp, { live, revisions, next, template = {} }: { readonly live: readonly string[]; readonly revisions: readonly string[]; readonly next: readonly string[]; readonly template?: JsonObject }) {
  const app = appWith(live);
  const list = secretsFor({ app, body: bodyOf('next', next, template), known, revisions: revisions.map((suffix) => observedRevision({ name: `${app.id.name}--${suffix}`, active: false })) });
  return 'unknown' in list ? list : (list.send?.map(({ name }) => name).toSorted() ?? null);
}

describe('the list of secrets', () => {
  const known = sent(['a', ['s1']], ['b', ['s2']], ['c', ['s3']]);
  it.each([
    { reason: 'a kept revision, ended or not, keeps what it uses', live: ['s1', 's2', 's3'], revisions: ['a', 'b', 'c'], next: ['s4'], list: ['s1', 's2', 's3', 's4'] },
    { reason: 'what only a revision that is gone used is dropped', live: ['s1', 's2', 's3'], revisions: ['b', 'c'], next: ['s4'], list: ['s2', 's3', 's4'] },
    { reason: 'with the last one, all but the declared is dropped', live: ['s1', 's2', 's3'], revisions: ['c'], next: ['s3'], list: ['s3'] },
    { reason: 'a revision that somebody else made may use any', live: ['s1', 's2', 's3'], revisions: ['c', 'by-hand'], next: ['s4'], list: ['s1', 's2', 's3', 's4'] },
    { reason: 'a revision of a name that every object has may use any', live: ['s1', 's3'], revisions: ['c', 'constructor'], next: ['s4'], list: ['s1', 's3', 's4'] },
    { reason: 'no revision listed tells nothing', live: ['s1', 's3'], revisions: [], next: ['s4'], list: ['s1', 's3', 's4'] },
    { reason: 'everything that is to be there is there', live: ['s3'], revisions: ['c'], next: ['s3'], list: null },
    { reason: 'a secret of another maker is no reason to send a list', live: ['s3', 'by-hand'], revisions: ['c'], next: ['s3'], list: null },
    { reason: 'a secret of another maker that no revision uses goes with a list that is sent', live: ['s3', 'by-hand'], revisions: ['c'], next: ['s4'], list: ['s3', 's4'] },
    { reason: 'a secret of another maker that may be used has no value to send', live: ['s3', 'by-hand'], revisions: ['x'], next: ['s4'], list: { unknown: ['by-hand'] } },
  ])('$reason', ({ live, revisions, next, list }) => {
    expect(listFor(known, { live, revisions, next })).toEqual(list);
  });

  it.each([
    { reason: 'nothing where its reference is as declared', shown: { keyVaultUrl: 'https://kv.vault.azure.net/secrets/s3', identity: 'ID' }, list: null },
    { reason: 'the list where it leads elsewhere', shown: { keyVaultUrl: 'https://other.vault.azure.net/secrets/s3', identity: 'id' }, list: ['s1', 's3'] },
    { reason: 'the list where it is read as somebody else', shown: { keyVaultUrl: 'https://kv.vault.azure.net/secrets/s3', identity: 'other' }, list: ['s1', 's3'] },
    { reason: 'the list where it became a value', shown: {}, list: ['s1', 's3'] },
  ])('sends $reason', ({ shown, list }) => {
    const { raw, ...app } = appWith([]);
    const secrets = [{ ...reference('s1') }, { name: 's3', ...shown }];
    const found = secretsFor({ app: { ...app, raw: { ...raw, properties: { configuration: { secrets } } } }, body: bodyOf('next', ['s1', 's3']), known: nothingApplied, revisions: [] });
    expect('send' in found && (found.send?.map(({ name }) => name) ?? null)).toEqual(list);
  });

  it('keeps what the new release takes from another maker', () => {
    const template = { containers: [{ env: [{ name: 'A', secretRef: 's1' }] }] };
    expect(listFor(known, { live: ['s1', 's3'], revisions: ['c'], next: ['s4'], template })).toEqual(['s1', 's3', 's4']);
  });

  it('counts every list that one template was sent with', () => {
    const twice = sent(['a', ['s1']], ['a', ['s2']]);
    expect(listFor(twice, { live: ['s1', 's2'], revisions: ['a'], next: ['s3'] })).toEqual(['s1', 's2', 's3']);
  });

  test('never loses what a listed revision of ours uses', () => {
    const names = ['s0', 's1', 's2', 's3'];
    const suffixes = ['a', 'b', 'c', 'd'];
    const uses = fc.array(fc.subarray(names), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(uses, fc.subarray(suffixes), fc.subarray(names), (used, revisions, next) => {
        const all = sent(...suffixes.map((suffix, index) => [suffix, used[index] ?? []] as const));
        const list = listFor(all, { live: names, revisions, next });
        const kept = new Set(Array.isArray(list) ? list : names);
        for (const [index, suffix] of suffixes.entries()) if (revisions.includes(suffix)) for (const name of used[index] ?? []) expect(kept).toContain(name);
      }),
    );
  });
});

describe('what a body refers to', () => {
  it.each([
    { reason: 'variables', body: bodyOf('a', ['s1']), used: ['s1'] },
    { reason: 'a name that it does not list', body: bodyOf('a', [], { containers: [{ env: [{ name: 'A', secretRef: 'by-hand' }] }] }), used: ['by-hand'] },
    { reason: 'a scaler', body: bodyOf('a', [], { scale: { rules: [{ custom: { auth: [{ secretRef: 'queue', triggerParameter: 'connection' }] } }] } }), used: ['queue'] },
    { reason: 'a volume of some', body: bodyOf('a', [], { volumes: [{ storageType: 'Secret', secrets: [{ secretRef: 'file', path: 'a' }] }] }), used: ['file'] },
    { reason: 'a volume of all', body: bodyOf('a', [], { volumes: [{ storageType: 'Secret' }] }), used: null },
  ])('$reason', ({ body, used }) => {
    expect(secretsUsedBy(body)).toEqual(used);
  });

  it('is unknown again when a template comes to hold them all', () => {
    const all = withBody(sent(['a', ['s1']]), { digest: 'x', commit: '', generation: '', trace: '', body: bodyOf('a', [], { volumes: [{ storageType: 'Secret' }] }) });
    expect(listFor(all, { live: ['s1', 's2'], revisions: ['a'], next: ['s3'] })).toEqual({ unknown: ['s2'] });
  });
});
