import { describe, expect, test } from 'vitest';
import { sampleDeploy } from '../../../test/support/report-samples.ts';
import type { DeploymentState } from '../../kernel/messages/deployment.ts';
import { essenceOf } from './deploy-essence.ts';
import { deployCheck, deploymentStatus } from './deploy-text.ts';
import { linksFor } from './links.ts';

const repository = 'https://github.com/contoso/platform';
const awaits = { system: 'Azure' as const, since: '2026-11-24T12:05:31.000Z' };

function waiting(state: DeploymentState, isWaiting = true) {
  const sample = sampleDeploy();
  const { progress } = sample;
  if (progress === null) throw new Error('the sample has begun');
  return { ...sample, progress: { ...progress, state, ...(isWaiting && { awaits }) } };
}

describe('while Azure does not answer', () => {
  test.each<DeploymentState>(['Requested', 'Provisioning', 'Configuring', 'RollingOut', 'HealthGating', 'Promoting', 'RollingBack'])('the check says so, and since when: %s', (state) => {
    const check = deployCheck(waiting(state), linksFor(repository));
    expect(check.conclusion).toBeNull();
    expect(check.title).toMatch(/^Waiting for Azure since 2026-11-24 12:05 UTC: /);
    expect(check.summary).toContain('**Waiting for Azure**, which has not answered since 2026-11-24 12:05 UTC.');
    expect(deploymentStatus(waiting(state), `${repository}/runs/1`, repository)?.description).toMatch(/^Waiting for Azure since /);
  });

  test('its begin and its end are news, and nothing in between', () => {
    expect(essenceOf(waiting('RollingOut'))).not.toBe(essenceOf(waiting('RollingOut', false)));
    expect(essenceOf(waiting('RollingOut'))).toBe(essenceOf(waiting('RollingOut')));
  });

  test('what has ended waits for nobody', () => {
    expect(deployCheck(waiting('Completed'), linksFor(repository)).title).not.toContain('Waiting');
  });
});
