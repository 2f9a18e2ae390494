import { z } from 'zod';
import { fault, type Fault } from '../reading/fault.ts';
import type { Readable } from '../reading/readable.ts';
import { workspaceId } from '../values/azure-names.ts';
import { atMostCount, atMostDuration, numberBound } from '../values/bounds.ts';
import { declaredName } from '../values/names.ts';
import { publicAddress } from '../values/public-address.ts';
import { query } from '../values/query.ts';
import { atLeastPercent, duration } from '../values/units.ts';
import { written } from '../values/written.ts';
import type { ServiceIngress } from './ingress.ts';

/** What gates of Trueup's own are called where readings are shown. */
const ownGates = ['revision', 'readiness', 'restarts', 'latency'];

const anyName = declaredName({ what: 'The name of a gate', max: 40 });

const gateName = written({ description: 'Shown with its readings; unique in the service.' }, (text, refuse) => {
  const [issue] = anyName.safeParse(text).error?.issues ?? [];
  if (issue !== undefined) return refuse({ code: 'invalid-name', message: issue.message, expected: '1 to 40 lower-case letters, digits and single hyphens, starting with a letter' });
  if (ownGates.includes(text)) return refuse({ code: 'reserved-name', message: 'Every service has a gate of this name', expected: 'another name' });
  return text;
});

const logGate = z.strictObject({ name: gateName, workspace: workspaceId, query, passes: numberBound });

const httpGate = z.strictObject({
  name: gateName,
  url: publicAddress.meta({ description: 'Asked by POST, answers `{"verdict": "pass"}`, or fail, inconclusive or no-data. https at port 443, with a public host name, which must be granted to the tenant.' }),
  timeout: duration({ min: '1s', max: '30s', example: '10s' }).prefault('10s').meta({ description: 'From 1s to 30s.' }),
});

const limits = z
  .strictObject({
    failures: z.number().int().min(1).max(10).default(1).meta({ description: 'Failing looks in a row of one gate that fail the release.' }),
    inconclusive: duration({ min: '0s', max: '7d', example: '10m' }).prefault('10m').meta({ description: 'How long a gate may stay inconclusive after the bake. From 0s to 7d.' }),
    noData: duration({ min: '0s', max: '7d', example: '10m' }).prefault('10m').meta({ description: 'How long a gate may stay without data after the bake. From 0s to 7d.' }),
  })
  .prefault({});

export const gate = z
  .strictObject({
    successRate: atLeastPercent.optional().meta({ description: 'Least share of its requests without a server error, as Azure counts them.' }),
    minSamples: z.number().int().min(1).max(1_000_000).optional().meta({ description: 'Requests of users, without those of the gate, before `successRate` is judged; 10 when left out.' }),
    restarts: atMostCount.prefault('<= 2').meta({ description: 'Most restarts of its containers within one step.' }),
    latencyP95: atMostDuration.optional().meta({ description: "Longest that 95 of 100 of the gate's own requests to the readiness path may take; needs an external ingress." }),
    logs: z.array(logGate).max(10).default([]).meta({ description: 'Queries of Log Analytics.' }),
    http: z.array(httpGate).max(10).default([]).meta({ description: 'Systems of your own that are asked for their verdict.' }),
    limits,
  })
  .prefault({});

type GateSpec = z.infer<typeof gate>;

const path = ['spec', 'rollout', 'gate'];

export function checkGate(declared: Readable<GateSpec>, ingress: ServiceIngress): readonly Fault[] {
  return [...checkSamples(declared), ...checkRequests(declared, ingress), ...checkNames(declared)];
}

function invalid(field: string, at: Fault['at'], message: string, expected: string): Fault {
  return fault({ code: 'invalid-gate', path: [...path, field], at, message, expected });
}

function checkSamples({ successRate, minSamples }: Readable<GateSpec>): readonly Fault[] {
  if (successRate !== undefined || minSamples === undefined) return [];
  return [invalid('minSamples', 'key', 'Samples are those of a success rate, and there is none', '`successRate`, or no `minSamples`')];
}

/** A gate that can never have data would hold every release and fail it. */
function checkRequests({ successRate, latencyP95 }: Readable<GateSpec>, ingress: ServiceIngress): readonly Fault[] {
  return [
    ...(successRate !== undefined && ingress === undefined
      ? [invalid('successRate', 'key', 'Without an ingress there are no requests to judge', 'an `ingress`, or no `successRate`')]
      : []),
    ...(latencyP95 !== undefined && (ingress === undefined || ingress?.external === false)
      ? [invalid('latencyP95', 'key', "The gate's own requests need an external ingress", '`ingress.external: true`, or no `latencyP95`')]
      : []),
  ];
}

function checkNames({ logs, http }: Readable<GateSpec>): readonly Fault[] {
  const seen = new Set<string>();
  const named = [...(logs ?? []).map((one, index) => ({ at: ['logs', index], name: one?.name ?? null })), ...(http ?? []).map((one, index) => ({ at: ['http', index], name: one?.name ?? null }))];
  return named.flatMap(({ at, name }) => {
    if (name === null || !seen.has(name)) {
      if (name !== null) seen.add(name);
      return [];
    }
    return [fault({ code: 'duplicate-name', path: [...path, ...at, 'name'], message: `Another gate is called \`${name}\``, expected: 'a name of its own' })];
  });
}

/** Whether requests or systems say something about the release, besides its own state. */
export function isMeasured({ successRate, latencyP95, logs, http }: Readable<GateSpec>): boolean {
  return successRate !== undefined || latencyP95 !== undefined || logs?.length !== 0 || http?.length !== 0;
}
