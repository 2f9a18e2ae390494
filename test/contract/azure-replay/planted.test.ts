import { beforeAll, describe, expect, it } from 'vitest';
import { hasRecordings, recordingsFolder, type Interaction } from '../../support/azure-recordings.ts';
import { judge, listFaults } from './judging.ts';
import { lists } from './replay-all.ts';
import { recordedFlows } from './recorded-flows.ts';
import { replayFlow, type ReplayedInteraction } from './replay.ts';

const flow = recordedFlows().find(({ name }) => name === 'cli_containerapp_replica_commands');

interface Planted {
  readonly reason: string;
  readonly index: number;
  readonly change: (response: Interaction['response']) => Interaction['response'];
  readonly at: string;
}

function inText(from: RegExp, to: string): Planted['change'] {
  return (response) => JSON.parse(JSON.stringify(response).replace(from, to)) as Interaction['response']; // the same with one text changed
}

/** Of a list. */
function withoutLast(response: Interaction['response']): Interaction['response'] {
  const { value } = response.body as { readonly value: readonly object[] }; // the recorded list of replicas
  return { ...response, body: { value: value.slice(0, -1) } };
}

const planted: readonly Planted[] = [
  { reason: 'another status', index: 2, change: (response) => ({ ...response, status: 200 }), at: 'status' },
  { reason: 'a header that is not sent', index: 15, change: (response) => ({ ...response, headers: { ...response.headers, 'azure-asyncoperation': response.headers['location'] ?? '' } }), at: 'header azure-asyncoperation' },
  { reason: 'a header that should not be sent', index: 11, change: ({ headers: { location: _location, ...headers }, ...response }) => ({ ...response, headers }), at: 'header location' },
  { reason: 'another value', index: 5, change: inText(/"targetPort":80/, '"targetPort":81'), at: 'body.properties.configuration.ingress.targetPort' },
  { reason: 'a field that is not sent', index: 5, change: inText(/"provisioningState":/, '"operation":null,"provisioningState":'), at: 'body.properties.operation' },
  { reason: 'a field that should not be sent', index: 5, change: inText(/"runningStatus":"Running",/, ''), at: 'body.properties.runningStatus' },
  { reason: 'the other revision', index: 14, change: inText(/"latestRevisionName":"aca000002--0000001"/, '"latestRevisionName":"aca000002--rk7fbym"'), at: 'body.properties.latestRevisionName' },
  { reason: 'an operation that has ended', index: 3, change: inText(/"InProgress"/, '"Failed"'), at: 'body.status' },
  { reason: 'a replica fewer', index: 7, change: withoutLast, at: 'body.value.length' },
];

function changedBy(interaction: Interaction, { reason, change }: Planted): Interaction {
  const response = change(interaction.response);
  if (JSON.stringify(response) === JSON.stringify(interaction.response)) throw new Error(`nothing was planted for ${reason}`);
  return { ...interaction, response };
}

describe.skipIf(flow === undefined)(`${hasRecordings ? 'differences' : 'skipped, no recordings:'} planted into ${recordingsFolder}`, () => {
  const interactions = flow?.interactions ?? [];
  let found: readonly (readonly string[])[] = [];

  beforeAll(async () => {
    const changed = interactions.map((one, index) => planted.filter((plant) => plant.index === index).reduce(changedBy, one));
    const replayed = await replayFlow({ name: flow?.name ?? '', interactions: changed });
    found = replayed.map((one) => judge(one, lists).unknown.map(({ path }) => path));
  }, 60_000);

  it.each(planted)('are seen: $reason', ({ index, at }) => {
    expect(found[index]).toContain(at);
  });

  it('change nothing elsewhere', () => {
    const elsewhere = found.filter((_, index) => !planted.some((plant) => plant.index === index));
    expect(elsewhere.flat()).toEqual([]);
  });
});

describe('the lists of what differs', () => {
  const nothing: ReplayedInteraction = { flow: 'any', index: 0, request: 'GET /providers/Microsoft.App/somethings', isModelled: false, comparison: { differences: [], exact: 0, masked: 0, opaque: 0 } };

  it('do not cover an operation that they do not name', () => {
    expect(judge(nothing, lists)).toMatchObject({ outcome: 'not modelled', unknown: [{ path: 'status' }] });
  });

  it('hold nothing that is not met', () => {
    expect(listFaults([judge(nothing, lists)], lists).length).toBeGreaterThanOrEqual(lists.known.length + lists.notModelled.length);
  });
});
