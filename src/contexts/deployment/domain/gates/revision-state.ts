import type { ObservedRevision } from '../../../../kernel/container-app.ts';
import type { DesiredService } from '../../../../kernel/desired-state.ts';
import { inOurWords } from './azure-words.ts';
import { ownGates, type Finding } from './finding.ts';

type Judged = Pick<DesiredService, 'replicas' | 'ingress'>;

/** The revision and its replicas, never the operation that made it: that one succeeds for a container that crashes (facts/azure.md A1.3). */
export function revisionState(service: Judged, revision: ObservedRevision | null): Finding {
  const said = (answer: Finding['answer'], detail: string): Finding => ({ gate: ownGates.revision, answer, detail, samples: null, threshold: 'every container ready' });
  if (revision === null) return said('no-data', 'The revision is not there yet');
  const { provisioningState, runningState, containers } = revision;
  const why = inOurWords(revision);
  if (provisioningState === 'Failed') return said('fail', why === null ? 'Azure could not provision the revision, or its container does not stay up' : `The revision has failed. ${why}`);
  if (runningState === 'Failed') return said('fail', `The revision has failed${why === null ? ': its container does not stay up' : `. ${why}`}`);
  if (provisioningState !== 'Provisioned') return said('inconclusive', withWhy('The revision is being provisioned', why));
  if (containers.length === 0) return mayRest(service, revision) ? said('pass', 'It rests without a replica, as it may') : said('no-data', 'No replica runs yet');
  const ready = containers.filter((one) => one.ready).length;
  const count = `${ready} of ${containers.length} containers are ready`;
  return ready < containers.length ? said('inconclusive', withWhy(count, why)) : said('pass', count);
}

function withWhy(sentence: string, why: string | null): string {
  return why === null ? sentence : `${sentence}. ${why}`;
}

/** A worker that nothing has woken. Silence of what serves requests is no sign. */
export function mayRest({ replicas, ingress }: Judged, { runningState, containers }: ObservedRevision): boolean {
  return containers.length === 0 && replicas.min === 0 && ingress === null && runningState === 'ScaledToZero';
}
