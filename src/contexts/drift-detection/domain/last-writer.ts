import { fieldsOf } from '../../../kernel/comparison/named-field.ts';
import type { ObservedApp } from '../../../kernel/container-app.ts';
import type { LastWriter } from './attribution.ts';

/** Whoever wrote the app last, as its body says; null where it does not. */
export function lastWriterOf({ raw }: Pick<ObservedApp, 'raw'>): LastWriter | null {
  const { lastModifiedBy: who, lastModifiedAt: at } = fieldsOf(raw['systemData']);
  if (typeof who !== 'string' || who === '' || typeof at !== 'string') return null;
  // Azure leaves the zone out at times, and means UTC.
  const time = Date.parse(/(z|[+-]\d{2}:\d{2})$/i.test(at) ? at : `${at}Z`);
  return Number.isFinite(time) ? { who, at: new Date(time).toISOString() } : null;
}
