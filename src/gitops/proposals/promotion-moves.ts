import type { DesiredEnvironment, DesiredService } from '../../kernel/desired-state.ts';
import { serviceStanding, type EnvironmentStanding, type KnownGood, type Quarantined, type ServiceStanding } from '../../kernel/standing.ts';
import type { FileEdit } from './file-texts.ts';

/** A value of a configuration that moves along with a release. */
export interface MovedValue {
  readonly configuration: string;
  readonly key: string;
  /** Null where it is not set. */
  readonly before: string | null;
  readonly value: string;
}

/** What of one service differs between what is good in one environment and what another declares. */
export interface Move {
  readonly service: string;
  readonly good: KnownGood;
  /** What is declared where it moves to. */
  readonly image: string;
  readonly values: readonly MovedValue[];
  readonly edits: readonly FileEdit[];
  /** Where it goes it was taken back before, and a person asks for it all the same. */
  readonly takenBack: Quarantined | null;
}

export interface NotMoved {
  readonly service: string;
  readonly why: string;
}

export interface Promotion {
  readonly from: string;
  readonly to: DesiredEnvironment;
  /** How they stand where they come from, and where they go. */
  readonly standing: { readonly from: EnvironmentStanding | null; readonly to: EnvironmentStanding | null };
  /** What the environment that they come from declared when a release was good; null where it cannot be known. */
  readonly sourceAt: (commit: string) => DesiredEnvironment | null;
  /** A person asks: what was taken back there before may come again. */
  readonly asked: boolean;
}

/** Services that take their releases from an environment. */
export function takersOf(to: DesiredEnvironment, from: string): readonly DesiredService[] {
  return to.services.filter(({ promotion }) => promotion?.from === from);
}

/** Only what is known to be good moves: what merely runs or is declared does not. */
export function movesOf(promotion: Promotion): { readonly moves: readonly Move[]; readonly notMoved: readonly NotMoved[] } {
  const each = takersOf(promotion.to, promotion.from).flatMap((service) => moveOf(promotion, service) ?? []);
  return { moves: each.flatMap((one) => ('edits' in one ? [one] : [])), notMoved: each.flatMap((one) => ('why' in one ? [one] : [])) };
}

/** Null when it is the same there already, or nothing of it is known to be good. */
function moveOf(promotion: Promotion, service: DesiredService): Move | NotMoved | null {
  const { standing, asked, to } = promotion;
  const target = serviceStanding(standing.to, service.name);
  const good = serviceStanding(standing.from, service.name)?.knownGood.at(-1);
  if (good === undefined) return null;
  const values = valuesOf(promotion, service, good);
  if (values === null) return { service: service.name, why: `what its configuration was in ${promotion.from} cannot be read` };
  const changed = values.filter(({ before, value }) => before !== value);
  if (good.image === service.image && changed.length === 0) return null;
  const why = good.image === service.image || asked ? null : whyNotAgain(good, target, to.name);
  if (why !== null) return { service: service.name, why };
  const takenBack = good.image === service.image ? null : quarantinedAs(good, target);
  return { service: service.name, good, image: service.image, values: changed, edits: editsOf(to, service, good, changed), takenBack };
}

/** What an environment had before comes again only when a person asks. */
function whyNotAgain({ image }: Pick<KnownGood, 'image'>, target: ServiceStanding | null, to: string): string | null {
  if (quarantinedAs({ image }, target) !== null) return `${image} was taken back in ${to}`;
  return target?.knownGood.some((one) => one.image === image) === true ? `${image} was good in ${to} before, which declares another` : null;
}

function quarantinedAs({ image }: Pick<KnownGood, 'image'>, target: ServiceStanding | null): Quarantined | null {
  return target?.quarantined.findLast((one) => one.image === image) ?? null;
}

/** Null when they cannot be known. A key that the source does not set is left as it is. */
function valuesOf({ to, sourceAt }: Promotion, { configuration, promotion }: DesiredService, good: KnownGood): readonly MovedValue[] | null {
  const keys = promotion?.values ?? [];
  if (keys.length === 0 || configuration === null || good.configuration === null) return [];
  const { name, version } = good.configuration;
  const source = sourceAt(good.commit)?.configurations.find((one) => one.name === name && one.version === version);
  const target = to.configurations.find((one) => one.name === configuration);
  if (source === undefined || target === undefined) return null;
  return keys.flatMap((key) => {
    const value = Object.hasOwn(source.values, key) ? source.values[key] : undefined;
    return value === undefined ? [] : [{ configuration, key, before: (Object.hasOwn(target.values, key) ? target.values[key] : undefined) ?? null, value }];
  });
}

function editsOf(to: DesiredEnvironment, service: DesiredService, good: KnownGood, values: readonly MovedValue[]): Move['edits'] {
  const inEnvironment = ['spec', 'environments', to.name];
  const file = (name: string): string => to.configurations.find((one) => one.name === name)?.source.file ?? '';
  const image = { file: service.source.file, kind: 'RuntimeService', name: service.name, path: [...inEnvironment, 'image'], value: good.image };
  return [
    ...(good.image === service.image ? [] : [image]),
    ...values.map(({ configuration, key, value }) => ({ file: file(configuration), kind: 'RuntimeConfiguration', name: configuration, path: [...inEnvironment, 'values', key], value })),
  ];
}
