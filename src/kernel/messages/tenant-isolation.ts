import { z } from 'zod';
import { isolations } from '../desired-state.ts';
import { declared, digest, name, sentence } from './shapes.ts';

/** Sent per environment, with the tenant that owns the environment as the envelope's tenant; `tenant` is the one that is bound to it. */
const binding = { tenant: name, ...declared };

export const tenantIsolationMessages = {
  BindTenant: {
    role: 'command',
    about: 'Create or update the binding of a tenant to an environment.',
    schema: z.strictObject(binding),
  },
  RuntimeTenantBound: {
    role: 'event',
    about: 'The tenant may be placed in the environment, within its quota.',
    schema: z.strictObject({ ...binding, isolation: z.enum(isolations), digest }),
  },
  RuntimeTenantBindingRefused: {
    role: 'event',
    about: 'The binding breaks a placement rule, its quota or the grant that the operator gave.',
    schema: z.strictObject({ ...binding, reason: sentence, needs: sentence }),
  },
} as const;
