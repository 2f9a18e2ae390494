import { unknownStepOf } from '../../../kernel/comparison/known-place.ts';
import { driftModes, type DesiredDrift, type DriftMode, type IgnoredPath } from '../../../kernel/desired-state.ts';
import type { DriftSpec } from '../kinds/drift.ts';
import { warning, type Fault } from '../reading/fault.ts';
import { secretIn } from '../reading/inline-secret.ts';
import type { Draft } from '../reading/manifest.ts';
import type { Readable } from '../reading/readable.ts';
import { didYouMean } from '../values/nearest.ts';
import type { Declared } from './declared.ts';
import { mayBeService } from './references.ts';

type Row = DriftSpec['paths'][number];

export function driftOf({ mode, paths }: DriftSpec): DesiredDrift {
  const rows = paths.flatMap((row) => (isMode(row.mode) ? [{ services: row.services ?? null, path: row.path, mode: row.mode, reason: row.reason ?? null }] : []));
  return { mode, paths: rows };
}

export function ignoresOf({ paths }: DriftSpec, service: string): readonly IgnoredPath[] {
  // Its check refuses a row that ignores without a reason.
  return paths.filter((row) => row.mode === 'ignore' && isFor(row, service)).map(({ path, reason = '' }) => ({ path, reason }));
}

function isMode(mode: Row['mode']): mode is DriftMode {
  return driftModes.some((known) => known === mode);
}

function isFor({ services }: Row, service: string): boolean {
  return services === undefined || services.includes(service);
}

/** Every wrong name costs a look at all the right ones; a flood of them gets no hints. */
const hintsPerEnvironment = 20;

/** Rows that do nothing. None of them stops the environment. */
export function driftFaults(declared: Declared, environment: Draft<'RuntimeEnvironment'>): readonly Fault[] {
  const rows = environment.partsIn('')?.drift?.paths ?? [];
  return [...unknownPlaces(rows), ...unknownServices(declared, environment, rows)];
}

type Rows = readonly (Readable<Row> | null)[];

/** A field of a version of Azure to come is no mistake, so that it is told and refused by nobody. */
function unknownPlaces(rows: Rows): readonly Fault[] {
  const wrong = rows.flatMap((row, index) => {
    // What looks like a secret is an error of its own, which does not repeat it.
    const step = row?.path && secretIn(row.path, '') === null ? unknownStepOf(row.path) : null;
    return step === null ? [] : [{ step, path: ['spec', 'drift', 'paths', index, 'path'] }];
  });
  return wrong.map(({ step: { below, name, keys, isList }, path }, index) =>
    warning({
      code: 'unknown-place',
      path,
      message: `No container app is known to have \`${name}\` in \`${below}\`, so the row may do nothing`,
      expected: isList ? `an item by its name: \`${below}[NAME]\`` : keys.length === 0 ? 'nothing below it' : `one of ${keys.join(', ')}`,
      hint: isList ? `Did you mean \`${below}[${name}]\`?` : index < hintsPerEnvironment ? didYouMean(name, keys) : null,
    }),
  );
}

/** A service that goes from Git must not stop the environment that still names it here. */
function unknownServices(declared: Declared, environment: Draft<'RuntimeEnvironment'>, rows: Rows): readonly Fault[] {
  const name = environment.ref?.name ?? null;
  if (name === null || rows.every((row) => (row?.services ?? null) === null)) return [];
  const here = declared.drafts.RuntimeService.filter(({ environments }) => environments.includes(name)).flatMap(({ ref }) => ref?.name ?? []);
  const wrong = rows.flatMap((row, index) =>
    (row?.services ?? []).flatMap((service, at) =>
      service === null || here.includes(service) || mayBeService(declared, service, name) ? [] : [{ service, path: ['spec', 'drift', 'paths', index, 'services', at] }],
    ),
  );
  return wrong.map(({ service, path }, index) =>
    warning({
      code: 'unknown-reference',
      path,
      message: `No service \`${service}\` runs in this environment, so the row does nothing for it`,
      expected: 'the name of a RuntimeService that runs in it',
      hint: index < hintsPerEnvironment ? didYouMean(service, here) : null,
    }),
  );
}
