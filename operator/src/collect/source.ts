import type { World } from './world.ts';

/**
 * Where the world comes from: an API server (kubernetes-source.ts) or a folder of manifests (folder-source.ts).
 * A source is a level, not a stream of edges: listeners are told that something changed, and read `world()` when they like.
 */
export interface Source {
  /** Begins collecting and returns at once; failures are retried for ever, so it rejects only on a bug. Idempotent. */
  start(): Promise<void>;
  /**
   * True once the first complete picture is there, and true ever after. Before that `world()` is partial and must not be
   * compiled: a table made from it would take routes away.
   */
  hasSynced(): boolean;
  /** The newest picture, deeply frozen; the same reference as before when nothing changed. */
  world(): World;
  /** Called after any change, also when the source becomes synced; many changes may share one call. Must only enqueue. */
  onChange(listener: () => void): void;
  /** Stops watching; the last world stays readable. */
  stop(): Promise<void>;
}
