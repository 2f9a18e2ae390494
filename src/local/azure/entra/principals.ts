import { sameName } from '../json.ts';

/** Somebody whom roles can be given to. */
interface Principal {
  readonly principalId: string;
  readonly clientId: string;
  readonly kind: 'User' | 'ServicePrincipal';
  readonly name: string;
}

/** The service principals and users of the tenant. */
export interface Principals {
  add(principal: Principal): void;
  remove(principalId: string): void;
  byObjectId(principalId: string): Principal | null;
  byClientId(clientId: string): Principal | null;
}

export function principals(): Principals {
  const known = new Map<string, Principal>();
  return {
    add: (principal) => void known.set(principal.principalId.toLowerCase(), principal),
    remove: (principalId) => void known.delete(principalId.toLowerCase()),
    byObjectId: (principalId) => known.get(principalId.toLowerCase()) ?? null,
    byClientId: (clientId) => [...known.values()].find((principal) => sameName(principal.clientId, clientId)) ?? null,
  };
}
