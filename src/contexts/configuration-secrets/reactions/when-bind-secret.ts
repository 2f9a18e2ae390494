import { reaction, type Reaction } from '../../../kernel/context.ts';
import { bindSecret } from '../steps/bind-secret.ts';
import type { ConfigurationSecretsPorts } from '../ports.ts';

export function whenBindSecret(ports: ConfigurationSecretsPorts): Reaction {
  return reaction({
    name: 'when-bind-secret',
    on: 'BindSecret',
    writes: ({ payload }) => `configuration-secrets/${payload.environment}/${payload.binding}`,
    handle: (envelope, delivery) => bindSecret(ports, envelope, delivery),
  });
}
