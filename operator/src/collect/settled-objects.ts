import { type KubeObject, objectKey } from '../support/kube-object.ts';

/**
 * Holds a new form of an object back until everything it refers to is known, and shows the form before meanwhile: an edit that
 * names another Secret or Service must not pass for one that names a missing one while that is being read.
 */
export class SettledObjects<T extends KubeObject> {
  readonly #isSettled: (object: T) => boolean;
  #shown = new Map<string, T>();

  constructor(isSettled: (object: T) => boolean) {
    this.#isSettled = isSettled;
  }

  /** The forms to show of `current`; an object that is new and has not settled is left out. */
  pick(current: readonly T[]): readonly T[] {
    const shown = new Map<string, T>();
    for (const object of current) {
      const key = objectKey(object.metadata);
      const form = this.#isSettled(object) ? object : this.#shown.get(key);
      if (form !== undefined) shown.set(key, form);
    }
    this.#shown = shown;
    return [...shown.values()];
  }
}
