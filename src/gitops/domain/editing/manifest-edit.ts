/** One text value of one document. */
export interface ManifestEdit {
  readonly kind: string;
  /** `metadata.name`. */
  readonly name: string;
  /** Keys from the root of the document. What is missing of them is made, as long as what is there is mappings. */
  readonly path: readonly string[];
  readonly value: string;
}

/** The whole text afterwards, or one sentence why it is left alone: nothing is changed then, also not what could have been. */
export type Edited = { readonly text: string } | { readonly refused: string };
