/** What a validator says: the value with its type, or readable errors such as `spec.credentials[0].weight must be <= 1000000`. */
export type Validation<T> =
  | { readonly type: 'valid'; readonly value: T }
  | { readonly type: 'invalid'; readonly errors: readonly string[] };
