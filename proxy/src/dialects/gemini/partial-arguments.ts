import type { JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';

type Node = string | number | boolean | null | Node[] | { [name: string]: Node };

/** `.name`, `[0]`, `['name']` and `["name"]`: the steps of a JSON path as Gemini writes them. */
const STEP = /\.([^.[\]]+)|\[(\d{1,6})\]|\['([^']*)'\]|\["([^"]*)"\]/g;
/** No call has longer lists or more values; a path may not make the proxy allocate more than it has sent. */
const MAX_LIST_LENGTH = 10_000;
const MAX_DEPTH = 100;
const MAX_CHARACTERS = 16 * 1024 * 1024;

/**
 * Arguments of a call that Gemini streams (`streamFunctionCallArguments`): one value at a JSON path after the other, texts
 * in pieces. They are told to callers at the end, since values need not come in the order that their JSON has them in.
 */
export class PartialArguments {
  private readonly root: { [name: string]: Node };
  /** Path of the text that goes on with the next piece. */
  private openPath: string | undefined;
  private characters = 0;

  constructor(args: JsonObject) {
    this.root = Object.assign(emptyObject(), structuredClone(args));
  }

  /** @returns false when there is more than any call has */
  push(call: JsonObject): boolean {
    for (const item of asArray(call['partialArgs']) ?? []) this.add(asObject(item) ?? {});
    return this.characters <= MAX_CHARACTERS;
  }

  json(): string {
    return JSON.stringify(this.root);
  }

  private add(piece: JsonObject): void {
    const path = asString(piece['jsonPath']) ?? '';
    const value = pieceValue(piece);
    if (value === undefined) return;
    this.characters += path.length + (typeof value === 'string' ? value.length : 8);
    const steps = stepsOf(path);
    if (steps.length === 0 || steps.length > MAX_DEPTH || this.characters > MAX_CHARACTERS) return;
    place(this.root, steps, value, typeof value === 'string' && this.openPath === path);
    this.openPath = typeof value === 'string' && piece['willContinue'] === true ? path : undefined;
  }
}

function pieceValue(piece: JsonObject): string | number | boolean | null | undefined {
  for (const kind of ['stringValue', 'numberValue', 'boolValue'] as const) {
    const value = piece[kind];
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  }
  return 'nullValue' in piece ? null : undefined;
}

function stepsOf(path: string): readonly (string | number)[] {
  return [...path.matchAll(STEP)].map(([, name, index, single, double]) =>
    index === undefined ? (name ?? single ?? double ?? '') : Number(index),
  );
}

/** Puts a value where the steps lead, making the objects and lists on the way; `goesOn` adds to the text that is there. */
function place(root: Node, steps: readonly (string | number)[], value: Node, goesOn: boolean): void {
  let node: Node = root;
  for (const [at, step] of steps.entries()) {
    const before = read(node, step);
    const next = steps[at + 1];
    if (next === undefined) {
      write(node, step, goesOn && typeof before === 'string' && typeof value === 'string' ? before + value : value);
      return;
    }
    const inner: Node = typeof before === 'object' && before !== null ? before : typeof next === 'number' ? [] : emptyObject();
    if (inner !== before) write(node, step, inner);
    node = inner;
  }
}

function read(node: Node, step: string | number): Node | undefined {
  if (Array.isArray(node)) return typeof step === 'number' ? node[step] : undefined;
  return typeof node === 'object' && node !== null ? node[String(step)] : undefined;
}

function write(node: Node, step: string | number, value: Node): void {
  if (Array.isArray(node)) {
    if (typeof step === 'number' && step < MAX_LIST_LENGTH) node[step] = value;
  } else if (typeof node === 'object' && node !== null) node[String(step)] = value;
}

/** Without a prototype, `__proto__` is a name like any other. */
function emptyObject(): { [name: string]: Node } {
  return Object.create(null) as { [name: string]: Node };
}
