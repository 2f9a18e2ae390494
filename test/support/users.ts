import { setTimeout as sleep } from 'node:timers/promises';
import { ingressGet } from '../../src/cli/demo/arm-client.ts';
import type { Stage } from '../../src/cli/demo/stage.ts';
import type { Shop } from './shop-seen.ts';

export interface Users extends AsyncDisposable {
  /** Answers so far by status. */
  readonly answers: ReadonlyMap<number, number>;
  /** Good answers so far that came from this image. */
  from(image: string): number;
  /** Weights of the image's revision as they were seen, each once in a row. */
  weightsOf(image: string): readonly number[];
}

/** Whoever uses a service: requests through the ingress, side by side, as long as nobody stops them; and a look at the weights now and then. */
export function users(stage: Stage, shop: Shop, service = 'web', atOnce = 3): Users {
  const answers = new Map<number, number>();
  const images = new Map<string, number>();
  const weights = new Map<string, number[]>();
  const over = new AbortController();
  const asking = Array.from({ length: atOnce }, async () => {
    const { fqdn } = (await shop.app(service)).properties.configuration.ingress;
    while (!over.signal.aborted) {
      const { status, body } = await ingressGet(stage.azure, fqdn);
      answers.set(status, (answers.get(status) ?? 0) + 1);
      const image = /"image":"([^"]+)"/.exec(body)?.[1];
      if (status === 200 && image !== undefined) images.set(image, (images.get(image) ?? 0) + 1);
      await sleep(60);
    }
  });
  const looking = (async () => {
    while (!over.signal.aborted) {
      for (const { properties } of await shop.revisions(service)) {
        const image = properties.template.containers[0]?.image ?? '';
        const seen = weights.get(image) ?? [];
        if (seen.at(-1) !== properties.trafficWeight) weights.set(image, [...seen, properties.trafficWeight]);
      }
      await sleep(150);
    }
  })();
  return {
    answers,
    from: (image) => images.get(image) ?? 0,
    weightsOf: (image) => weights.get(image) ?? [],
    async [Symbol.asyncDispose]() {
      over.abort();
      await Promise.all([...asking, looking]);
    },
  };
}
