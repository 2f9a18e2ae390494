import type { ServiceSpec } from '../kinds/runtime-service.ts';
import { fault, warning, type Fault, type Path } from '../reading/fault.ts';
import type { Draft } from '../reading/manifest.ts';
import type { Readable } from '../reading/readable.ts';
import { valueAt } from '../reading/value-at.ts';
import { didYouMean } from '../values/nearest.ts';
import type { Declared } from './declared.ts';
import { runsIn } from './runs-in.ts';

type Service = Draft<'RuntimeService'>;
type Promotion = Readable<NonNullable<ServiceSpec['promotion']>>;

const path = ['spec', 'promotion'];

/** Every wrong key costs a look at all the right ones; a flood of them gets no hints. */
const [hintsPerList, keysPerHint] = [5, 200];

/** What is wrong about where a service takes its releases from in one environment. `configuration` is the one that it uses there. */
export function promotionFaults(declared: Declared, service: Service, environment: string, configuration: Draft<'RuntimeConfiguration'> | null): readonly Fault[] {
  const promotion = service.partsIn(environment)?.promotion ?? null;
  if (promotion === null) return [];
  const source = sourceFaults(declared, service, environment, promotion.from);
  return [...source, ...(source.length === 0 ? valueFaults(service, environment, promotion, configuration) : []), ...imageWarning(service, environment)];
}

function invalid(at: Path, message: string, expected: string, hint: string | null = null): Fault {
  return fault({ code: 'invalid-promotion', path: [...path, ...at], message, expected, hint });
}

function sourceFaults(declared: Declared, service: Service, environment: string, from: string | null): readonly Fault[] {
  if (from === null) return [];
  const others = service.environments.filter((name) => name !== environment);
  if (from === environment) return [invalid(['from'], 'Releases cannot come from the environment that they go to', 'another environment')];
  if (!runsIn(declared, service, from)) {
    return [invalid(['from'], `The service does not run in \`${from}\``, 'an environment of the same service', didYouMean(from, others))];
  }
  const circle = circleOf(service, environment, from);
  return circle === null ? [] : [invalid(['from'], `Releases would go round in a circle: ${circle.join(' from ')}`, 'a first environment that is not promoted to')];
}

/** The environments from which releases come, one after the other, when that leads back to the first. */
function circleOf(service: Service, environment: string, from: string): readonly string[] | null {
  const way = [environment];
  let next: string | null = from;
  while (next !== null && !way.includes(next)) {
    way.push(next);
    next = service.partsIn(next)?.promotion?.from ?? null;
  }
  return next === environment ? [...way, environment] : null;
}

function valueFaults(service: Service, environment: string, { from, values }: Promotion, configuration: Draft<'RuntimeConfiguration'> | null): readonly Fault[] {
  if (from === null || values === null || values.length === 0) return [];
  const [here, there] = [environment, from].map((name) => configurationIn(service, name));
  if (here === null || there === null) return [];
  if (here === undefined || here !== there) {
    return [invalid(['values'], 'Values can only move within one RuntimeConfiguration', `the same \`configuration\` here and in ${from}`)];
  }
  const known = configuration?.partsIn(from)?.values ?? null;
  if (known === null) return [];
  const keys = Object.keys(known).slice(0, keysPerHint);
  return values.flatMap((key, index) => {
    if (key === null || Object.hasOwn(known, key)) return [];
    const hint = index < hintsPerList ? didYouMean(key, keys) : null;
    return [invalid(['values', index], `The configuration \`${here}\` has no value \`${key}\` in ${from}`, `a key of \`${here}\``, hint)];
  });
}

/** Undefined where it uses none, null where that cannot be read. */
function configurationIn(service: Service, environment: string): string | null | undefined {
  const spec = service.partsIn(environment);
  return spec === null ? null : spec.configuration;
}

/** What `spec` says arrives everywhere with one merge, and nothing is left to promote. */
function imageWarning({ document }: Service, environment: string): readonly Fault[] {
  if (valueAt(document.value, ['spec', 'environments', environment, 'image']) !== undefined) return [];
  return [
    warning({
      code: 'promotion-not-pinned',
      path,
      at: 'key',
      message: "The environment has no image of its own: it follows `spec.image` with the same merge, before anything is promoted",
      expected: "`image` in this environment's entry",
      hint: 'Pin the image that runs here; the pull request of the promotion changes it',
    }),
  ];
}
