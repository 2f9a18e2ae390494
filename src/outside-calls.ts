import { breakers, type Breakers } from './adapters/outage/breakers.ts';
import type { Budget } from './adapters/outage/budget.ts';
import { githubGuard, type Guard } from './adapters/github/guard.ts';
import { bucketBudget, windowBudget } from './adapters/redis/budgets.ts';
import type { connectRedis } from './adapters/redis/connection.ts';
import { redisOutageBoard } from './adapters/redis/outage-board.ts';
import type { Config } from './config.ts';
import type { Clock } from './kernel/ports.ts';
import type { Telemetry } from './kernel/telemetry.ts';

/** What all calls to Azure and GitHub of all processes share. */
export interface OutsideCalls {
  readonly breakers: Breakers;
  readonly github: Guard;
  readonly azureWrites: Budget;
}

/** `redis` fails fast: with Redis away calls go on as without it. */
export function outsideCalls({ calls }: Config, redis: ReturnType<typeof connectRedis>, clock: Clock, telemetry: Telemetry): OutsideCalls {
  const held = breakers({ board: redisOutageBoard(redis), clock, random: Math.random, probeMs: calls.probeMs, telemetry });
  const writes = windowBudget(redis, 'github-writes', [{ ms: 60_000, most: calls.githubWritesPerMinute }, { ms: 3_600_000, most: calls.githubWritesPerHour }]);
  return {
    breakers: held,
    github: githubGuard({ breakers: held, writes, clock, random: Math.random, telemetry }),
    azureWrites: bucketBudget(redis, 'azure-writes', calls.azureWritesPerMinute),
  };
}
