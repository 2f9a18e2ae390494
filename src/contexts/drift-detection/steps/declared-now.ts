import { OutOfBounds } from '../../../kernel/errors.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { DesiredStateReader } from '../../../kernel/ports.ts';

/**
 * What Git declares; null where nobody knows, and where it leaves what the tenant may touch: whoever takes the grant away knows it, the
 * plan and the next deployment say it to everybody else, and that no scan is made is an alert.
 */
export async function declaredNow(desired: Pick<DesiredStateReader, 'current'>, tenantId: TenantId, environment: string): ReturnType<DesiredStateReader['current']> {
  try {
    return await desired.current(tenantId, environment);
  } catch (error) {
    if (error instanceof OutOfBounds) return null;
    throw error;
  }
}
