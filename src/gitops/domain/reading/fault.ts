export type Path = readonly (string | number)[];

/** A problem before it has a place: `path` is where in the document, `at` whether the key or the value is meant. */
export interface Fault {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly path: Path;
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly expected: string | null;
  readonly hint: string | null;
}

type FaultParts = Pick<Fault, 'code' | 'path' | 'message'> & Partial<Fault>;

export function fault(parts: FaultParts): Fault {
  return { severity: 'error', at: 'value', expected: null, hint: null, ...parts };
}

export function warning(parts: FaultParts): Fault {
  return fault({ severity: 'warning', ...parts });
}

export function missingField(path: Path, expected: string): Fault {
  return fault({ code: 'missing-field', path, message: `\`${String(path.at(-1))}\` is missing`, expected });
}

/** As people read it, and as the parser names places: `spec.rollout.steps[0].weight`, `metadata.annotations["trueup.dev/reapply"]`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => text + pathPart(part, text === ''), '');
}

export function pathPart(part: string | number, first: boolean): string {
  if (typeof part === 'number') return `[${part}]`;
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(part)) return `[${JSON.stringify(part)}]`;
  return first ? part : `.${part}`;
}

/** Of a path as people read it, the part before its last dot: where a field of that name belongs. */
export function parentOf(text: string): string {
  return text.slice(0, Math.max(0, text.lastIndexOf('.')));
}
