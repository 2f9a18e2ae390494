import { z } from 'zod';
import { declared, digest, name, sentence } from './shapes.ts';

const inventoried = z.strictObject({
  service: name,
  tenant: name,
  image: z.string(),
  revision: z.string().nullable(),
  replicas: z.number().int().nonnegative(),
  status: z.enum(['Running', 'Degraded', 'Stopped', 'Unknown']),
  endpointUrl: z.string().nullable(),
});

export const environmentInventoryMessages = {
  ProvisionEnvironment: {
    role: 'command',
    about: 'Create or adopt the resource group, managed environment and identities of an environment.',
    schema: z.strictObject(declared),
  },
  UnmanageEnvironment: {
    role: 'command',
    about: 'Stop managing an environment that Git no longer declares. Nothing in Azure is deleted.',
    schema: z.strictObject(declared),
  },
  RefreshInventory: {
    role: 'command',
    about: 'Record what runs in an environment from what Azure shows.',
    schema: z.strictObject({ environment: name }),
  },
  RuntimeEnvironmentProvisioned: {
    role: 'event',
    about: 'The environment exists in Azure as declared and may be deployed to.',
    schema: z.strictObject({ ...declared, digest, managedEnvironmentId: z.string(), defaultDomain: z.string() }),
  },
  RuntimeEnvironmentProvisioningFailed: {
    role: 'event',
    about: 'The environment cannot be provisioned as declared; `needs` says what a person must do.',
    schema: z.strictObject({ ...declared, reason: sentence, needs: sentence }),
  },
  RuntimeEnvironmentDecommissioned: {
    role: 'event',
    about: 'The environment is no longer managed.',
    schema: z.strictObject(declared),
  },
  RuntimeInventoryUpdated: {
    role: 'event',
    about: 'What runs in the environment has changed in the inventory.',
    schema: z.strictObject({ environment: name, services: z.array(inventoried) }),
  },
} as const;
