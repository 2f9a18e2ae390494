import { isObject } from '../../../kernel/comparison/canonical.ts';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import { imageRefusal } from '../values/image.ts';

export interface PinnedBody {
  readonly body: JsonObject;
  /** What stands for an image, and the image. */
  readonly images: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** An app whose image is not pinned cannot be declared. The rest of it is worked out as if it were, and a note says what is to be done. */
export function pinnedBody(app: JsonObject): PinnedBody {
  const images = new Map<string, string>();
  const body = mapped(app, (key, text) => {
    if (key !== 'image' || imageRefusal(text)?.code !== 'image-not-pinned') return text;
    const pinned = `${text.replace(/:latest$/, '')}:to-be-pinned`;
    images.set(pinned, text);
    return pinned;
  });
  const notes = [...new Set(images.values())].map((image) => `the image ${image} is another one every day: write a version or a digest before it is merged`);
  return { body: isObject(body) ? body : app, images, notes };
}

export function unpinned(value: unknown, images: PinnedBody['images']): unknown {
  return mapped(value, (key, text) => (key === 'image' ? (images.get(text) ?? text) : text));
}

function mapped(value: unknown, text: (key: string, value: string) => string, key = ''): unknown {
  if (typeof value === 'string') return text(key, value);
  if (Array.isArray(value)) return value.map((item) => mapped(item, text, key));
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapped(item, text, name)])) : value;
}
