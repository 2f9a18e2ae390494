import { describe, expect, test } from 'vitest';
import { desiredService } from '../../../../test/support/desired.ts';
import type { ObservedApp } from '../../../kernel/container-app.ts';
import { tenantId } from '../../../kernel/ids.ts';
import { scaleState } from './scaling-policy.ts';

const service = desiredService();
const place = { tenantId: tenantId(100, 7, 'contoso'), environment: 'staging' };

function running(tags: Readonly<Record<string, string>>): ObservedApp {
  const { properties } = desiredService({ replicas: { min: 2, max: 9 } }).app;
  return {
    id: { subscription: 's', resourceGroup: 'g', name: service.name },
    resourceId: '/apps/checkout',
    tags,
    provisioningState: 'Succeeded',
    revisionsMode: 'Multiple',
    fqdn: null,
    latestRevision: 'r',
    latestReadyRevision: 'r',
    traffic: [],
    raw: { ...service.app, properties: { ...properties } },
  };
}

describe('an app that scales otherwise', () => {
  test.each([
    { reason: 'of this environment', tags: { 'trueup-repository': '7', 'trueup-environment': 'staging' }, is: 'otherwise' },
    { reason: 'without our tags', tags: {}, is: 'otherwise' },
    { reason: 'with tags that somebody emptied, which say nothing', tags: { 'trueup-repository': '', 'trueup-environment': '', 'trueup-rolled-back': '' }, is: 'otherwise' },
    { reason: 'of another environment in the same group', tags: { 'trueup-repository': '7', 'Trueup-Environment': 'prod' }, is: 'not-ours' },
    { reason: 'of another repository', tags: { 'trueup-repository': '8', 'trueup-environment': 'staging' }, is: 'not-ours' },
    { reason: 'of a release that was taken back', tags: { 'trueup-environment': 'staging', 'trueup-rolled-back': 'x' }, is: 'not-ours' },
  ])('$reason is $is', ({ tags, is }) => {
    expect(scaleState(place, service, running(tags)).is).toBe(is);
  });
});
