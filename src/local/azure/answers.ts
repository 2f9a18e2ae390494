import type { AzureAnswer } from './world.ts';

export function ok(body: unknown, status = 200): AzureAnswer {
  return { status, body };
}

/** The error body of Azure Resource Manager and of most services behind it. */
export function refused(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}): AzureAnswer {
  return { status, headers, body: { error: { code, message } } };
}

export function resourceNotFound(type: string, name: string, group: string): AzureAnswer {
  const message = `The Resource '${type}/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
  return refused(404, 'ResourceNotFound', message);
}

export function groupNotFound(group: string): AzureAnswer {
  return refused(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
}

export function badRequest(message: string): AzureAnswer {
  return refused(400, 'BadRequest', message);
}
