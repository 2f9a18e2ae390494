import { tagNames, type DesiredEnvironment } from '../../kernel/desired-state.ts';
import { fit, reportBudget } from '../report/budget.ts';
import { code, oneLine, prose, shortened } from '../report/inert.ts';
import type { Links } from '../report/links.ts';
import { count } from '../report/plan-text.ts';
import { dayAndTime } from '../report/times.ts';
import type { Move, MovedValue, NotMoved } from './promotion-moves.ts';
import { appUrl } from './urls.ts';
import { versionOf } from './version-of.ts';

interface About {
  readonly from: string;
  readonly to: DesiredEnvironment;
  readonly source: DesiredEnvironment;
  readonly moves: readonly Move[];
  readonly notMoved: readonly NotMoved[];
  readonly links: Links;
}

/** `Promote staging to prod: checkout 1.5.0` */
export function promotionTitle(from: string, to: string, moves: readonly Move[]): string {
  const [first] = moves;
  const what = first === undefined ? '' : first.good.image === first.image ? `values of ${first.service}` : `${first.service} ${versionOf(first.good.image)}`;
  const others = moves.length > 1 ? ` (and ${moves.length - 1} more)` : '';
  return shortened(oneLine(`Promote ${from} to ${to}: ${what}${others}`), 200);
}

export function promotionBody(about: About): string {
  const { from, to, moves, notMoved } = about;
  const lead = `What is known to be good in ${code(from)} comes to ${code(to.name)}. Merged, it is rolled out there behind the gates of ${code(to.name)}.`;
  const head = ['| Service | Is | Becomes | Judged by | Good since |', '|---|---|---|---|---|'];
  const rows = moves.map((move) => rowOf(move, about));
  const table = [...head, ...fit(rows, 30_000, (left) => `\n… and ${count(left, 'more service')}.`, 1)].join('\n');
  const left = notMoved.map(({ service, why }) => `- ${code(service)}: ${prose(shortened(why, 300))}`);
  const parts = [
    lead,
    `**How to go on**\n\n- Merge this. It is kept up to date until then, unless somebody else commits to its branch.\n- Or close this: it is not proposed again until something else is good in ${code(from)}, or somebody asks with ${code(`/trueup promote ${to.name}`)}.`,
    table,
    valuesTable(moves),
    takenBackBefore(about),
    left.length === 0 ? '' : `**Not in here**\n\n${fit(left, 8000, (more) => `- … and ${more} more`, 1).join('\n')}`,
  ];
  return fit(parts.filter((part) => part !== ''), reportBudget, (more) => `… and ${count(more, 'more part')}.`).join('\n\n');
}

function rowOf({ service, good, image }: Move, { source, links }: About): string {
  const becomes = good.image === image ? 'the same image' : code(good.image);
  const since = dayAndTime(good.at);
  const at = `${links.commit(good.commit)}, ${links.to(good.revision, appUrl(source.azure, service))}`;
  return `| ${[code(service), code(image), becomes, prose(shortened(good.verdict, 300)), `${since} (${at})`].join(' | ')} |`;
}

function takenBackBefore({ moves, to }: About): string {
  const items = moves.flatMap(({ service, takenBack }) => (takenBack === null ? [] : [`- ${code(service)}, ${dayAndTime(takenBack.at)}: ${prose(shortened(takenBack.reason, 300))}`]));
  if (items.length === 0) return '';
  const then = `The same release is refused until the tag ${code(tagNames.rolledBack)} is removed from the container app.`;
  return `**Taken back in ${code(to.name)} before**\n\n${fit(items, 8000, (more) => `- … and ${more} more`, 1).join('\n')}\n\n${then}`;
}

function valuesTable(moves: readonly Move[]): string {
  const values = [...new Map(moves.flatMap((move) => move.values).map((one) => [`${one.configuration} ${one.key}`, one])).values()];
  if (values.length === 0) return '';
  const rows = values.map(({ configuration, key, before, value }: MovedValue) => `| ${[code(configuration), code(key), before === null ? 'not set' : code(shortened(before, 200)), code(shortened(value, 200))].join(' | ')} |`);
  return ['| Configuration | Value | Is | Becomes |', '|---|---|---|---|', ...fit(rows, 15_000, (left) => `\n… and ${count(left, 'more value')}.`, 1)].join('\n');
}
