/**
 * GitHub's own figures; a test that would need minutes to reach one lowers it.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export interface Limits {
  /** Of an installation, before it grows with repositories and people; 15,000 on Enterprise Cloud, and then it does not grow. */
  readonly installationPerHour: number;
  /** Of a person, and of the App about itself. */
  readonly personPerHour: number;
  /** Of everybody without credentials together: they have one address. */
  readonly anonymousPerHour: number;
  /** Requests of one caller under way at once. */
  readonly concurrent: number;
  /** A reading request has one point, a writing one five. */
  readonly pointsPerMinute: number;
  readonly contentPerMinute: number;
  readonly contentPerHour: number;
  /** How long a delivery waits for its answer. */
  readonly deliveryMs: number;
  /** A larger payload is not delivered at all. */
  readonly payloadBytes: number;
  /** Of one commit and context. */
  readonly statusesOfContext: number;
  /** Check runs of one name in a suite; of more the oldest are deleted. */
  readonly runsOfName: number;
  /** Of more branches in one push no event tells. */
  readonly pushedBranches: number;
}

export const defaultLimits: Limits = {
  installationPerHour: 5000,
  personPerHour: 5000,
  anonymousPerHour: 60,
  concurrent: 100,
  pointsPerMinute: 900,
  contentPerMinute: 80,
  contentPerHour: 500,
  deliveryMs: 10_000,
  payloadBytes: 25 * 1024 * 1024,
  statusesOfContext: 1000,
  runsOfName: 1000,
  pushedBranches: 5000,
};
