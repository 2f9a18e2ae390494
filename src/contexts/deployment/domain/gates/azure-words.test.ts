import { describe, expect, it } from 'vitest';
import { observedContainer, observedRevision } from '../../../../../test/support/observed.ts';
import { desiredService } from '../../../../../test/support/desired.ts';
import { inOurWords } from './azure-words.ts';
import { revisionState } from './revision-state.ts';

const containers = [observedContainer({ name: 'main' }), observedContainer({ name: 'main', replica: 'r2' }), observedContainer({ name: 'side-car' })];

describe("the revision's error", () => {
  it.each([
    { reason: 'nothing is said', text: null, says: null },
    { reason: 'no error', text: '1/2 replicas ready.', says: null },
    { reason: 'what nobody understands is not repeated', text: 'Secret s3cr3t is @everyone', says: null },
    { reason: 'a crash, as it was recorded', text: '1/1 Container crashing: main', says: 'Azure says that a container crashes: main' },
    { reason: 'two of them', text: '1/1 Container crashing: main, side-car', says: 'Azure says that a container crashes: main, side-car' },
    { reason: 'a name that no container has is left out', text: 'Container crashing: @octocat', says: 'Azure says that a container crashes' },
    { reason: 'a part of a name is no name', text: 'Container crashing: main-2', says: 'Azure says that a container crashes' },
    { reason: 'Kubernetes says it in a word', text: 'CrashLoopBackOff', says: 'Azure says that a container crashes' },
    { reason: 'an image that is not there', text: 'ImagePullBackOff: registry.example/x:1', says: 'Azure says that its image cannot be pulled' },
    { reason: 'a slow start', text: 'Deployment Progress Deadline Exceeded. 0/1 replicas ready.', says: 'Azure says that it did not start in time' },
  ])('$says: $reason', ({ text, says }) => {
    expect(inOurWords({ runningStateDetails: text, containers })).toBe(says);
  });

  it.each([
    { reason: 'it failed', revision: { provisioningState: 'Failed' }, detail: 'The revision has failed. Azure says that a container crashes: main' },
    { reason: 'it failed after it was provisioned', revision: { runningState: 'Failed' }, detail: 'The revision has failed. Azure says that a container crashes: main' },
    { reason: 'it has not failed as a whole', revision: { containers: [...containers, observedContainer({ ready: false })] }, detail: '3 of 4 containers are ready. Azure says that a container crashes: main' },
    { reason: 'it is not provisioned', revision: { provisioningState: 'Provisioning' }, detail: 'The revision is being provisioned. Azure says that a container crashes: main' },
    { reason: 'it is well again', revision: {}, detail: '3 of 3 containers are ready' },
  ])('stands in its gate: $reason', ({ revision, detail }) => {
    expect(revisionState(desiredService(), observedRevision({ runningStateDetails: 'Container crashing: main', containers, ...revision })).detail).toBe(detail);
  });
});
