import type { TokenCredential } from '@azure/identity';
import * as z from 'zod';
import { jsonOrNull } from '../../kernel/json-or-null.ts';
import { managementHost } from './route.ts';
import { unexpectedAnswer } from './translate.ts';

/** Ids of the credential that Trueup writes with, in lower case: object id and application id. Asked for once; what fails is asked for again. */
export type OwnIdentity = (abortSignal: AbortSignal) => Promise<ReadonlySet<string>>;

const claims = z.object({ oid: z.string().optional(), appid: z.string().optional(), azp: z.string().optional() });

/**
 * From the token itself: nothing else says the object id without a right in the directory, and it is what the Activity Log calls a program.
 * @param clientId what the configuration says; alone it is enough for `systemData`.
 */
export function ownIdentity(credential: TokenCredential, clientId: string | null): OwnIdentity {
  let known: ReadonlySet<string> | null = null;
  return async (abortSignal) => {
    if (known !== null) return known;
    const token = await credential.getToken(`https://${managementHost}/.default`, { abortSignal });
    const { oid, appid, azp } = claims.safeParse(payloadOf(token?.token ?? '')).data ?? {};
    const ids = [oid, appid, azp, clientId].flatMap((id) => (id ? [id.toLowerCase()] : []));
    // Whoever does not know itself would take its own writes for somebody else's.
    if (ids.length === 0) throw unexpectedAnswer('identity.own');
    return (known = new Set(ids));
  };
}

function payloadOf(token: string): unknown {
  return jsonOrNull(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}
