import { describe, expect } from 'vitest';
import { fc, test } from '../../../test/support/property.ts';
import { Rejected } from '../../kernel/errors.ts';
import { armPath, parseArmId, shortLocation } from './names.ts';

const anyText = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('.', '/', '\\', '%', '2', 'e', 'a', '?', '#', '-', '\t') }), fc.stringMatching(/^[\w().-]{1,20}$/));

describe('names in paths', () => {
  test('a name is one segment of the path or is refused', () =>
    fc.assert(
      fc.property(anyText, anyText, (group, app) => {
        let path: string;
        try {
          path = armPath`/resourceGroups/${group}/apps/${app}`;
        } catch (error) {
          expect(error).toBeInstanceOf(Rejected);
          return;
        }
        // What a server sees of it is what was meant.
        expect(new URL(`https://x${path}`).pathname.split('/')).toEqual(['', 'resourceGroups', group, 'apps', app]);
      }),
    ));

  test.each([
    { reason: 'as it is written', id: '/subscriptions/S/resourceGroups/RG/providers/Microsoft.App/containerApps/web', type: 'microsoft.app/containerapps' },
    { reason: 'as Azure answers it', id: '/subscriptions/S/resourcegroups/RG/providers/microsoft.app/containerapps/web', type: 'microsoft.app/containerapps' },
  ])('an id is parsed $reason', ({ id, type }) => {
    expect(parseArmId(id)).toEqual({ subscription: 'S', resourceGroup: 'RG', type, name: 'web' });
  });

  test.each([
    { reason: 'a child', id: '/subscriptions/S/resourceGroups/RG/providers/Microsoft.App/containerApps/web/revisions/a' },
    { reason: 'a path that climbs', id: '/subscriptions/S/resourceGroups/../providers/Microsoft.App/containerApps/web' },
    { reason: 'a group', id: '/subscriptions/S/resourceGroups/RG' },
    { reason: 'an address', id: 'https://management.azure.com/subscriptions/S/resourceGroups/RG/providers/Microsoft.App/containerApps/web' },
    { reason: 'nothing', id: '' },
  ])('is not taken for the id of a resource: $reason', ({ id }) => {
    expect(parseArmId(id)).toBeNull();
  });

  test('a display name of a region is its short form', () => {
    expect(['East US 2', 'westeurope', 'West Europe'].map(shortLocation)).toEqual(['eastus2', 'westeurope', 'westeurope']);
  });
});
