import type { FaultDescription } from '../../faults/board.ts';

export const azureFaults = [
  { name: 'azure:429', effect: '`SubscriptionRequestsThrottled`, `Retry-After: 1`', requests: 'any', example: 'azure:429,times=3' },
  { name: 'azure:429-without-retry-after', effect: '`TooManyRequests` without the header', requests: 'any', example: 'azure:429-without-retry-after,method=GET' },
  { name: 'azure:503', effect: '`ServiceUnavailable`', requests: 'any', example: 'azure:503,times=5' },
  { name: 'azure:reset', effect: 'the connection is cut', requests: 'any', example: 'azure:reset,method=PUT' },
  { name: 'azure:hang', effect: 'no answer until the client leaves', requests: 'any', example: 'azure:hang,path=containerApps/checkout' },
  { name: 'azure:cut-after', effect: 'carried out, then the connection is cut: the answer is lost', requests: 'writes', example: 'azure:cut-after,method=PATCH' },
  { name: 'azure:hang-after', effect: 'carried out, and no answer until the client leaves', requests: 'writes', example: 'azure:hang-after,path=containerApps/checkout' },
  { name: 'azure:forbidden', effect: '`AuthorizationFailed`', requests: 'any', example: 'azure:forbidden,path=vaults,times=always' },
  { name: 'azure:conflict', effect: '`ContainerAppOperationInProgress`', requests: 'writes', example: 'azure:conflict,path=containerApps,method=PATCH' },
  { name: 'azure:operation-fails', effect: 'accepted, then the operation fails', requests: 'writes to Microsoft.App', example: 'azure:operation-fails,path=containerApps/checkout' },
  { name: 'azure:echo', effect: '`InvalidRequestContent` that repeats token and body in its texts and in a header', requests: 'any', example: 'azure:echo,method=PATCH' },
  { name: 'azure:status-lost', effect: "the operation's address answers 404, the work goes on", requests: 'operation addresses', example: 'azure:status-lost' },
] as const satisfies readonly FaultDescription[];

export type FaultName = (typeof azureFaults)[number]['name'];
