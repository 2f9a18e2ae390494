import { hasRecordings, recordingsFolder } from '../../support/azure-recordings.ts';
import { lists, replayAll } from './replay-all.ts';
import { faultsOf, reportOf } from './report.ts';

/** For whoever has no recordings at hand: it is not a success, and not a failure of the local Azure either. */
const skipped = 2;

if (!hasRecordings) {
  process.stdout.write(`skipped: there are no recordings in ${recordingsFolder}; TRUEUP_SHARED names the folder that holds azure/recordings\n`);
  process.exitCode = skipped;
} else {
  const verdicts = await replayAll();
  const faults = faultsOf(verdicts, lists);
  process.stdout.write(`${reportOf(verdicts, lists)}\n`);
  for (const fault of faults) process.stdout.write(`FAILS ${fault}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
