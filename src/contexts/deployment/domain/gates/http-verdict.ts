import type { HttpVerdict } from '../../ports.ts';
import type { Asked } from './evidence.ts';
import type { Finding } from './finding.ts';
import { orUnreadable } from './unreadable.ts';

const words: Readonly<Record<HttpVerdict['verdict'], string>> = { pass: 'passes it', fail: 'fails it', inconclusive: 'does not know', 'no-data': 'has no data' };

/** The verdict of a system of the user's own, as given. */
export function httpVerdict(name: string, asked: Asked<HttpVerdict>): Finding | null {
  const about = { gate: name, threshold: null };
  return orUnreadable(about, asked, ({ verdict, detail }) => {
    const said = detail === null || detail.trim() === '' ? '' : `: ${detail.trim().slice(0, 200)}`;
    return { ...about, answer: verdict, detail: `Its system ${words[verdict]}${said}`, samples: null };
  });
}
