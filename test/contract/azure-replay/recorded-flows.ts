import { interactionsOf, recordingFiles, type Interaction } from '../../support/azure-recordings.ts';

export interface Flow {
  /** The file's name without its ending; `#<index>` behind it for an interaction that belongs to no flow. */
  readonly name: string;
  readonly interactions: readonly Interaction[];
}

/** Interactions of many recordings, one of each error: each is a little world of its own. */
const loose = 'cli_error_bodies';

/** What whoever cleaned the recordings overlooked: read as what it was meant to be. */
const slips: readonly { readonly flow: RegExp; readonly written: RegExp; readonly meant: string; readonly reason: string }[] = [
  {
    flow: /^azd_/,
    written: /5ca082f3-38f2-4bb0-b0a4-c401184ae3a8/g,
    meant: '00000000-0000-4000-8000-000000000097',
    reason: "the subscription got another number everywhere but in the ids of the apps' identities",
  },
  {
    flow: /nfsazurefile/,
    written: /clitest\.rgxsbxn347xq/g,
    meant: 'clitest.rg000001',
    reason: 'the group has its real name inside of another name',
  },
];

export function recordedFlows(): readonly Flow[] {
  return recordingFiles().flatMap((file) => {
    const name = file.replace(/\.json$/, '');
    const interactions = corrected(name, interactionsOf(file));
    return name === loose ? interactions.map((interaction, index) => ({ name: `${name}#${index}`, interactions: [interaction] })) : [{ name, interactions }];
  });
}

function corrected(flow: string, interactions: readonly Interaction[]): readonly Interaction[] {
  const text = slips.filter((slip) => slip.flow.test(flow)).reduce((before, { written, meant }) => before.replaceAll(written, meant), JSON.stringify(interactions));
  return JSON.parse(text) as Interaction[]; // the same values with other texts in them
}

export function subscriptionOf({ interactions }: Flow): string {
  const [first] = interactions;
  const found = /\/subscriptions\/([^/]+)\//.exec(first?.request.url ?? '')?.[1];
  if (found === undefined) throw new Error('a recorded request names no subscription');
  return found;
}
