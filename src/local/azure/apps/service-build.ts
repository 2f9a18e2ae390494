/**
 * What builds of Microsoft.App do differently, as recorded traffic shows it. Azure rolls a build out region by region, over weeks: a client meets
 * several of them, one after the other or at the same time. True is what the newest does.
 */
export interface ServiceBuild {
  /** Asked in `operations.ts`. */
  readonly statusNamesItsAddress: boolean;
  /** Asked in `environment.ts`, as an environment is written and as it is shown. */
  readonly publicNetworkAccess: boolean;
  /** Asked in `apps.ts`. */
  readonly patchNamesItsStatus: boolean;
  /** Asked in `rollout.ts`. */
  readonly laterRevisionsCounted: boolean;
  /** Asked in `app-view.ts`. */
  readonly putEchoes: boolean;
  /** Asked in `app-view.ts`. */
  readonly identitySettings: boolean;
}

export const serviceBehaviours: Readonly<Record<keyof ServiceBuild, { readonly newest: string; readonly older: string; readonly reason: string }>> = {
  statusNamesItsAddress: {
    newest: 'the status of an operation on an app has the id that its address has',
    older: 'it has the id of another operation, which has no address',
    reason: 'whoever stores or compares the id of a status loses the operation: only its address leads there',
  },
  publicNetworkAccess: {
    newest: 'an environment shows `publicNetworkAccess`, null if an older build wrote it last',
    older: 'it has no such field',
    reason: 'a field that comes by itself, and comes with null, looks like drift',
  },
  patchNamesItsStatus: {
    newest: 'the 202 to a PATCH of an app names the addresses of its status and of its result',
    older: 'it names only the result (`Location`)',
    reason: 'a client that follows `Azure-AsyncOperation` alone takes the PATCH for done',
  },
  laterRevisionsCounted: {
    newest: 'of the revisions without a suffix the first has a random name, later ones are counted (`--0000001`)',
    older: 'each has a random name',
    reason: 'a client that reckons the next name is wrong',
  },
  putEchoes: {
    newest: 'the 201 to a PUT of an app echoes what was sent',
    older: 'it shows what a read shows: defaults, host name, `runningStatus`',
    reason: 'a client that goes by the answer to its PUT sees another app',
  },
  identitySettings: {
    newest: 'an app shows `identitySettings`',
    older: 'it has no such field',
    reason: 'a field that comes by itself looks like drift',
  },
};

export const newestBuild: ServiceBuild = everywhere(true);

/** Everything older at once. No region is recorded with all of it: it is what a client has to get along with at worst. */
export const oldestBuild: ServiceBuild = everywhere(false);

function everywhere(isNewest: boolean): ServiceBuild {
  return {
    statusNamesItsAddress: isNewest,
    publicNetworkAccess: isNewest,
    patchNamesItsStatus: isNewest,
    laterRevisionsCounted: isNewest,
    putEchoes: isNewest,
    identitySettings: isNewest,
  };
}
