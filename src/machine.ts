import { randomUUID } from 'node:crypto';
import type { Clock, Ids } from './kernel/ports.ts';

/** The real ones; whatever takes them as ports is given others in tests. */
export const clock: Clock = { now: () => Date.now() };
export const ids: Ids = { uuid: randomUUID };
