import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Stage } from '../../src/cli/demo/stage.ts';
import { auditEvidence, auditFindings, type Judged } from '../promises/p14-audit-judge.ts';
import { changesSeen } from './seen-changes.ts';

export interface AuditWatch {
  /** What was written until here is not asked about: somebody empties Redis. */
  forget(): void;
  /** The audit against what both clouds saw; what was answered a moment ago may not be kept yet, and is waited for. */
  judged(): Promise<Judged>;
}

export function auditWatch(stage: Pick<Stage, 'azure' | 'github' | 'redis'>): AuditWatch {
  const forgotten = new Set<string>();
  return {
    forget() {
      for (const { requestId } of changesSeen(stage)) if (requestId !== null) forgotten.add(requestId);
    },
    async judged() {
      const redis = new Redis(stage.redis.url, { lazyConnect: true });
      try {
        for (let tries = 0; ; tries += 1) {
          const judged = auditFindings(await auditEvidence(redis, () => changesSeen(stage).filter(({ requestId }) => !forgotten.has(requestId ?? ''))));
          const { unexplainedWrites = 0, brokenChains = 0 } = judged.figures;
          if (tries === 20 || unexplainedWrites + brokenChains === 0) return judged;
          await sleep(100);
        }
      } finally {
        redis.disconnect();
      }
    },
  };
}
