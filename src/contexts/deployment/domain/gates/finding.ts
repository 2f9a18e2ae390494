import type { GateAnswer } from '../../../../kernel/messages/deployment.ts';

/** What one gate says at one look. */
export interface Finding {
  readonly gate: string;
  readonly answer: GateAnswer;
  /** Our own sentence, with the numbers. */
  readonly detail: string;
  readonly samples: number | null;
  /** What a pass needs, for people: `>= 99 %`. */
  readonly threshold: string | null;
}

/** The gates that every stage has, by the names under which they are shown. */
export const ownGates = { revision: 'revision', readiness: 'readiness', restarts: 'restarts', successRate: 'success rate', latency: 'latency' } as const;
