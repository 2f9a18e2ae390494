import type { AzureAnswer } from '../world.ts';

/** What a service refuses. `byProvider` is false for what Azure Resource Manager answers before the provider is asked. */
export class ArmError extends Error {
  override readonly name = 'ArmError';
  readonly status: number;
  readonly code: string;
  readonly byProvider: boolean;

  constructor(status: number, code: string, message: string, byProvider = true) {
    super(message);
    this.status = status;
    this.code = code;
    this.byProvider = byProvider;
  }

  answer(): AzureAnswer {
    return { status: this.status, body: { error: { code: this.code, message: this.message } } };
  }
}

export function resourceNotFound(type: string, name: string, group: string): ArmError {
  const message = `The Resource '${type}/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
  return new ArmError(404, 'ResourceNotFound', message, false);
}

export function groupNotFound(group: string): ArmError {
  return new ArmError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`, false);
}

/** A resource stays in the region where it was made. */
export function movedElsewhere({ name, location, group }: { readonly name: string; readonly location: string; readonly group: string }, to: string): ArmError {
  const message =
    `The resource '${name}' already exists in location '${location}' in resource group '${group}'. ` +
    `A resource with the same name cannot be created in location '${to}'. Please select a new resource name.`;
  return new ArmError(409, 'InvalidResourceLocation', message, false);
}

/** The text that the container template's validation writes, whether it ends a request or an operation. */
export function invalidFields(faults: readonly { readonly field: string; readonly details: string }[]): string {
  const parts = faults.map(({ field, details }) => `Field '${field}' is invalid with details: '${details}';`);
  return `The following field(s) are either invalid or missing. ${parts.join('')}.`;
}
