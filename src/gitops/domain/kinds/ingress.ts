import type { Readable } from '../reading/readable.ts';

/** Of a service's ingress, what its rollout depends on: undefined where it has none, null where what it says cannot be read. */
export type ServiceIngress = Readable<{ readonly external: boolean }> | null | undefined;
