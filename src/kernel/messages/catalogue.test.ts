import { describe, expect, test } from 'vitest';
import { messageCatalogue, messagesByContext } from './catalogue.ts';

const all = Object.entries(messageCatalogue);

describe('the catalogue', () => {
  test('no name is used by two contexts', () => {
    const names = Object.values(messagesByContext).flatMap((messages) => Object.keys(messages));
    expect(names.length).toBe(new Set(names).size);
  });

  test.each(all.filter(([, { role }]) => role === 'event').map(([name]) => name))('%s is a noun and a verb in the past tense', (name) => {
    expect(name).toMatch(/^[A-Z][A-Za-z]+(ed|Bound|Back)$/);
  });

  test.each(all)('%s says what it is about', (_, { about }) => {
    expect(about).toMatch(/^[A-Z].{20,}\.$/);
  });

  test('every published message of the design is here', () => {
    const design = ['ProvisionEnvironment', 'Deploy', 'RollbackDeployment', 'RemediateDrift', 'PublishConfiguration', 'BindSecret', 'RotateSecret',
      'BindTenant', 'ApplyScalingPolicy', 'RuntimeEnvironmentProvisioned', 'RuntimeEnvironmentDecommissioned', 'RuntimeInventoryUpdated',
      'RuntimeDeploymentRequested', 'RuntimeDeploymentCompleted', 'RuntimeDeploymentRolledBack', 'ConfigurationSynced', 'SecretRotated',
      'RuntimeTenantBound', 'HealthCheckCompleted', 'ScalingPolicyApplied', 'RuntimeDriftDetected', 'RuntimeDriftResolved'];
    expect(Object.keys(messageCatalogue)).toEqual(expect.arrayContaining(design));
  });
});
