import { type Behaviour, type BehaviourParse, behaviourFromText } from './behaviour.ts';

/** A behaviour laid down through `POST /_simulator/script`, for the requests it matches. */
export interface ScriptedBehaviour {
  readonly behaviour: Partial<Behaviour>;
  /** Model it is for; absent = every model. */
  readonly model?: string;
  /** Requests it still applies to; absent = until the script is replaced. */
  readonly times?: number;
}

/** What a request says about itself. */
export interface BehaviourRequest {
  readonly model: string;
  /** `x-simulator` header. */
  readonly header?: string;
}

/**
 * Decides how a request is answered: the defaults, overlaid by the first matching script, by the model's suffix after
 * `!` (`sim-small!status=503`) and by the `x-simulator` header, in this order.
 */
export class BehaviourBook {
  readonly #defaults: Behaviour;
  #scripts: { readonly script: ScriptedBehaviour; left: number }[] = [];
  /** Keys that are let in; empty = any, or none at all. */
  #keys: ReadonlySet<string> = new Set();

  constructor(defaults: Behaviour) {
    this.#defaults = defaults;
  }

  replaceScripts(scripts: readonly ScriptedBehaviour[], keys: readonly string[]): void {
    this.#scripts = scripts.map((script) => ({ script, left: script.times ?? Number.POSITIVE_INFINITY }));
    this.#keys = new Set(keys);
  }

  admitsKey(key: string): boolean {
    return this.#keys.size === 0 || this.#keys.has(key);
  }

  /** Takes one use from the script that applies. */
  behaviourFor(request: BehaviourRequest): BehaviourParse & ({ readonly type: 'invalid' } | { readonly behaviour: Behaviour }) {
    const [name, suffix] = splitModel(request.model);
    const ofModel = behaviourFromText(suffix);
    if (ofModel.type === 'invalid') return ofModel;
    const ofHeader = behaviourFromText(request.header ?? '');
    if (ofHeader.type === 'invalid') return ofHeader;
    return { type: 'behaviour', behaviour: { ...this.#defaults, ...this.#takeScript(name), ...ofModel.behaviour, ...ofHeader.behaviour } };
  }

  #takeScript(model: string): Partial<Behaviour> {
    const entry = this.#scripts.find(({ script, left }) => left > 0 && (script.model === undefined || script.model === model));
    if (entry === undefined) return {};
    entry.left -= 1;
    return entry.script.behaviour;
  }
}

/** `sim-small!status=503` -> [`sim-small`, `status=503`]. */
function splitModel(model: string): readonly [string, string] {
  const mark = model.indexOf('!');
  return mark < 0 ? [model, ''] : [model.slice(0, mark), model.slice(mark + 1)];
}
