import type { ObservedRevision } from '../../../../kernel/container-app.ts';

type Told = Pick<ObservedRevision, 'runningStateDetails' | 'containers'>;

/** The revision's error as Azure tells it, by what it means. Its own text is never shown: images and values may stand in it. */
const meanings: readonly { readonly words: RegExp; readonly means: string }[] = [
  { words: /image.?pull|pull(?:(?!pull).){1,40}image|manifest unknown/i, means: 'Azure says that its image cannot be pulled' },
  { words: /crash/i, means: 'Azure says that a container crashes' },
  { words: /probe/i, means: 'Azure says that a probe fails' },
  { words: /deadline|timed? ?out/i, means: 'Azure says that it did not start in time' },
];

/** Our own sentence, with the container's name where Azure names one that runs in it; null where Azure says nothing that is understood. */
export function inOurWords({ runningStateDetails, containers }: Told): string | null {
  const text = runningStateDetails ?? '';
  const means = meanings.find(({ words }) => words.test(text))?.means;
  if (means === undefined) return null;
  const said = text.split(/[^A-Za-z0-9-]+/);
  const named = [...new Set(containers.map(({ name }) => name))].filter((name) => said.includes(name));
  return named.length === 0 ? means : `${means}: ${named.slice(0, 3).join(', ')}`;
}
