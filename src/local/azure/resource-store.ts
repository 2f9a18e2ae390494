/** Resources of one type by group and name, without case. */
export class ResourceStore<T extends { readonly group: string; readonly name: string }> {
  readonly #resources = new Map<string, T>();

  all(): readonly T[] {
    return [...this.#resources.values()];
  }

  get(group: string, name: string): T | null {
    return this.#resources.get(keyOf({ group, name })) ?? null;
  }

  /** In place of one with the same name. */
  set(resource: T): void {
    this.#resources.set(keyOf(resource), resource);
  }

  remove(resource: T): void {
    this.#resources.delete(keyOf(resource));
  }
}

function keyOf({ group, name }: { readonly group: string; readonly name: string }): string {
  return `${group}/${name}`.toLowerCase();
}
