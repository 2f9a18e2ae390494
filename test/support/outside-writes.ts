import type { OutsideWrite } from '../../src/contexts/drift-detection/ports.ts';

/** By the credential of Trueup: no outside write. */
export const ourselves = 'trueup';

/** A write to an app by somebody else. */
export function outsideWrite(overrides: Partial<OutsideWrite> = {}): OutsideWrite {
  const app = overrides.app === undefined ? 'checkout' : overrides.app;
  const resource = `/subscriptions/s/resourceGroups/rg/providers/Microsoft.App/containerApps/${app}`;
  const write = { app, resource, who: 'alice@contoso.com', at: '2026-11-24T00:00:00.000Z', operation: 'Microsoft.App/containerApps/write', isOurs: false, ...overrides };
  return { id: [write.resource, write.who, write.at].join('|').toLowerCase(), ...write };
}
