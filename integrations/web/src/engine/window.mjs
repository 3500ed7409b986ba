// How the window rolls: integers only. The module of the same name in Python explains why.
import { TABLES } from './tables.mjs';

const { SLIDING } = /** @type {{ SLIDING: string }} */ (TABLES.config);

/** @typedef {import('./config.mjs').ModelConfig} ModelConfig */

/**
 * The entries of the key/value buffer: three windows for a sliding one, which rolls once per window
 * and keeps two, so that deletions can undo that.
 * @param {ModelConfig} config
 */
export const capacityOf = (config) => (isSliding(config) ? 3 : 1) * config.window;

/** @param {ModelConfig} config */
export const isSliding = (config) => config.policy === SLIDING;

/**
 * How many of the oldest entries must leave to make room for `room` more.
 * @param {ModelConfig} config
 * @param {number} length
 * @param {number} room
 */
export function roll(config, length, room) {
  const capacity = capacityOf(config);
  if (length + room <= capacity) return 0;
  if (room > largestRoom(config)) throw new RangeError(`room for ${room} entries asked`);
  if (isSliding(config)) return length - (capacity - largestRoom(config));
  const half = config.window >> 1;
  let drop = half;
  while (length - drop + room > capacity) drop += half;
  return Math.min(drop, length);
}

/**
 * The most entries for which room can be made at once.
 * @param {ModelConfig} config
 */
export const largestRoom = (config) => (isSliding(config) ? config.window : config.window >> 1);

/**
 * Whether the newest entries may be cut off so that `keep` remain, after `origin` entries have left.
 * @param {ModelConfig} config
 * @param {number} origin
 * @param {number} keep
 */
export const canCut = (config, origin, keep) => !isSliding(config) || origin === 0 || keep >= config.window;

/**
 * The most entries of a fresh start, such as after a jump of the caret.
 * @param {ModelConfig} config
 */
export const startLength = (config) => (isSliding(config) ? 2 * config.window : config.window >> 1);
