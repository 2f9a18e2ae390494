import type { Difference } from './comparing.ts';
import type { KnownDifference } from './known-differences.ts';
import type { ReplayedInteraction } from './replay.ts';

export interface Verdict {
  readonly replayed: ReplayedInteraction;
  readonly outcome: 'matched' | 'differing' | 'not modelled';
  readonly known: readonly { readonly difference: Difference; readonly by: KnownDifference }[];
  /** Each fails the replay. */
  readonly unknown: readonly Difference[];
}

export interface Lists {
  readonly known: readonly KnownDifference[];
  readonly notModelled: readonly { readonly request: RegExp; readonly what: string }[];
}

export function judge(replayed: ReplayedInteraction, lists: Lists): Verdict {
  if (!replayed.isModelled) {
    const isListed = lists.notModelled.some(({ request }) => request.test(replayed.request));
    const unknown = isListed ? [] : [{ path: 'status', recorded: 'an answer', ours: 'not modelled, and on no list of what is not' }];
    return { replayed, outcome: 'not modelled', known: [], unknown };
  }
  const judged = replayed.comparison.differences.map((difference) => ({ difference, by: lists.known.find((one) => explains(one, replayed, difference)) }));
  return {
    replayed,
    outcome: judged.length === 0 ? 'matched' : 'differing',
    known: judged.flatMap(({ difference, by }) => (by === undefined ? [] : [{ difference, by }])),
    unknown: judged.flatMap(({ difference, by }) => (by === undefined ? [difference] : [])),
  };
}

function explains(known: KnownDifference, { flow, request }: ReplayedInteraction, { path, recorded, ours }: Difference): boolean {
  if (!known.flow.test(flow) || !known.request.test(request) || !known.path.test(path)) return false;
  return known.values[0].test(recorded) && known.values[1].test(ours);
}

/** What is wrong with the lists themselves: an entry that nothing meets has to go. */
export function listFaults(verdicts: readonly Verdict[], lists: Lists): readonly string[] {
  const met = new Set(verdicts.flatMap(({ known }) => known.map(({ by }) => by.id)));
  const left = verdicts.filter(({ outcome }) => outcome === 'not modelled').map(({ replayed }) => replayed.request);
  return [
    ...lists.known.filter(({ id }) => !met.has(id)).map(({ id }) => `nothing meets the known difference ${id}`),
    ...lists.notModelled.filter(({ request }) => !left.some((one) => request.test(one))).map(({ what }) => `nothing meets the list of what is not modelled: ${what}`),
  ];
}
