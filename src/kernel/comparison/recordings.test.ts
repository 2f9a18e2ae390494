import { describe, expect, it } from 'vitest';
import { hasRecordings, interactionsOf, recordingFiles, recordingsFolder, type Interaction } from '../../../test/support/azure-recordings.ts';
import { isObject } from './canonical.ts';
import { compareThreeWay } from './compare.ts';
import { applyMergePatch } from './merge-patch.ts';

interface Pair {
  readonly file: string;
  readonly method: string;
  readonly desired: object;
  readonly live: object;
}

function stateOf({ response }: Interaction): unknown {
  const properties = isObject(response.body) ? response.body['properties'] : undefined;
  return isObject(properties) ? properties['provisioningState'] : undefined;
}

const appAddress = /\/containerapps\/[^/?]+$/;

/** Every accepted write of a container app with the first read after it that shows the operation's end. */
function pairsOf(file: string): Pair[] {
  const interactions = interactionsOf(file);
  const pairs: Pair[] = [];
  const addressOf = (one: Interaction) => (one.request.url.split('?')[0] ?? '').toLowerCase();
  for (const [index, write] of interactions.entries()) {
    const { method, body } = write.request;
    const address = addressOf(write);
    if (!['PUT', 'PATCH'].includes(method) || !appAddress.test(address) || !isObject(body) || write.response.status >= 300) continue;
    const reads = (one: Interaction) => addressOf(one) === address && one.request.method === 'GET' && one.response.status === 200;
    const before = interactions.slice(0, index).filter(reads).at(-1)?.response.body;
    const rest = interactions.slice(index + 1);
    const next = rest.findIndex((one) => addressOf(one) === address && one.request.method !== 'GET');
    const after = rest.slice(0, next === -1 ? rest.length : next).find((one) => reads(one) && stateOf(one) !== 'InProgress');
    const live = after?.response.body;
    // What a patch does not name stays; a PUT declares everything.
    const desired = method === 'PUT' ? body : (applyMergePatch(before, body) as object);
    if (isObject(live)) pairs.push({ file, method, desired, live });
  }
  return pairs;
}

const pairs = recordingFiles().filter((file) => !file.includes('error')).flatMap(pairsOf);

describe.skipIf(!hasRecordings)(`${hasRecordings ? pairs.length : 'skipped, absent:'} recorded writes of container apps in ${recordingsFolder}`, () => {
  it('are there in number', () => {
    expect(pairs.length).toBeGreaterThan(20);
  });

  it.each(pairs.map((pair, index) => ({ ...pair, index })))('$index $method of $file shows no phantom difference', ({ desired, live }) => {
    expect(compareThreeWay({ lastApplied: null, desired, live })).toEqual([]);
  });

  it.each(pairs.map((pair, index) => ({ ...pair, index })))('$index $method of $file: another image is found', ({ desired, live }) => {
    const changed = JSON.parse(JSON.stringify(live).replaceAll(/"image":"[^"]+"/g, '"image":"example.azurecr.io/other:9"')) as object;
    expect(compareThreeWay({ lastApplied: null, desired, live: changed }).map((one) => one.path)).toContainEqual(expect.stringMatching(/containers\[.+\]\.image$/));
  });
});
