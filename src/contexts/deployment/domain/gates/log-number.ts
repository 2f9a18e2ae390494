import type { DesiredLogGate } from '../../../../kernel/desired-state.ts';
import type { Asked } from './evidence.ts';
import type { Finding } from './finding.ts';
import { orUnreadable } from './unreadable.ts';

type Judged = Pick<DesiredLogGate, 'name' | 'passes'>;

/** The one number that a query answers. No number is no data: a query without rows has found nothing out. */
export function logNumber({ name, passes: { comparison, value: limit } }: Judged, asked: Asked<number | null>): Finding | null {
  const about = { gate: name, threshold: `${comparison} ${limit}` };
  return orUnreadable(about, asked, (value) => {
    if (value === null) return { ...about, answer: 'no-data', detail: 'The query answers no number', samples: null };
    const isPass = comparison === '<=' ? value <= limit : value >= limit;
    return { ...about, answer: isPass ? 'pass' : 'fail', detail: `The query answers ${value}`, samples: null };
  });
}
