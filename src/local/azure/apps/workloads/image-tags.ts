import type { JsonObject } from '../../../../kernel/desired-state.ts';
import { listAt, textAt } from '../reading.ts';

/** What a local workload does, told by the suffix of its image's tag. */
export interface Behaviour {
  /** Ready after a longer while, as after a large pull. */
  readonly slow: boolean;
  /** The process exits with 1 as soon as it starts. */
  readonly crash: boolean;
  /** It listens; everything answers 503 but the paths of liveness and startup probes that are not those of readiness. */
  readonly unready: boolean;
  /** Of a hundred requests, how many answer 500; the paths of probes are not among them. */
  readonly errorPercent: number;
  /** What it answers to every POST, as a system that rollouts ask for its verdict; null for an image that is none. */
  readonly verdict: string | null;
}

export function behaviourOf(images: readonly string[]): Behaviour {
  const errors = images.map((image) => Number(/-5xx-(\d{1,3})$/.exec(image)?.[1] ?? 0));
  const ends = (suffix: string) => images.some((image) => image.endsWith(suffix));
  const [verdict = null] = images.flatMap((image) => /-gate-(pass|fail|inconclusive|no-data)$/.exec(image)?.[1] ?? []);
  return { slow: ends('-slow'), crash: ends('-crash'), unready: ends('-unready'), errorPercent: Math.min(100, Math.max(0, ...errors)), verdict };
}

/** Containers whose image the registry does not have, in the service's words. */
export function missingImages(template: JsonObject): readonly { readonly field: string; readonly details: string }[] {
  const containers = [...listAt(template, 'containers'), ...listAt(template, 'initContainers')];
  return containers.flatMap((container) => {
    const image = textAt(container, 'image') ?? '';
    const tag = /:([^:/]+)$/.exec(image)?.[1] ?? 'latest';
    if (!tag.endsWith('-badimage')) return [];
    return [{ field: `template.containers.${String(container['name'])}.image`, details: `Invalid value: "${image}": GET https:: MANIFEST_UNKNOWN: manifest tagged by "${tag}" is not found; map[Tag:${tag}]` }];
  });
}
