import type { DesiredEnvironment, DesiredService } from '../../../kernel/desired-state.ts';
import { OutOfBounds, Rejected } from '../../../kernel/errors.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { DesiredStateReader } from '../../../kernel/ports.ts';

/** A service as Git declared it at a commit; null when Git does not tell any more. Each commit is read once. */
export type Releases = (service: string, commit: string) => Promise<DesiredService | null>;

export function releasesOf(desired: DesiredStateReader, tenantId: TenantId, environment: string): Releases {
  const read = new Map<string, Promise<DesiredEnvironment | null>>();
  return async (service, commit) => {
    const known = read.get(commit) ?? desired.at(tenantId, environment, commit).catch(nothingWhenRefused);
    read.set(commit, known);
    return (await known)?.services.find(({ name }) => name === service) ?? null;
  };
}

/** The commit is gone, declares the environment wrongly, or leaves what the tenant may touch. Anything else is unreadable, and thrown. */
function nothingWhenRefused(error: unknown): null {
  if (error instanceof Rejected || error instanceof OutOfBounds) return null;
  throw error;
}
