import { describe, expect, it } from 'vitest';
import { outsideWrite } from '../../../../test/support/outside-writes.ts';
import type { DriftAttribution } from '../../../kernel/messages/drift-detection.ts';
import { nothingSeen, withWrites } from './activity.ts';
import { attributionOf, type AttributionEvidence } from './attribution.ts';
import type { Sighting } from './runtime-drift-finding.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 1, minute)).toISOString();
const ms = (minute: number): number => Date.parse(at(minute));
const sighting: Sighting = { class: 'changed', service: 'Checkout', path: 'p', desired: 'd', live: 'l', liveDigest: 'l', summary: 's' };
const vault = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv';
const role = outsideWrite({ app: null, resource: `${vault}/providers/Microsoft.Authorization/roleAssignments/1`, who: 'rob', at: at(5), operation: 'Microsoft.Authorization/roleAssignments/delete' });
const logged = (who: string, minute: number): DriftAttribution => ({ who, at: at(minute), source: 'activity-log', operation: 'Microsoft.App/containerApps/write' });
const body = (who: string, minute: number): DriftAttribution => ({ who, at: at(minute), source: 'system-data', operation: null });

interface Row {
  readonly reason: string;
  readonly who: DriftAttribution | null;
  readonly writes?: Parameters<typeof withWrites>[1];
  readonly evidence?: Partial<AttributionEvidence>;
  readonly of?: Partial<Sighting>;
}

/** It was first seen at minute 10; the last deployment ended at minute 1. */
const rows: readonly Row[] = [
  { reason: 'nothing is known', who: null },
  { reason: 'one write is in the log', writes: [outsideWrite({ who: 'alice', at: at(5) })], who: logged('alice', 5) },
  { reason: 'the newest of several', writes: [outsideWrite({ who: 'alice', at: at(5) }), outsideWrite({ who: 'bob', at: at(8) })], who: logged('bob', 8) },
  { reason: 'a write after it was seen did something else', writes: [outsideWrite({ who: 'alice', at: at(5) }), outsideWrite({ who: 'bob', at: at(15) })], who: logged('alice', 5) },
  { reason: 'a write before our deployment was overwritten by it', writes: [outsideWrite({ who: 'alice', at: at(0) })], who: null },
  { reason: 'our own write is nobody’s fault', writes: [outsideWrite({ who: 'trueup', at: at(5), isOurs: true })], who: null },
  { reason: 'another app was written', writes: [outsideWrite({ app: 'catalog', at: at(5) })], who: null },
  { reason: 'the log is silent, the body is not', evidence: { lastWriter: { who: 'alice', at: at(5) } }, who: body('alice', 5) },
  { reason: 'the body was written after it was seen', evidence: { lastWriter: { who: 'bob', at: at(15) } }, who: null },
  { reason: 'the log catches up with the body', evidence: { before: body('alice', 5) }, writes: [outsideWrite({ who: 'alice', at: at(5) })], who: logged('alice', 5) },
  { reason: 'the log knows only of an earlier write than the body', evidence: { lastWriter: { who: 'bob', at: at(8) } }, writes: [outsideWrite({ who: 'alice', at: at(5) })], who: body('bob', 8) },
  { reason: 'the body names a later writer than before', evidence: { before: body('alice', 5), lastWriter: { who: 'bob', at: at(9) } }, who: body('alice', 5) },
  { reason: 'what the log said stands', evidence: { before: logged('alice', 5) }, writes: [outsideWrite({ who: 'bob', at: at(8) })], who: logged('alice', 5) },
  { reason: 'Git moved, nobody changed Azure', of: { class: 'never-applied' }, writes: [outsideWrite({ at: at(5) })], evidence: { lastWriter: { who: 'alice', at: at(5) } }, who: null },
  { reason: 'a role was taken away', of: { class: 'access-lost', about: ['/vaults/kv/'] }, writes: [role, outsideWrite({ at: at(6) })], who: { who: 'rob', at: at(5), source: 'activity-log', operation: role.operation } },
  { reason: 'a role was taken away, and the log writes the vault otherwise', of: { class: 'access-lost', about: ['/vaults/kv/'] }, writes: [{ ...role, resource: role.resource.replace('/vaults/kv', '/Vaults/KV') }], who: { who: 'rob', at: at(5), source: 'activity-log', operation: role.operation } },
  { reason: 'a role on another vault', of: { class: 'access-lost', about: ['/vaults/k/'] }, writes: [role], who: null },
  { reason: 'who wrote the app did not take the role', of: { class: 'access-lost', about: ['/vaults/kv/'] }, evidence: { lastWriter: { who: 'alice', at: at(5) } }, who: null },
  { reason: 'a name with steering characters is made harmless', writes: [outsideWrite({ who: 'a\u202Eb\nc', at: at(5) })], who: logged('a b c', 5) },
];

describe('attribution', () => {
  it.each(rows)('$reason', ({ who, writes = [], evidence, of }) => {
    const { activity } = withWrites(nothingSeen, writes, ms(60));
    expect(attributionOf({ ...sighting, ...of }, { activity, lastWriter: null, sightedAt: ms(10), endedAt: ms(1), before: null, ...evidence })).toEqual(who);
  });
});
