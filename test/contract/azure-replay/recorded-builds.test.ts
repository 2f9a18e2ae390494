import { describe, expect, it } from 'vitest';
import { newestBuild, oldestBuild, serviceBehaviours, type ServiceBuild } from '../../../src/local/azure/apps/service-build.ts';
import { hasRecordings, recordingsFolder } from '../../support/azure-recordings.ts';
import type { Difference } from './comparing.ts';
import { judge } from './judging.ts';
import { dayOf, recordedBuild, recordedRollouts, regionOf, type Builds } from './recorded-builds.ts';
import { recordedFlows, type Flow } from './recorded-flows.ts';
import { lists } from './replay-all.ts';
import { replayFlow } from './replay.ts';

const flows = recordedFlows();
const sides = recordedRollouts.flatMap((one) => (['older', 'newest'] as const).map((side) => ({ ...one, side, ...one[side] })));

function recorded(name: string): Flow {
  const flow = flows.find((one) => one.name === name);
  if (flow === undefined) throw new Error(`${name} is not recorded`);
  return flow;
}

function daysOf(flow: Flow): readonly string[] {
  return [...new Set(flow.interactions.map(dayOf))];
}

/** What differs, and is on no list, when the flow is answered by a build that is another one in this. */
async function unknownWith(behaviour: keyof ServiceBuild, newest: boolean, flow: Flow): Promise<readonly Difference[]> {
  const otherwise: Builds = (region, day) => ({ ...recordedBuild(region, day), [behaviour]: newest });
  return (await replayFlow(flow, otherwise)).flatMap((one) => judge(one, lists).unknown);
}

describe('the builds of the recordings', () => {
  it('differ in nothing else than what older builds do, and in all of that', () => {
    expect(new Set(recordedRollouts.map(({ behaviour }) => behaviour))).toEqual(new Set(Object.keys(serviceBehaviours)));
    expect(Object.keys(oldestBuild)).toEqual(Object.keys(newestBuild));
  });

  it.each(sides)('have $behaviour $side in $region on $day', ({ behaviour, side, region, day }) => {
    expect(recordedBuild(region, day)[behaviour]).toBe(side === 'newest');
  });

  it('are the newest for who names no region', () => {
    expect(recordedBuild(null, '2024-01-01')).toEqual(newestBuild);
  });
});

describe.skipIf(!hasRecordings)(`${hasRecordings ? 'the builds fitted to' : 'skipped, absent: builds of'} ${recordingsFolder}`, () => {
  it.each(recordedRollouts)('leave it open when $behaviour changed in $region: what is recorded between the two days does not show it', async ({ behaviour, region, older, newest }) => {
    const between = flows.filter((flow) => regionOf(flow) === region && daysOf(flow).some((day) => day > older.day && day < newest.day));
    for (const flow of between) expect([flow.name, await unknownWith(behaviour, false, flow)]).toEqual([flow.name, []]);
  }, 60_000);

  it('need a region only of flows of a day on which every region that is recorded had the newest, or that end in an error', () => {
    const nowhere = flows.filter((flow) => regionOf(flow) === null);
    const early = nowhere.filter((flow) => recordedRollouts.some(({ newest }) => daysOf(flow).some((day) => day < newest.day)));
    expect(early.flatMap(({ interactions }) => interactions).filter(({ response }) => response.status < 400)).toEqual([]);
  });

  it.each(sides)('are needed: $flow shows $behaviour $side', async ({ behaviour, side, region, day, flow: name }) => {
    const flow = recorded(name);
    expect([regionOf(flow), daysOf(flow)]).toEqual([region, [day]]);
    expect(await unknownWith(behaviour, side === 'older', flow)).not.toEqual([]);
  }, 60_000);
});
