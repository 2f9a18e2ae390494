import { tagNames, type DesiredService } from './desired-state.ts';
import { digestOf } from './digest.ts';

/** The digest that a service would have if nobody had ever asked to apply it again: equal where nothing else of its app changed. */
export function digestBesideReapply({ app }: Pick<DesiredService, 'app'>): string {
  const { [tagNames.reapply]: _reapply, ...tags } = app.tags;
  return digestOf({ ...app, tags });
}
