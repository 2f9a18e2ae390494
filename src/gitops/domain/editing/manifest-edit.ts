/** One change of one document. Whatever a path lacks on its way is made, as long as what is there is mappings. */
export type ManifestEdit = ValueEdit | RemovalEdit | NewDocument;

interface Document {
  readonly kind: string;
  /** `metadata.name`. */
  readonly name: string;
}

interface ValueEdit extends Document {
  /** Keys from the root of the document. */
  readonly path: readonly string[];
  /** Plain JSON. What of it stands there already stays as it is written. */
  readonly value: unknown;
}

/** What is not there is removed already. Of the last entry of a mapping or a list `{}` or `[]` stays. */
interface RemovalEdit extends Document {
  readonly path: readonly string[];
  readonly remove: true;
}

/** A document that comes after the others of the file. */
interface NewDocument extends Document {
  readonly create: Readonly<Record<string, unknown>>;
}

/** The whole text afterwards, or one sentence why it is left alone: nothing is changed then, also not what could have been. */
export type Edited = { readonly text: string } | { readonly refused: string };
