import type { DesiredGate, DesiredRollout } from '../../../kernel/desired-state.ts';
import type { RolloutSpec } from '../kinds/rollout.ts';

/** What a strategy does when nothing else is said; milliseconds. */
const watched = { 'all-at-once': 0, 'blue-green': 300_000, canary: 300_000 } as const;
const warm = 900_000;
const fewestSamples = 10;

export function rolloutOf({ strategy, steps, preview = 0, watch, keepWarm, gate, onFailure, independent }: RolloutSpec): DesiredRollout {
  return {
    strategy,
    steps: steps.map(({ weight, bake }) => ({ weight, bakeMs: bake })),
    previewMs: preview,
    watchMs: watch ?? watched[strategy],
    keepWarmMs: strategy === 'blue-green' ? (keepWarm ?? warm) : 0,
    gate: gateOf(gate),
    onFailure,
    independent,
  };
}

function gateOf({ successRate, minSamples = fewestSamples, restarts, latencyP95, logs, http, limits }: RolloutSpec['gate']): DesiredGate {
  return {
    successRate: successRate ?? null,
    minSamples,
    restarts,
    latencyP95Ms: latencyP95 ?? null,
    logs: logs.map(({ name, workspace, query, passes }) => ({ name, workspace: workspace.toLowerCase(), query, passes })),
    http: http.map(({ name, url, timeout }) => ({ name, url, timeoutMs: timeout })),
    limits: { failures: limits.failures, inconclusiveMs: limits.inconclusive, noDataMs: limits.noData },
  };
}
