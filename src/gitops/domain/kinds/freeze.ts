import { z } from 'zod';
import { fault, type Fault } from '../reading/fault.ts';
import type { Readable } from '../reading/readable.ts';
import { cron, everEnds } from '../values/cron.ts';
import { reasonFor } from '../values/reason.ts';
import { timeZone } from '../values/time-zone.ts';
import { duration } from '../values/units.ts';

const window = z.strictObject({
  cron: cron.meta({ description: 'When it begins: minute, hour, day of month, month, day of week.' }),
  timezone: timeZone.prefault('UTC').meta({ description: 'IANA name of the zone in which `cron` is read.' }),
  duration: duration({ min: '1m', max: '31d', example: '63h' }).meta({ description: 'How long it lasts. From 1m to 31d.' }),
  reason: reasonFor('For whoever waits.').optional(),
});

export const freeze = z.array(window).max(20).default([]).meta({ description: 'Times in which no release moves forward; the way back stays open.' });

type FreezeSpec = z.infer<typeof freeze>;

export function checkFreeze(declared: Readable<FreezeSpec> | null): readonly Fault[] {
  return (declared ?? []).flatMap((one, index) => {
    const [begins, lasts] = [one?.cron ?? null, one?.duration ?? null];
    if (begins === null || lasts === null || everEnds(begins, lasts)) return [];
    return [
      fault({
        code: 'freezes-for-ever',
        path: ['spec', 'freeze', index, 'duration'],
        message: 'The next freeze begins before this one ends, again and again: nothing would ever be deployed',
        expected: 'a duration that is shorter than the longest time between two beginnings',
      }),
    ];
  });
}
