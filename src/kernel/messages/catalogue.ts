import type { z } from 'zod';
import { configurationSecretsMessages } from './configuration-secrets.ts';
import { deploymentMessages } from './deployment.ts';
import { driftDetectionMessages } from './drift-detection.ts';
import { environmentInventoryMessages } from './environment-inventory.ts';
import { gitopsMessages } from './gitops.ts';
import { healthScalingMessages } from './health-scaling.ts';
import { tenantIsolationMessages } from './tenant-isolation.ts';

/** The published language. Commands (VerbNoun) have one handler; events (NounVerbPastTense) any number of subscribers. */
export const messagesByContext = {
  gitops: gitopsMessages,
  'tenant-isolation': tenantIsolationMessages,
  'environment-inventory': environmentInventoryMessages,
  'configuration-secrets': configurationSecretsMessages,
  deployment: deploymentMessages,
  'health-scaling': healthScalingMessages,
  'drift-detection': driftDetectionMessages,
} as const;

export const messageCatalogue = {
  ...gitopsMessages,
  ...tenantIsolationMessages,
  ...environmentInventoryMessages,
  ...configurationSecretsMessages,
  ...deploymentMessages,
  ...healthScalingMessages,
  ...driftDetectionMessages,
} as const;

export type MessageType = keyof typeof messageCatalogue;

export type PayloadOf<Type extends MessageType> = z.infer<(typeof messageCatalogue)[Type]['schema']>;

/** Version of the published language; travels beside the envelope. A breaking change is a new name ending in `V2`. The number grows with every message or field that an older worker could not read: it leaves those to the newer one. */
export const schemaVersion = 1;
