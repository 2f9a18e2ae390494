import type { AzureRequest, World } from '../world.ts';

/** The operation that this accepted write starts is to fail. */
export function failsOnOrder(world: World, request: AzureRequest): boolean {
  return world.faults.next(request)?.name === 'azure:operation-fails';
}

/** The service is to have forgotten this operation: its address answers 404 although the work goes on. */
export function lostOnOrder(world: World, request: AzureRequest): boolean {
  return world.faults.next(request)?.name === 'azure:status-lost';
}
