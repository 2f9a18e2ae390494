import { describe, expect, test } from 'vitest';
import { openRoom } from './alone.ts';

const longMs = 20_000;
const open = new AbortController().signal;

describe('whoever is alone in its process', () => {
  test('comes in when all others left, and keeps those out who come meanwhile', async () => {
    const room = openRoom(open);
    const story: string[] = [];
    const [first, second] = [await room.enter(), await room.enter()];
    const alone = room.enterAlone(longMs).then((held) => {
      story.push('alone');
      return held;
    });
    const late = room.enter().then(() => story.push('late'));
    first?.[Symbol.dispose]();
    await Promise.resolve();
    expect(story).toEqual([]);
    second?.[Symbol.dispose]();
    (await alone)?.[Symbol.dispose]();
    await late;
    expect(story).toEqual(['alone', 'late']);
  });

  test('is one: another one is sent away at once', async () => {
    const room = openRoom(open);
    const one = await room.enterAlone(longMs);
    expect(one).not.toBeNull();
    expect(await room.enterAlone(longMs)).toBeNull();
    one?.[Symbol.dispose]();
    expect(await room.enterAlone(longMs)).not.toBeNull();
  });

  test('does not wait for ever for those who stay, and lets the others in again', async () => {
    const room = openRoom(open);
    const stays = await room.enter();
    const alone = room.enterAlone(20);
    const late = room.enter();
    expect(await alone).toBeNull();
    await late;
    stays?.[Symbol.dispose]();
  });

  test('leaves once, however often it says so', async () => {
    const room = openRoom(open);
    const [first, second] = [await room.enter(), await room.enter()];
    first?.[Symbol.dispose]();
    first?.[Symbol.dispose]();
    const alone = room.enterAlone(20);
    expect(await alone).toBeNull();
    second?.[Symbol.dispose]();
    expect(await room.enterAlone(longMs)).not.toBeNull();
  });

  test('is sent away when the room closes, as is whoever waits outside', async () => {
    const closing = new AbortController();
    const room = openRoom(closing.signal);
    const stays = await room.enter();
    const waiting = [room.enterAlone(longMs), room.enter(), room.enter()];
    closing.abort();
    expect(await Promise.all(waiting)).toEqual([null, null, null]);
    expect([await room.enter(), await room.enterAlone(longMs)]).toEqual([null, null]);
    stays?.[Symbol.dispose]();
  });
});
