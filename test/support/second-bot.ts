import type { ReceivedEvent } from './local-github.ts';
import type { PersonAtGitHub } from './person-at-github.ts';

/** What it did, with how often. */
export type Deeds = Record<string, number>;

/** Somebody's own automation with a person's account and write access, which answers everything that Trueup does, every time. */
export interface SecondBot {
  /** `events`: the webhooks of what Trueup did; `writes`: its requests, `PATCH /check-runs/7`. */
  answer(events: readonly ReceivedEvent[], writes: readonly string[]): Promise<void>;
}

const commands = ['plan', 'status', 'help', 'nonsense', 'abort dev', 'rollback dev', 'pause dev', 'resume dev', 'adopt web dev', 'reapply web dev', 'reapply api dev', 'ack web dev 7d', 'ack', 'reapply', 'adopt', 'promote dev'];

export function anyCommand(chance: () => number): string {
  return `/trueup ${pick(chance, commands)}`;
}

export function pick<T>(chance: () => number, all: readonly T[]): T {
  const one = all[Math.floor(chance() * all.length)];
  if (one === undefined) throw new RangeError('nothing to pick from');
  return one;
}

export function secondBot(hand: PersonAtGitHub, chance: () => number, deeds: Deeds): SecondBot {
  const counted = async (name: string, deed: Promise<boolean>): Promise<void> => {
    if (await deed) deeds[name] = (deeds[name] ?? 0) + 1;
  };

  async function aboutComment({ payload }: ReceivedEvent): Promise<void> {
    if (payload.action === 'deleted') return;
    if (chance() < 0.3) await counted('botEditedOurComment', hand.setComment(payload.comment.id, `${payload.comment.body}\n\nSeen.`));
    await counted('botAnswered', hand.say(payload.issue.number, `I saw that.\n\n${anyCommand(chance)}`));
  }

  async function aboutPull({ payload }: ReceivedEvent): Promise<void> {
    const { number, head } = payload.pull_request;
    if (payload.action === 'closed') return counted('botReopened', hand.setPull(number, 'open'));
    const way = chance();
    if (way < 0.3) await counted('botClosed', hand.setPull(number, 'closed'));
    else if (way < 0.6) await counted('botPushed', hand.write('trueup/web.yaml', head.ref, `${(await hand.text('trueup/web.yaml', head.ref)) ?? ''}# ${chance()}\n`));
    else if (way < 0.75) await counted('botMerged', hand.merge(number));
    else await counted('botAnswered', hand.say(number, anyCommand(chance)));
  }

  /** Back to where it was; what was not there before goes. */
  const aboutPush = ({ payload }: ReceivedEvent): Promise<void> =>
    counted('botReverted', hand.setBranch(payload.ref.replace('refs/heads/', ''), /^0+$/.test(payload.before) ? null : payload.before));

  return {
    async answer(events, writes) {
      for (const event of events.filter(({ payload }) => payload.sender?.type === 'Bot')) {
        if (event.name === 'issue_comment') await aboutComment(event);
        if (event.name === 'pull_request') await aboutPull(event);
        if (event.name === 'push' && chance() < 0.5) await aboutPush(event);
      }
      const told = events.flatMap(({ name, payload }) => (name === 'check_run' && payload.sender?.type === 'Bot' ? [Number(payload.check_run.id)] : []));
      const written = writes.flatMap((write) => /^PATCH \/check-runs\/(\d+)$/.exec(write)?.[1] ?? []).map(Number);
      for (const id of new Set([...told, ...written])) await counted('botRanCheckAgain', hand.runAgain(id));
    },
  };
}
