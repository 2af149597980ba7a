/** An object of the fake API server; whatever a test puts in. */
export interface ApiObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ApiMetadata;
  readonly [field: string]: unknown;
}

export interface ApiMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
}

export interface ApiEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly collection: string;
  readonly resourceVersion: number;
  readonly object: ApiObject;
}

/** Objects with one revision counter and a log of changes, as etcd keeps them; `compact` forgets the log. */
export class ApiObjects {
  #revision = 100;
  #oldest = 100;
  readonly #objects = new Map<string, Map<string, ApiObject>>();
  #log: ApiEvent[] = [];
  readonly #listeners = new Set<(event: ApiEvent) => void>();

  revision(): number {
    return this.#revision;
  }

  get(collection: string, namespace: string | undefined, name: string): ApiObject | undefined {
    return this.#objects.get(collection)?.get(keyOf(namespace, name));
  }

  /** Of one namespace, or all; in the order of their keys. */
  list(collection: string, namespace: string | undefined): readonly ApiObject[] {
    const all = [...(this.#objects.get(collection) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
    return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace);
  }

  /** Creates or replaces; the answer is what is stored. */
  put(collection: string, object: ApiObject): ApiObject {
    const { namespace, name } = object.metadata;
    const before = this.get(collection, namespace, name);
    this.#revision += 1;
    const stored: ApiObject = {
      ...object,
      metadata: {
        creationTimestamp: '2026-01-01T00:00:00Z',
        ...object.metadata,
        uid: before?.metadata.uid ?? object.metadata.uid ?? `uid-${this.#revision}`,
        resourceVersion: String(this.#revision),
      },
    };
    this.#of(collection).set(keyOf(namespace, name), stored);
    this.#emit({ type: before === undefined ? 'ADDED' : 'MODIFIED', collection, resourceVersion: this.#revision, object: stored });
    return stored;
  }

  remove(collection: string, namespace: string | undefined, name: string): ApiObject | undefined {
    const before = this.get(collection, namespace, name);
    if (before === undefined) return undefined;
    this.#revision += 1;
    this.#of(collection).delete(keyOf(namespace, name));
    const object = { ...before, metadata: { ...before.metadata, resourceVersion: String(this.#revision) } };
    this.#emit({ type: 'DELETED', collection, resourceVersion: this.#revision, object });
    return object;
  }

  /** Changes after `revision`, or undefined when they are forgotten. */
  since(revision: number): readonly ApiEvent[] | undefined {
    return revision < this.#oldest ? undefined : this.#log.filter((event) => event.resourceVersion > revision);
  }

  /** Forgets the log: whoever resumes from before gets 410. */
  compact(): void {
    this.#revision += 1;
    this.#oldest = this.#revision;
    this.#log = [];
  }

  /** Goes back to an earlier revision number, as after a restore from a backup. */
  rewind(revision: number): void {
    this.#revision = revision;
    this.#oldest = Math.min(this.#oldest, revision);
    this.#log = [];
  }

  onEvent(listener: (event: ApiEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #of(collection: string): Map<string, ApiObject> {
    const known = this.#objects.get(collection);
    if (known !== undefined) return known;
    const created = new Map<string, ApiObject>();
    this.#objects.set(collection, created);
    return created;
  }

  #emit(event: ApiEvent): void {
    this.#log.push(event);
    for (const listener of this.#listeners) listener(event);
  }
}

function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}
