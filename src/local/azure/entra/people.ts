import { randomBytes, randomUUID } from 'node:crypto';
import { sameName } from '../json.ts';
import type { Principals } from './principals.ts';

export interface Person {
  /** Good for every audience and for ever. */
  readonly token: string;
  readonly principalId: string;
  readonly clientId: string;
  /** Sign-in name: what `systemData` and the Activity Log show. */
  readonly name: string;
}

/** Who uses the local Azure by hand. There are no passwords: the listener is on the loopback. */
export interface People {
  /** The same person for the same name, without case. */
  signIn(name: string): Person;
  byToken(token: string): Person | null;
}

/** @param onNew gives a person the rights that people have here. */
export function people(known: Principals, onNew: (person: Person) => void): People {
  const tokens = new Map<string, Person>();
  return {
    signIn(name) {
      const before = [...tokens.values()].find((person) => sameName(person.name, name));
      if (before !== undefined) return before;
      const ids = { principalId: randomUUID(), clientId: randomUUID() };
      const person = { token: `local-${randomBytes(24).toString('base64url')}`, ...ids, name };
      known.add({ ...ids, kind: 'User', name });
      onNew(person);
      tokens.set(person.token, person);
      return person;
    },
    byToken: (token) => tokens.get(token) ?? null,
  };
}
