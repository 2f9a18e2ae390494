import * as z from 'zod';
import { isoSeconds, type NewCommit, type Person } from '../git/commits.ts';
import { personOf } from '../pull-requests/test-merge.ts';
import type { RepositoryCall } from './endpoint.ts';

const person = z.object({ name: z.string().min(1), email: z.string().min(1), date: z.iso.datetime({ offset: true }).optional() });

/** What every request that makes a commit may say of people. */
export const peopleFields = { author: person.optional(), committer: person.optional() };

interface Given {
  readonly author?: z.infer<typeof person> | undefined;
  readonly committer?: z.infer<typeof person> | undefined;
}

/** Without an author it is the caller, without a committer the author; without a date it is now. */
export function commitPeople({ world, sender }: RepositoryCall, given: Given): Pick<NewCommit, 'author' | 'committer'> {
  const dated = ({ name, email, date }: z.infer<typeof person>): Person => ({ name, email, date: date ?? isoSeconds(world.now()) });
  const author = given.author ? dated(given.author) : personOf(world, sender);
  return { author, committer: given.committer ? dated(given.committer) : author };
}
