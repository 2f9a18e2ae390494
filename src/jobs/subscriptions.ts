import type { Context, Reaction } from '../kernel/context.ts';
import type { ContextName } from '../kernel/ids.ts';
import { messageCatalogue, type MessageType } from '../kernel/messages/catalogue.ts';

export interface Subscription {
  readonly context: ContextName;
  readonly reaction: Reaction;
}

export interface Subscriptions {
  of(type: MessageType): readonly Subscription[];
  find(context: string, reaction: string): Subscription | null;
}

/** @throws when a command has not exactly one handler, or two reactions of a context share a name: both are bugs of the composition. */
export function subscriptionsOf(contexts: readonly Context[]): Subscriptions {
  const all = contexts.flatMap(({ name, reactions }) => reactions.map((reaction): Subscription => ({ context: name, reaction })));
  const byType = Map.groupBy(all, ({ reaction }) => reaction.on);
  const byName = new Map(all.map((subscription) => [nameOf(subscription), subscription]));
  if (byName.size !== all.length) throw new Error('two reactions of one context have the same name');
  for (const [type, { role }] of Object.entries(messageCatalogue)) {
    const handlers = byType.get(type as MessageType)?.length ?? 0; // keys of the catalogue are the message types
    if (role === 'command' && handlers !== 1) throw new Error(`the command ${type} has ${handlers} handlers, expected one`);
  }
  return {
    of: (type) => byType.get(type) ?? [],
    find: (context, reaction) => byName.get(`${context}/${reaction}`) ?? null,
  };
}

/** Unique over all contexts. Also the mark of what it has dealt with, so it stays the same from release to release. */
export function nameOf({ context, reaction }: Subscription): string {
  return `${context}/${reaction.name}`;
}
