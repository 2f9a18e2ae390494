import { describe, expect, it } from 'vitest';
import { driftModes, type DesiredDrift } from '../../../kernel/desired-state.ts';
import type { DriftFinding } from '../../../kernel/messages/drift-detection.ts';
import { modeOf } from './modes.ts';

const scale = 'properties.template.scale';
const found = (over: Partial<DriftFinding> = {}): Pick<DriftFinding, 'class' | 'service' | 'path'> => ({ class: 'changed', service: 'checkout', path: `${scale}.minReplicas`, ...over });
const row = (path: string, mode: DesiredDrift['mode'], services: readonly string[] | null = null): DesiredDrift['paths'][number] => ({ path, mode, services, reason: null });

describe('mode', () => {
  it.each([
    { reason: 'no row is there', paths: [], mode: 'propose' },
    { reason: 'a row names the place above it', paths: [row(scale, 'heal')], mode: 'heal' },
    { reason: 'a row names another place', paths: [row('properties.configuration', 'heal')], mode: 'propose' },
    { reason: 'a row is of another service', paths: [row(scale, 'heal', ['catalog'])], mode: 'propose' },
    { reason: 'a row is of this service', paths: [row(scale, 'heal', ['catalog', 'checkout'])], mode: 'heal' },
    { reason: 'the first row that fits counts', paths: [row(`${scale}.minReplicas`, 'report'), row(scale, 'heal')], mode: 'report' },
  ] as const)('is $mode where $reason', ({ paths, mode }) => {
    expect(modeOf({ mode: 'propose', paths }, found())).toBe(mode);
  });

  it.each([
    { reason: 'a deployment deletes nothing', of: found({ class: 'unmanaged', path: '' }), most: 'report' },
    { reason: 'what runs is as declared', of: found({ class: 'health-degraded', path: 'health' }), most: 'report' },
    { reason: 'the bounds are as declared', of: found({ class: 'replicas-out-of-bounds' }), most: 'report' },
    { reason: 'it grants no rights', of: found({ class: 'access-lost', path: 'identity.x' }), most: 'report' },
    { reason: 'it was taken back on purpose', of: found({ class: 'never-applied', path: 'tags.trueup-rolled-back' }), most: 'report' },
    { reason: 'only Git can follow the vault', of: found({ class: 'secret-reference', path: 'properties.configuration.secrets[s].keyVaultUrl' }), most: 'propose' },
    { reason: 'it makes no version usable', of: found({ class: 'secret-reference', path: 'properties.configuration.secrets[s]' }), most: 'report' },
    { reason: 'an identity that is taken away loses its roles', of: found({ path: 'identity.type' }), most: 'propose' },
    { reason: 'what did not arrive is not tried for ever', of: found({ class: 'never-applied', path: 'tags.trueup-digest' }), most: 'propose' },
    { reason: 'it makes what is gone', of: found({ class: 'missing', path: '' }), most: 'heal' },
    { reason: 'it sends traffic back', of: found({ class: 'unexpected-traffic' }), most: 'heal' },
    { reason: 'it sets the field', of: found(), most: 'heal' },
  ] as const)('is at most $most for $of.class $of.path: $reason', ({ of, most }) => {
    const order = ['report', 'propose', 'heal'];
    const expected = driftModes.map((mode) => (order.indexOf(mode) < order.indexOf(most) ? mode : most));
    expect(driftModes.map((mode) => modeOf({ mode, paths: [] }, of))).toEqual(expected);
  });
});
