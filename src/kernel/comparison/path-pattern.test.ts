import { describe, expect, it } from 'vitest';
import { fitsPath, leadsBelow, parsePathPattern } from './path-pattern.ts';

const image = 'properties.template.containers[main].image';

describe('a pattern of paths', () => {
  it.each([
    { reason: 'the place itself', pattern: image, path: image, fits: true },
    { reason: 'what is below it', pattern: 'properties.template.scale', path: 'properties.template.scale.rules[http].http.metadata.concurrentRequests', fits: true },
    { reason: 'not what is above it', pattern: image, path: 'properties.template', fits: false },
    { reason: 'not a place whose name begins alike', pattern: 'properties.template.scale', path: 'properties.template.scaleOther', fits: false },
    { reason: 'any item of a list', pattern: 'properties.template.containers[*].image', path: image, fits: true },
    { reason: 'any key', pattern: 'properties.*.containers[main]', path: image, fits: true },
    { reason: 'a key is no item', pattern: 'properties.template.containers.*', path: image, fits: false },
    { reason: 'another item', pattern: 'properties.template.containers[sidecar].image', path: image, fits: false },
    { reason: 'an item whose name has dots and brackets', pattern: 'properties.configuration.registries[a.azurecr.io]', path: 'properties.configuration.registries[a.azurecr.io].identity', fits: true },
    { reason: 'an item whose name has a bracket inside', pattern: 'properties.configuration.ingress.ipSecurityRestrictions[*].action', path: 'properties.configuration.ingress.ipSecurityRestrictions[a]b].action', fits: true },
    { reason: 'tags, without case', pattern: 'tags.Owner', path: 'tags.owner', fits: true },
    { reason: 'identities, without case', pattern: 'identity.userAssignedIdentities./subscriptions/S/resourceGroups/G/a', path: 'identity.userAssignedIdentities./subscriptions/s/resourcegroups/g/A', fits: true },
    { reason: 'variables, with case', pattern: 'properties.template.containers[main].env[log]', path: 'properties.template.containers[main].env[LOG]', fits: false },
    { reason: 'probes, without case', pattern: 'properties.template.containers[main].probes[Liveness]', path: 'properties.template.containers[main].probes[liveness]', fits: true },
    { reason: 'fields, with case', pattern: 'properties.Template', path: 'properties.template', fits: false },
    { reason: 'a text that is no pattern', pattern: 'a..b', path: 'a', fits: false },
  ])('fits $reason: $fits', ({ pattern, path, fits }) => {
    expect(fitsPath(pattern, path)).toBe(fits);
  });

  it.each([
    { pattern: image, path: 'properties.template', leads: true },
    { pattern: 'properties.*.scale', path: 'properties.template', leads: true },
    { pattern: 'properties.configuration', path: 'properties.template', leads: false },
    { pattern: 'properties.template', path: 'properties.template', leads: false },
  ])('$pattern leads below $path: $leads', ({ pattern, path, leads }) => {
    expect(leadsBelow(pattern, path)).toBe(leads);
  });

  it.each([
    { reason: 'a field', text: 'properties.configuration.ingress.external' },
    { reason: 'any item', text: 'properties.template.containers[*].env[LOG_LEVEL].value' },
    { reason: 'a tag', text: 'tags.*' },
  ])('may be $reason', ({ text }) => {
    expect(parsePathPattern(text)).toMatchObject({ text });
  });

  it.each([
    { reason: 'nothing', text: '', why: 'keys joined by dots' },
    { reason: 'two dots', text: 'properties..template', why: 'keys joined by dots' },
    { reason: 'a dot at the end', text: 'properties.', why: 'keys joined by dots' },
    { reason: 'a bracket that does not close', text: 'properties.template.containers[main', why: 'keys joined by dots' },
    { reason: 'an item without a name', text: 'properties.template.containers[]', why: 'keys joined by dots' },
    { reason: 'an item first', text: '[main].image', why: 'begins with an item' },
    { reason: 'everything', text: '*', why: 'everything' },
    { reason: 'a very long text', text: `tags.${'a'.repeat(400)}`, why: 'longer than' },
  ])('may not be $reason', ({ text, why }) => {
    expect(parsePathPattern(text)).toEqual({ why: expect.stringContaining(why) as string });
  });
});
