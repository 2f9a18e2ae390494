import { z } from 'zod';
import type { DesiredService } from '../../../kernel/desired-state.ts';
import { stagePurposes } from '../../../kernel/messages/deployment.ts';

export const stage = z.strictObject({
  /** Percent of the traffic that the new revision has in it. */
  weight: z.number().int().min(0).max(100),
  /** How long it is judged at least. */
  bakeMs: z.number().int().nonnegative(),
  purpose: z.enum(stagePurposes),
});
export type Stage = z.infer<typeof stage>;

/** A label of Trueup's own, so that people's labels stay: the revision of a blue-green release answers at `<app>---trueup-next.<domain>` before the switch. */
export const previewLabel = 'trueup-next';

type Planned = Pick<DesiredService, 'ingress' | 'rollout'>;

/**
 * The steps of a rollout. First the new revision proves itself without traffic (`ready`), then come the weights of a canary, last all of
 * it, watched. Where nothing serves there is nothing to divide: the first revision has everything from its first breath.
 */
export function planStages({ ingress, rollout }: Planned, servesAlready: boolean): readonly Stage[] {
  const { strategy, steps, previewMs, watchMs } = rollout;
  const divides = servesAlready && ingress !== null;
  const ready: Stage = { weight: divides ? 0 : 100, bakeMs: strategy === 'blue-green' && divides ? previewMs : 0, purpose: 'ready' };
  const between = divides && strategy === 'canary' ? steps.map(({ weight, bakeMs }): Stage => ({ weight, bakeMs, purpose: 'step' })) : [];
  return [ready, ...between, { weight: 100, bakeMs: watchMs, purpose: 'watch' }];
}

export interface Footing {
  /** Another revision serves that a failing release can go back to. */
  readonly servesAlready: boolean;
  /** Percent of the traffic that the release's own revision has after the write that makes it. */
  readonly own: number;
}

/** The plan where the app stands: where nothing sound serves, the first stage has what the app gives it. */
export function stagesFrom(service: Planned, { servesAlready, own }: Footing): Stage[] {
  const [first, ...rest] = planStages(service, servesAlready);
  return first === undefined ? [] : [servesAlready ? first : { ...first, weight: own }, ...rest];
}

/** The stage that a revision with this weight has come to: it is judged there, whatever was judged before. */
export function stageAt(stages: readonly Stage[], weight: number): number {
  return Math.max(0, stages.findLastIndex((one) => one.weight <= weight));
}
