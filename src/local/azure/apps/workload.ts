import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { ResolvedSecret } from './resolved-secret.ts';
import type { Probe } from './probes.ts';
import { listAt, textAt } from './reading.ts';

/** What a local workload does, told by the suffix of its image's tag. */
export interface Behaviour {
  /** Ready after a longer while, as after a large pull. */
  readonly slow: boolean;
  /** The process ends as soon as it starts. */
  readonly crash: boolean;
  /** It listens; everything answers 503 but the paths of liveness and startup probes that are not those of readiness. */
  readonly unready: boolean;
  /** Of a hundred requests, how many answer 500. */
  readonly errorPercent: number;
}

export function behaviourOf(images: readonly string[]): Behaviour {
  const errors = images.map((image) => Number(/-5xx-(\d{1,3})$/.exec(image)?.[1] ?? 0));
  const ends = (suffix: string) => images.some((image) => image.endsWith(suffix));
  return { slow: ends('-slow'), crash: ends('-crash'), unready: ends('-unready'), errorPercent: Math.min(100, Math.max(0, ...errors)) };
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

interface Self {
  readonly app: string;
  readonly revision: string;
  readonly replica: string;
  readonly template: JsonObject;
  readonly secrets: ReadonlyMap<string, ResolvedSecret>;
  readonly probes: readonly Probe[];
  readonly behaviour: Behaviour;
}

/** The program inside a replica: it says what it is, so that configuration and secrets can be seen arriving. Values never leave it. */
export function workload(self: Self): (request: IncomingMessage, response: ServerResponse) => void {
  const { behaviour, probes } = self;
  const about = JSON.stringify(selfDescription(self));
  const pathsOf = (...types: readonly Probe['type'][]) => new Set(probes.flatMap((probe) => (types.includes(probe.type) && probe.http ? [probe.http.path] : [])));
  const paths = pathsOf('Startup', 'Readiness', 'Liveness');
  const readiness = pathsOf('Readiness');
  const whileUnready = new Set([...pathsOf('Startup', 'Liveness')].filter((path) => !readiness.has(path)));
  let served = 0;
  return (request, response) => {
    request.resume();
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const isProbe = String(request.headers['user-agent']).startsWith('kube-probe/');
    if (behaviour.unready && !whileUnready.has(path)) return end(response, 503, '{"status":"not ready"}');
    if (!isProbe && fails(behaviour.errorPercent, served++)) return end(response, 500, '{"error":"this image fails on purpose"}');
    if (paths.has(path)) return end(response, 200, path === '/' ? about : '{"status":"ok"}');
    return end(response, path === '/' ? 200 : 404, path === '/' ? about : '{"error":"not found"}');
  };
}

/** Spread evenly, so that any run of a hundred requests holds exactly the percentage. */
function fails(percent: number, index: number): boolean {
  return Math.floor(((index + 1) * percent) / 100) > Math.floor((index * percent) / 100);
}

function end(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body);
}

function selfDescription({ app, revision, replica, template, secrets }: Self): object {
  const container = listAt(template, 'containers')[0];
  const env = listAt(container, 'env');
  const used = env.flatMap((one) => {
    const name = textAt(one, 'secretRef');
    const secret = name === null ? undefined : secrets.get(name);
    return name === null || secret === undefined ? [] : [{ name, sha256: createHash('sha256').update(secret.value).digest('hex').slice(0, 12), version: secret.version }];
  });
  return { app, revision, replica, image: container?.['image'], env: env.map((one) => one['name']), secrets: used };
}
