import { z } from 'zod';
import { declared, digest, name, sentence } from './shapes.ts';

export const configurationSecretsMessages = {
  PublishConfiguration: {
    role: 'command',
    about: 'Make the declared values an immutable, content-addressed version for the environment.',
    schema: z.strictObject({ ...declared, configuration: name, tenant: name }),
  },
  BindSecret: {
    role: 'command',
    about: 'Check, through metadata only, that a Key Vault secret can be bound, and that the identity may read it.',
    schema: z.strictObject({ ...declared, binding: name, tenant: name }),
  },
  RotateSecret: {
    role: 'command',
    about: 'The same for a binding whose pinned version changed.',
    schema: z.strictObject({ ...declared, binding: name, tenant: name }),
  },
  ConfigurationSynced: {
    role: 'event',
    about: 'The version is published and may be deployed.',
    schema: z.strictObject({ ...declared, configuration: name, tenant: name, version: z.string() }),
  },
  SecretBound: {
    role: 'event',
    about: 'The binding was checked and may be deployed. `digest` is that of the declared binding.',
    schema: z.strictObject({ ...declared, binding: name, tenant: name, digest }),
  },
  SecretRotated: {
    role: 'event',
    about: 'A binding moved to another version of its secret.',
    schema: z.strictObject({ ...declared, binding: name, tenant: name, from: z.string().nullable(), to: z.string().nullable() }),
  },
  SecretBindingRefused: {
    role: 'event',
    about: 'The binding cannot be used as declared; `needs` says what a person must do.',
    schema: z.strictObject({ ...declared, binding: name, tenant: name, reason: sentence, needs: sentence }),
  },
} as const;
