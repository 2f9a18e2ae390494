import { judge, type Lists, type Verdict } from './judging.ts';
import { knownDifferences, notModelled } from './known-differences.ts';
import { recordedFlows } from './recorded-flows.ts';
import { replayFlow } from './replay.ts';

export const lists: Lists = { known: knownDifferences, notModelled };

/** Flows that wait for replicas leave the machine idle: a few go side by side. */
const sideBySide = 3;

/** Every recorded flow, each against a local Azure of its own. */
export async function replayAll(): Promise<readonly Verdict[]> {
  const flows = recordedFlows();
  const done = new Map<string, readonly Verdict[]>();
  const waiting = flows.values();
  const work = async () => {
    for (const flow of waiting) done.set(flow.name, (await replayFlow(flow)).map((one) => judge(one, lists)));
  };
  await Promise.all(Array.from({ length: sideBySide }, work));
  return flows.flatMap(({ name }) => done.get(name) ?? []);
}
