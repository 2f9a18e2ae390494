/** What a story changes; `first` comes before each of the others. */
export type Chapter = 'first' | 'canary' | 'scaling' | 'back';

/** A write of Azure by its name in `test/support/step-watch.ts`. */
export interface Step {
  readonly chapter: Chapter;
  readonly name: string;
  /** Azure goes on working after its answer. */
  readonly isLong: boolean;
  /** What takes it back when it failed: the writes after it, itself, or nothing, for that reason. */
  readonly undo: 'after it' | 'itself' | { readonly none: string };
}

const kept = { none: 'what was made is kept, and found again by its name' };

/** Every write of the story, in order. The control run has to find these and no others. */
export const steps: readonly Step[] = [
  { chapter: 'first', name: 'PUT resourcegroups/rg-shop', isLong: false, undo: kept },
  { chapter: 'first', name: 'PUT managedEnvironments/cae-shop', isLong: true, undo: kept },
  { chapter: 'first', name: 'PUT userAssignedIdentities/id-contoso', isLong: false, undo: kept },
  { chapter: 'first', name: 'PUT roleAssignments/…', isLong: false, undo: kept },
  { chapter: 'first', name: 'template of r1', isLong: true, undo: { none: 'there is no release before it' } },
  { chapter: 'canary', name: 'template of r2', isLong: true, undo: 'after it' },
  { chapter: 'canary', name: 'traffic r1:50 r2:50', isLong: true, undo: 'after it' },
  { chapter: 'canary', name: 'traffic r2:100', isLong: true, undo: 'after it' },
  { chapter: 'canary', name: 'deactivate r1', isLong: false, undo: { none: 'the release is good by then' } },
  { chapter: 'scaling', name: 'traffic r1:100 of r1', isLong: true, undo: { none: 'one write that says all of it' } },
  { chapter: 'back', name: 'template of r2', isLong: true, undo: 'after it' },
  { chapter: 'back', name: 'traffic r1:50 r2:50', isLong: true, undo: 'after it' },
  { chapter: 'back', name: 'template of r1', isLong: true, undo: 'itself' },
  { chapter: 'back', name: 'deactivate r2', isLong: false, undo: 'itself' },
];

export function keyOf({ chapter, name }: { readonly chapter: string; readonly name: string }): string {
  return `${chapter}: ${name}`;
}

/** The step that comes right before it in its chapter; null for the first. */
export function stepBefore(step: Step): Step | null {
  const before = steps[steps.indexOf(step) - 1];
  return before?.chapter === step.chapter ? before : null;
}

export const blows = ['error before send', 'cut after send', 'crash before checkpoint', 'crash in poll', 'run twice', 'undo fails'] as const;

export type Blow = (typeof blows)[number];

export interface Pair {
  readonly step: Step;
  readonly blow: Blow;
}

export const allPairs: readonly Pair[] = steps.flatMap((step) => blows.map((blow) => ({ step, blow })));

/** Why there is nothing to strike; null where there is. */
export function meaningless({ step: { isLong, undo }, blow }: Pair): string | null {
  if (blow === 'crash in poll' && !isLong) return 'Azure is done when it answers';
  return blow === 'undo fails' && typeof undo === 'object' ? undo.none : null;
}
