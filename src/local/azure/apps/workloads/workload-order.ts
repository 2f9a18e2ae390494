import type { JsonObject } from '../../../../kernel/desired-state.ts';
import type { Probe } from '../probes.ts';
import { listAt, textAt } from '../reading.ts';
import type { ResolvedSecret } from '../resolved-secret.ts';
import type { Behaviour } from './image-tags.ts';

/** All that a program is started with. */
export interface WorkloadOrder {
  /** Its whole environment; the only place where values of secrets are. */
  readonly env: Readonly<Record<string, string>>;
  readonly image: string;
  /** Which variable carries which secret, in which version. */
  readonly secrets: readonly { readonly name: string; readonly variable: string; readonly version: string | null }[];
  readonly behaviour: Pick<Behaviour, 'crash' | 'unready' | 'errorPercent' | 'verdict'>;
  /** Paths that answer 200 for probes. */
  readonly paths: readonly string[];
  /** Those of them that do so in an unready image, too. */
  readonly whileUnready: readonly string[];
}

interface Self {
  readonly app: string;
  readonly revision: string;
  readonly replica: string;
  readonly template: JsonObject;
  readonly secrets: ReadonlyMap<string, ResolvedSecret>;
  readonly probes: readonly Probe[];
  readonly behaviour: Behaviour;
}

/** For the first container of a template, with the names that the platform itself puts into the environment. */
export function workloadOrder({ app, revision, replica, template, secrets, probes, behaviour }: Self): WorkloadOrder {
  const container = listAt(template, 'containers')[0];
  const variables = listAt(container, 'env').map((one) => ({ variable: String(one['name']), value: textAt(one, 'value') ?? '', name: textAt(one, 'secretRef') }));
  const read = variables.flatMap(({ variable, name }) => {
    const secret = name === null ? undefined : secrets.get(name);
    return name === null || secret === undefined ? [] : [{ variable, name, ...secret }];
  });
  const pathsOf = (...types: readonly Probe['type'][]) => new Set(probes.flatMap((probe) => (types.includes(probe.type) && probe.http ? [probe.http.path] : [])));
  const readiness = pathsOf('Readiness');
  return {
    env: {
      ...Object.fromEntries(variables.map(({ variable, value }) => [variable, value])),
      ...Object.fromEntries(read.map(({ variable, value }) => [variable, value])),
      CONTAINER_APP_NAME: app,
      CONTAINER_APP_REVISION: revision,
      CONTAINER_APP_REPLICA_NAME: replica,
    },
    image: textAt(container, 'image') ?? '',
    secrets: read.map(({ name, variable, version }) => ({ name, variable, version })),
    behaviour,
    paths: [...pathsOf('Startup', 'Readiness', 'Liveness')],
    whileUnready: [...pathsOf('Startup', 'Liveness')].filter((path) => !readiness.has(path)),
  };
}
