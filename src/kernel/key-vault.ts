export interface ObservedVault {
  /** ARM resource id. */
  readonly id: string;
  readonly name: string;
}

/** What metadata says of one version of a secret, never its value. Times are ISO-8601 or null. */
export interface ObservedSecretVersion {
  readonly version: string;
  readonly enabled: boolean;
  readonly notBefore: string | null;
  readonly expiresOn: string | null;
  readonly createdOn: string | null;
}

/** The version that a reference means, and why it cannot be used. */
export type MeantVersion =
  | { readonly fault: 'no-secret' }
  | { readonly fault: 'no-version' }
  | { readonly fault: 'disabled' | 'expired' | 'not-valid-yet' | null; readonly version: ObservedSecretVersion };

/** `versions`: newest first. `pinned`: null means the newest, as for Azure. */
export function meantVersion(versions: readonly ObservedSecretVersion[], pinned: string | null, now: number): MeantVersion {
  const [newest] = versions;
  if (newest === undefined) return { fault: 'no-secret' };
  const version = pinned === null ? newest : versions.find((one) => one.version.toLowerCase() === pinned.toLowerCase());
  return version === undefined ? { fault: 'no-version' } : { fault: faultOf(version, now), version };
}

function faultOf({ enabled, expiresOn, notBefore }: ObservedSecretVersion, now: number): 'disabled' | 'expired' | 'not-valid-yet' | null {
  if (!enabled) return 'disabled';
  if (isPast(expiresOn, now)) return 'expired';
  return notBefore !== null && !isPast(notBefore, now) ? 'not-valid-yet' : null;
}

function isPast(time: string | null, now: number): boolean {
  return time !== null && Date.parse(time) <= now;
}
