import { reaction, type Reaction } from '../../../kernel/context.ts';
import { bindSecret } from '../steps/bind-secret.ts';
import type { ConfigurationSecretsPorts } from '../ports.ts';

export function whenRotateSecret(ports: ConfigurationSecretsPorts): Reaction {
  return reaction({
    name: 'when-rotate-secret',
    on: 'RotateSecret',
    writes: ({ payload }) => `configuration-secrets/${payload.environment}/${payload.binding}`,
    handle: (envelope, delivery) => bindSecret(ports, envelope, delivery),
  });
}
