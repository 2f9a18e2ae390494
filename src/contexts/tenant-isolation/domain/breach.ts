import type { Problem, SourceLocation } from '../../../kernel/problem.ts';

interface Declared {
  readonly kind: 'RuntimeEnvironment' | 'RuntimeTenantBinding' | 'RuntimeService' | 'SecretBinding';
  readonly name: string;
  readonly source: SourceLocation;
}

interface Words {
  readonly code: string;
  /** Path inside the document. */
  readonly path: string;
  readonly message: string;
  readonly expected?: string;
  readonly hint: string;
}

/** A broken rule, at the document that breaks it. */
export function breach({ kind, name, source }: Declared, { code, path, message, expected, hint }: Words): Problem {
  return { severity: 'error', code, message, expected: expected ?? null, hint, location: source, path, document: { kind, name } };
}

export function environmentDocument(environment: { readonly name: string; readonly source: SourceLocation }): Declared {
  return { kind: 'RuntimeEnvironment', name: environment.name, source: environment.source };
}

export function bindingDocument(binding: { readonly name: string; readonly source: SourceLocation }): Declared {
  return { kind: 'RuntimeTenantBinding', name: binding.name, source: binding.source };
}

export function serviceDocument(service: { readonly name: string; readonly source: SourceLocation }): Declared {
  return { kind: 'RuntimeService', name: service.name, source: service.source };
}

export function secretDocument(secret: { readonly name: string; readonly source: SourceLocation }): Declared {
  return { kind: 'SecretBinding', name: secret.name, source: secret.source };
}
