import { z } from 'zod';
import { driftModes } from '../../../kernel/desired-state.ts';
import { fault, missingField, type Fault, type Path } from '../reading/fault.ts';
import type { Readable } from '../reading/readable.ts';
import { appPlace } from '../values/app-place.ts';
import { serviceName, uniqueList } from '../values/names.ts';
import { reasonFor } from '../values/reason.ts';
import { ownPlaceIn } from './own-places.ts';

const row = z.strictObject({
  path: appPlace.meta({
    description: 'A place of the container app, as a finding shows it, with everything below it. `*` stands for one key, `[*]` for any item of a list.',
  }),
  services: uniqueList(serviceName, 100).min(1).optional().meta({ description: 'Where it counts. Left out: for every service of the environment.' }),
  mode: z.enum([...driftModes, 'ignore']).meta({ description: 'ignore: somebody else decides it. It is neither told nor put back, and a deployment keeps what it finds there.' }),
  reason: reasonFor('Why. Needed where it is ignored.').optional(),
});

export const drift = z
  .strictObject({
    mode: z.enum(driftModes).default('propose').meta({ description: 'Of everything that no row of `paths` names. report: say it. propose: open a pull request. heal: put it back at once.' }),
    paths: z.array(row).max(100).default([]).meta({ description: 'Where another mode counts. Rows that ignore come before all others; of those the first that fits counts.' }),
  })
  .default({ mode: 'propose', paths: [] })
  .meta({ description: 'What happens when Azure is not as declared.' });

export type DriftSpec = z.infer<typeof drift>;

export function checkDrift(declared: Readable<DriftSpec> | null): readonly Fault[] {
  return (declared?.paths ?? []).flatMap((one, index) => (one?.mode === 'ignore' ? checkIgnored(one, ['spec', 'drift', 'paths', index]) : []));
}

function checkIgnored({ path, reason, services }: Readable<DriftSpec['paths'][number]>, at: Path): readonly Fault[] {
  const owner = path === null ? null : ownPlaceIn(path, namesIn(services));
  return [
    ...(reason === undefined ? [missingField([...at, 'reason'], 'why it is left to somebody else')] : []),
    ...(owner === null ? [] : [fault({
      code: 'owned-elsewhere',
      path: [...at, 'path'],
      message: `This takes in \`${owner.place}\`, which cannot be left to somebody else: ${owner.why}`,
      expected: 'a place that takes in less, such as properties.template.scale.minReplicas',
    })]),
  ];
}

function namesIn(services: Readable<DriftSpec['paths'][number]['services']> | null): readonly string[] | null {
  return services?.flatMap((name) => name ?? []) ?? null;
}
