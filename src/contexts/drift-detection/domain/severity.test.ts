import { describe, expect, it } from 'vitest';
import { driftClasses } from '../../../kernel/messages/drift-detection.ts';
import { severityOf, severityRules } from './severity.ts';

describe('severity', () => {
  it.each([
    { path: 'properties.template.containers[app].image', severity: 'high', reason: 'other code' },
    { path: 'properties.template.containers[app].args', severity: 'high', reason: 'other code by arguments' },
    { path: 'properties.template.containers[sidecar]', severity: 'high', reason: 'a container more' },
    { path: 'properties.template.initContainers[x].env[A]', severity: 'high', reason: 'code before the code' },
    { path: 'identity.type', severity: 'high', reason: 'other rights' },
    { path: 'properties.configuration.secrets[s].keyVaultUrl', severity: 'high', reason: 'another secret' },
    { path: 'properties.configuration.registries[r]', severity: 'high', reason: 'images from elsewhere' },
    { path: 'properties.configuration.ingress.external', severity: 'high', reason: 'open to the internet' },
    { path: 'properties.environmentId', severity: 'high', reason: 'another place' },
    { path: 'properties.template.containers[app].env[A].value', severity: 'medium', reason: 'another setting' },
    { path: 'properties.template.scale.maxReplicas', severity: 'medium', reason: 'another scale' },
    { path: 'properties.template.containers[app.image]', severity: 'high', reason: 'a name that looks like a field is still a container' },
    { path: 'tags.trueup-tenant', severity: 'low', reason: 'a tag' },
  ])('of a change of $path is $severity: $reason', ({ path, severity }) => {
    expect(severityOf({ class: 'changed', path })).toBe(severity);
  });

  it.each(driftClasses)('%s has a last row that fits any path', (kind) => {
    expect(severityRules.filter((rule) => rule.class === kind).at(-1)?.path).toBeNull();
  });
});
