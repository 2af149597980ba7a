/** What is wrong with a document: `field` is a path like `spec.targets[0].model`, empty for the document as a whole. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** Where it is. */
export interface ManifestProblem extends FieldProblem {
  /** Relative to the folder; empty for the folder as a whole. */
  readonly file: string;
  /** From 1; 0 = the file as a whole. */
  readonly document: number;
}
