// The tokens in the model's state, and the cheapest way to other ones.
//
// A stream is what the key/value buffer holds: some ids, oldest first. The one verb is `follow`:
// make the state be that of a prefix plus these ids. Knows nothing of text or of suggestions.
import { Stopped } from './errors.mjs';
import { MOST_ROWS } from './kernel.mjs';
import { TABLES } from './tables.mjs';
import { canCut, isSliding, roll } from './window.mjs';

/**
 * Work in small parts. Whoever carries it out may do something else wherever it yields.
 * @template T
 * @typedef {Generator<void, T, void>} Work
 */

/** @typedef {() => boolean} Stop */

const { REMEMBERED_LOGITS = 0, MOST_FORESEEN = 0 } = /** @type {Record<string, number>} */ (TABLES.stream);

/** @type {Stop} */
export const never = () => false;

/**
 * Carry out work in one go.
 * @template T
 * @param {Work<T>} work
 */
export function finish(work) {
  for (;;) {
    const { done, value } = work.next();
    if (done) return /** @type {T} */ (value);
  }
}

export class Stream {
  /**
   * @param {import('./kernel.mjs').Program} program
   * @param {import('./config.mjs').ModelConfig} config
   * @param {number} [chunk] tokens that are run at once
   */
  constructor(program, config, chunk = MOST_ROWS) {
    this.config = config;
    this.chunk = chunk;
    this.state = program.state();
    /** @type {Map<number, Float32Array>} by index into ids */
    this.known = new Map();
    /** @type {number[]} */
    this.ids = [];
    this.origin = 0; // ids that have left the buffer
    this.steps = 0; // every token ever run
  }

  /** Empty the stream. */
  restart() {
    this.cut(0);
    this.origin = 0;
  }

  /**
   * Whether `follow` may keep only the first `keep` ids and put others behind them.
   * @param {number} keep
   */
  canCut(keep) {
    return canCut(this.config, this.origin, keep);
  }

  /**
   * Ensure that `room` ids fit behind the first `length`; gives how many ids left.
   * @param {number} length
   * @param {number} room
   * @returns {Work<number>}
   */
  *makeRoom(length, room) {
    const drop = roll(this.config, length, room);
    if (!drop) return 0;
    const kept = this.ids.slice(drop, length);
    this.cut(0);
    if (isSliding(this.config)) {
      this.state.move(drop, kept.length);
      this.origin += drop;
      this.ids = kept;
    } else {
      yield* this.runAll(kept, never, Infinity);
    }
    return drop;
  }

  /**
   * Make the state that of the first `keep` ids and then `ids`. Throws Stopped between chunks when
   * `stop()` says so.
   * @param {number} keep
   * @param {readonly number[]} ids
   * @param {Stop} [stop]
   * @returns {Work<void>}
   */
  *follow(keep, ids, stop = never) {
    const matching = this.common(keep, ids);
    const fresh = ids.slice(matching);
    if (fresh.length) this.cut(keep + matching);
    yield* this.runAll(fresh, stop);
  }

  /**
   * As `follow`, in one go.
   * @param {number} keep
   * @param {readonly number[]} ids
   */
  followAtOnce(keep, ids) {
    finish(this.follow(keep, ids));
  }

  /**
   * Make the state that of `keep` ids, `ids` and `drafted`, in one step where it can: the logits
   * behind `ids` and behind each drafted id are then known.
   * @param {number} keep
   * @param {readonly number[]} ids
   * @param {readonly number[]} drafted
   */
  foresee(keep, ids, drafted) {
    const matching = this.common(keep, ids);
    const fresh = [...ids.slice(matching), ...drafted];
    if (matching === ids.length || fresh.length > MOST_FORESEEN) return;
    this.cut(keep + matching);
    this.run(fresh, fresh.length);
  }

  /**
   * The logits (vocabulary) behind the first `length` ids; costs one step if forgotten.
   * @param {number} length
   */
  logits(length) {
    if (length < 1) throw new RangeError('nothing has been run: there are no logits before the first id');
    if (!this.known.has(length - 1)) {
      const last = /** @type {number} */ (this.ids[length - 1]);
      this.cut(length - 1);
      this.run([last], 1);
    }
    return /** @type {Float32Array} */ (this.known.get(length - 1));
  }

  /** Nobody uses it any more. */
  release() {
    this.state.release();
  }

  /**
   * @param {readonly number[]} ids
   * @param {Stop} stop
   * @param {number} [every] after so many, and after the last, logits are remembered
   * @returns {Work<void>}
   */
  *runAll(ids, stop, every = MOST_ROWS) {
    for (let start = 0; start < ids.length; start += this.chunk) {
      yield;
      if (stop()) throw new Stopped();
      const part = ids.slice(start, start + this.chunk);
      const isLast = start + this.chunk >= ids.length;
      this.run(part, Number(isLast || (start + this.chunk) % every === 0));
    }
  }

  /**
   * @param {number[]} ids
   * @param {number} wanted
   */
  run(ids, wanted) {
    const past = this.ids.length;
    const position = past + (isSliding(this.config) ? this.origin : 0);
    const rows = this.state.step(ids, past, position, wanted);
    this.ids.push(...ids);
    this.steps += ids.length;
    rows.forEach((row, i) => this.remember(this.ids.length - wanted + i, row));
  }

  /**
   * @param {number} index
   * @param {Float32Array} logits
   */
  remember(index, logits) {
    this.known.set(index, logits);
    if (this.known.size > REMEMBERED_LOGITS) this.known.delete(/** @type {number} */ (this.known.keys().next().value));
  }

  /** @param {number} length */
  cut(length) {
    this.ids.length = Math.min(length, this.ids.length);
    for (const index of this.known.keys()) if (index >= length) this.known.delete(index);
  }

  /**
   * How many of `ids` already stand behind the first `keep`.
   * @param {number} keep
   * @param {readonly number[]} ids
   */
  common(keep, ids) {
    let count = 0;
    while (count < ids.length && this.ids[keep + count] === ids[count]) count++;
    return count;
  }
}
