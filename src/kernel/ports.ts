import type { DesiredEnvironment } from './desired-state.ts';
import type { TenantId } from './ids.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface Ids {
  /** A fresh random UUID, lower case. */
  uuid(): string;
}

/** Where an aggregate lives. `type` is the aggregate root's name (`RuntimeDeployment`), `id` is unique within tenant and type. */
export interface AggregateKey {
  readonly tenantId: TenantId;
  readonly type: string;
  readonly id: string;
}

export interface Stored<T> {
  /** Starts at 1 and grows by one with each save. */
  readonly version: number;
  readonly value: T;
}

/** A schema that turns stored JSON back into a value; every zod schema is one. */
export interface Reader<T> {
  parse(input: unknown): T;
}

/** Reads aggregates. Writing happens only through an outcome's `saves`, together with its events (see `outcome.ts`). */
export interface Store {
  /** Null when nothing was ever saved. @throws when the store cannot be read or holds something that the schema refuses. */
  load<T>(key: AggregateKey, schema: Reader<T>): Promise<Stored<T> | null>;
  /** Every key of one type, all tenants: for schedules and listings, never for a tenant's own work. */
  list(type: string): Promise<readonly AggregateKey[]>;
}

/** What Git declares. Implemented by gitops; every context reads desired state only through this port. */
export interface DesiredStateReader {
  /**
   * The environment as the repository declares it at `commit`; null when that commit does not declare it.
   * @throws when the repository or the commit cannot be read, which is not the same as "not declared".
   */
  at(tenantId: TenantId, environment: string, commit: string): Promise<DesiredEnvironment | null>;
  /** The same at the commit of the default branch that was synced last; null when none was. */
  current(tenantId: TenantId, environment: string): Promise<CurrentDesired | null>;
}

interface CurrentDesired {
  readonly commit: string;
  readonly generation: number;
  readonly environment: DesiredEnvironment | null;
}
