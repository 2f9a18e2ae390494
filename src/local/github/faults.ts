import { askedFaults, type AskedFaults, type FaultDescription, type StruckRequest } from '../faults/board.ts';

export const githubFaults = [
  { name: 'github:500', effect: '500', requests: 'any of the API and of Git', example: 'github:500,times=3' },
  { name: 'github:429', effect: '429 with `retry-after: 1`', requests: 'any of the API and of Git', example: 'github:429,method=POST' },
  { name: 'github:403-secondary-limit', effect: "403 with the secondary limit's text and `retry-after: 1`", requests: 'any of the API and of Git', example: 'github:403-secondary-limit,path=/check-runs' },
  { name: 'github:echo', effect: '422 that repeats token and body in its texts and in a header', requests: 'any of the API and of Git', example: 'github:echo,path=/check-runs' },
  { name: 'github:hang', effect: 'no answer until the caller gives up', requests: 'any of the API and of Git', example: 'github:hang,path=/git/trees' },
  { name: 'github:drop-deliveries', effect: 'the event does not arrive, and is listed as failed', requests: 'deliveries', example: 'github:drop-deliveries,path=/deliveries/push' },
  { name: 'github:duplicate-deliveries', effect: 'the event arrives twice with one GUID', requests: 'deliveries', example: 'github:duplicate-deliveries,times=always' },
] as const satisfies readonly FaultDescription[];

export type GithubFaultName = (typeof githubFaults)[number]['name'];

/** Faults that were asked for by name. A delivery's path is `/deliveries/<event>`. */
export interface GithubFaultBoard extends AskedFaults<GithubFaultName> {
  /** What `github:echo` says besides what the request sent. */
  echoing(texts: readonly string[]): void;
  /** What it repeats of a request with this token and body. */
  echoOf(authorization: string, body: string): string;
  /** @returns the fault that applies, used up once per call; null for none. */
  next(about: StruckRequest & { readonly kind: 'request' | 'delivery' }): GithubFaultName | null;
}

export function githubFaultBoard(): GithubFaultBoard {
  const { take, ...faults } = askedFaults<GithubFaultName>('github');
  let said: readonly string[] = [];
  return {
    ...faults,
    echoing: (texts) => void (said = texts),
    echoOf: (authorization, body) => [authorization, body, ...said].join(' '),
    next: (about) => take(about, (name) => name.endsWith('-deliveries') === (about.kind === 'delivery')),
  };
}
