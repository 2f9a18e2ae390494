import type { Effect, FieldDifference } from '../../../kernel/plan.ts';

/** In a few words: which image moves where, and how much else. */
export function summaryOf(differences: readonly FieldDifference[], effect: Effect): string {
  if (effect === 'nothing in Azure') return 'already runs as declared';
  const images = differences.filter(({ path, desired, live }) => path.endsWith('.image') && typeof desired === 'string' && typeof live === 'string');
  const shown = images.slice(0, 2).map(({ desired, live }) => imageChange(String(live), String(desired)));
  const others = differences.length - shown.length;
  const rest = others > 0 ? [`${others} ${shown.length > 0 ? 'more ' : ''}field${others === 1 ? '' : 's'}`] : [];
  return [...shown, ...rest].join(', ');
}

/** `1.4.1 → 1.4.2` when only the tag moves. */
function imageChange(from: string, to: string): string {
  const [fromName, fromTag] = splitImage(from);
  const [toName, toTag] = splitImage(to);
  return fromName === toName ? `${fromTag} → ${toTag}` : `${shortImage(from)} → ${shortImage(to)}`;
}

function splitImage(image: string): readonly [string, string] {
  const match = /^(.*?)(?:@sha256:([0-9a-f]{12})[0-9a-f]*|:([^:/]+))$/.exec(image);
  return match === null ? [image, ''] : [match[1] ?? image, match[2] ?? match[3] ?? ''];
}

export function shortImage(image: string): string {
  return image.slice(image.lastIndexOf('/') + 1).replace(/@sha256:([0-9a-f]{12})[0-9a-f]*/, '@$1');
}
