import type { ResourceBody, ResourceKey } from '@headgate/crds';
import type { World } from '../collect/world.ts';
import type { ObjectDiagnostics, Verdict } from './compilation.ts';
import { Findings } from './findings.ts';
import type { IdentifiedObject } from './object-identity.ts';
import type { ObjectScope } from './object-scope.ts';

/** The compilation of one object: its findings, the guard around it, and what is said about it in the end. */
export class ObjectWork {
  readonly object: IdentifiedObject;
  readonly findings: Findings = new Findings();
  readonly #scope: ObjectScope;
  #failed = false;
  #keptGeneration: number | undefined;

  constructor(world: World, object: IdentifiedObject) {
    this.object = object;
    this.#scope = { world, namespace: object.identity.namespace, findings: this.findings };
  }

  /**
   * Runs one step so that a bug in it fails this object alone: one poisoned manifest must not keep every other object
   * from being published. The text of the exception stays out of the message, since it may quote the input.
   */
  guard<T>(step: (scope: ObjectScope) => T): T | undefined {
    try {
      return step(this.#scope);
    } catch (error) {
      this.#failed = true;
      const kind = error instanceof Error ? error.name : 'unknown error';
      this.findings.invalid(`the compiler failed on this object (${kind}); this is a bug in Headgate, please report it with the manifest`);
      return undefined;
    }
  }

  /**
   * The form of the same object (same uid) that was published before, if any. Only an edit or a bug brings it back: an
   * object that became unusable by itself (an address that was closed, say) must not stay in use.
   */
  lastGood<T extends ResourceBody['type']>(
    published: ReadonlyMap<ResourceKey, ResourceBody> | undefined,
    type: T,
  ): Extract<ResourceBody, { readonly type: T }> | undefined {
    const body = published?.get(this.object.key);
    const { uid, generation } = this.object.identity;
    if (!isOfType(body, type) || !('uid' in body) || body.uid !== uid) return undefined;
    if (body.generation === generation && !this.#failed) return undefined;
    this.#keptGeneration = body.generation;
    return body;
  }

  diagnostics(conflicted: Verdict | undefined): ObjectDiagnostics {
    const { key, identity } = this.object;
    return {
      key,
      generation: identity.generation,
      accepted: this.#accepted(),
      resolvedRefs: this.findings.resolvedRefs(),
      ...(conflicted === undefined ? {} : { conflicted }),
    };
  }

  #accepted(): Verdict {
    const verdict = this.findings.accepted();
    if (this.#keptGeneration === undefined) return verdict;
    return { ...verdict, message: `${verdict.message}; the last good form (generation ${this.#keptGeneration}) keeps serving` };
  }
}

function isOfType<T extends ResourceBody['type']>(
  body: ResourceBody | undefined,
  type: T,
): body is Extract<ResourceBody, { readonly type: T }> {
  return body?.type === type;
}
