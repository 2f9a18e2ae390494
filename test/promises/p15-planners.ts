import { askPlanners } from '../../src/gitops/plan/ask-planners.ts';
import { linksFor } from '../../src/gitops/report/links.ts';
import { planCheck } from '../../src/gitops/report/plan-text.ts';
import { Conflict, NotAllowed, Throttled, Unavailable } from '../../src/kernel/errors.ts';
import { tenantId } from '../../src/kernel/ids.ts';
import type { Planner } from '../../src/kernel/plan.ts';
import { desiredEnvironment } from '../support/desired.ts';
import { sampleChange, samplePlan } from '../support/report-samples.ts';
import type { Dice } from './p15-dice.ts';
import type { Told } from './p15-worlds.ts';

const links = linksFor('https://github.com/contoso/platform');
const failures: Readonly<Record<string, () => Error>> = {
  'planner: no right': () => new NotAllowed('no', {}),
  'planner: throttled': () => new Throttled('slow', { retryAfterMs: 1 }),
  'planner: timeout': () => new Unavailable('cut off', { code: 'Aborted' }),
  'planner: conflict': () => new Conflict('busy', {}),
  'planner: fault of our own': () => new TypeError('undefined is not a function'),
};
const kinds = Object.keys(failures);

/** Planners of which some have no answer, and the check over what the others found. */
export async function planners(dice: Dice): Promise<readonly Told[]> {
  const fates = dice.times(3).map(() => dice.weighted([[3, 'answers'], [1, 'finds nothing'], [1, dice.one(kinds)]]));
  const all = fates.map((fate): Planner => async () => {
    const failure = failures[fate];
    if (failure !== undefined) throw failure();
    return { changes: fate === 'answers' ? [sampleChange()] : [], problems: [] };
  });
  const head = desiredEnvironment();
  const { plan } = await askPlanners(all, tenantId(100, 7), { name: 'staging', base: null, head, isWrong: false, problems: [] });
  const unknown = [...kinds.filter((kind) => fates.includes(kind)), ...(fates.includes('answers') ? [] : ['planner: nothing found'])];
  return [{ isGreen: planCheck(samplePlan({ environments: [plan] }), links).conclusion === 'success', unknown }];
}
