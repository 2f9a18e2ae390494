import * as z from 'zod';

const githubFaultNames = [
  'github:500',
  'github:403-secondary-limit',
  'github:429',
  'github:hang',
  'github:drop-deliveries',
  'github:duplicate-deliveries',
] as const;
export type GithubFaultName = (typeof githubFaultNames)[number];

export interface GithubFaultRequest {
  readonly name: GithubFaultName;
  /** How many requests or deliveries it hits; null until cleared. */
  readonly times: number | null;
  /** Only requests whose path contains this, without case; null for all. A delivery's path is `/deliveries/<event>`. */
  readonly path: string | null;
  /** Only this method; null for all. */
  readonly method: string | null;
  /** Lets so many of those that it would hit pass first. */
  readonly after?: number;
}

/** Faults that were asked for by name. */
export interface GithubFaultBoard {
  /** @returns the fault that applies, used up once per call; null for none. */
  next(about: { readonly method: string; readonly path: string; readonly kind: 'request' | 'delivery' }): GithubFaultName | null;
  ask(request: GithubFaultRequest): void;
  clear(): void;
  list(): readonly GithubFaultRequest[];
}

export const faultRequest = z.object({
  name: z.enum(githubFaultNames),
  times: z.number().int().positive().nullable().default(null),
  path: z.string().nullable().default(null),
  method: z.string().nullable().default(null),
  after: z.number().int().min(0).default(0),
});

export function githubFaultBoard(): GithubFaultBoard {
  let asked: GithubFaultRequest[] = [];
  return {
    next({ method, path, kind }) {
      const reached = asked.filter((fault) => {
        if (fault.name.endsWith('-deliveries') !== (kind === 'delivery')) return false;
        if (fault.method !== null && fault.method.toUpperCase() !== method) return false;
        return fault.path === null || path.toLowerCase().includes(fault.path.toLowerCase());
      });
      const hit = reached.find(({ after = 0 }) => after === 0);
      asked = asked.flatMap((fault) => (fault === hit ? left(fault) : reached.includes(fault) ? [passed(fault)] : [fault]));
      return hit?.name ?? null;
    },
    ask: (request) => asked.push(request),
    clear: () => (asked = []),
    list: () => asked,
  };
}

function passed(fault: GithubFaultRequest): GithubFaultRequest {
  return { ...fault, after: Math.max(0, (fault.after ?? 0) - 1) };
}

function left(fault: GithubFaultRequest): readonly GithubFaultRequest[] {
  if (fault.times === null) return [fault];
  return fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : [];
}
