// The compiled kernel in WebAssembly: programs, which are shared, and states, one for each session.
//
// The weights are copied into its memory once; a step allocates nothing there. Knows nothing of files.
import { TILE, rounded } from './config.mjs';

export const MOST_ROWS = 32; // tokens of one call, as in kernel.h
const PAGE = 65536;
const CALL_FIELDS = 11;
const MIXING_FIELDS = 12;
const SOURCES = 3; // of local text
const RESULTS = ['done', 'no such path', 'too many tokens', 'no such token', 'no room', 'no such place'];

/**
 * @typedef {{
 *   memory: WebAssembly.Memory, __heap_base: WebAssembly.Global,
 *   kernel_abi(): number,
 *   kernel_state_bytes(plan: number): bigint,
 *   kernel_arena_bytes(plan: number, threads: number): bigint,
 *   kernel_step(path: number, call: number): number,
 *   kernel_move(plan: number, state: number, first: number, length: number): number,
 *   kernel_mix(mixing: number): number
 * }} Exports
 * @typedef {readonly [readonly [Float32Array, number], readonly [Float32Array, number]]} Networks
 */

/** A model ready to run, in its own memory; it runs one step at a time. */
export class Program {
  /**
   * @param {WebAssembly.Module} module
   * @param {Uint8Array} plan
   * @param {Uint8Array} weights
   * @param {number} vocabularySize
   */
  constructor(module, plan, weights, vocabularySize) {
    this.kernel = /** @type {Exports} */ (/** @type {unknown} */ (new WebAssembly.Instance(module).exports));
    this.vocabularySize = vocabularySize;
    this.width = rounded(vocabularySize, TILE);
    this.free = rounded(Number(this.kernel.__heap_base.value), 64);
    this.plan = this.put(plan);
    this.weights = this.put(weights);
    this.arena = this.take(Number(this.kernel.kernel_arena_bytes(this.plan, 1)));
    this.call = this.take(4 * CALL_FIELDS);
    this.ids = this.take(4 * MOST_ROWS);
    this.logits = this.take(4 * this.width * MOST_ROWS);
    /** @type {number[]} addresses of released states, to be used again */
    this.spare = [];
    this.steps = 0;
    /** @type {{ address: number, size: number }[]} the parts of what is mixed */
    this.mixing = [];
  }

  /** The bytes of its memory, weights included. */
  get bytes() {
    return this.kernel.memory.buffer.byteLength;
  }

  state() {
    const size = Number(this.kernel.kernel_state_bytes(this.plan));
    return new State(this, this.spare.pop() ?? this.take(size));
  }

  /**
   * A distribution (vocabulary) bent by local text: `struct mixing` of kernel.h.
   * @param {Networks} networks the weights and hidden units of the one that pulls and of the one that corrects
   * @param {Float32Array} probabilities
   * @param {Int32Array} matches source, order, total and distinct followers of each
   * @param {Int32Array} ids what followed, match after match
   * @param {Float32Array} counts
   */
  mix([[pull, pullHidden], [correct, correctHidden]], probabilities, matches, ids, counts) {
    const size = probabilities.length;
    const parts = [pull, correct, probabilities, matches, ids, counts];
    const [pulling, correcting, mixed = 0, ...found] = parts.map((part, i) => this.put(part, this.room(i, part.byteLength)));
    const scratch = this.room(parts.length, 4 * SOURCES * size);
    const call = this.room(parts.length + 1, 4 * MIXING_FIELDS);
    const { buffer } = this.kernel.memory;
    new Uint32Array(buffer, call, MIXING_FIELDS).set(/** @type {number[]} */ ([
      pulling, correcting, mixed, scratch, ...found, matches.length / 4, ids.length, size, pullHidden, correctHidden,
    ]));
    check(this.kernel.kernel_mix(call));
    return new Float32Array(buffer, mixed, size).slice();
  }

  /**
   * Room for one part of what is mixed, which grows if it must.
   * @param {number} part
   * @param {number} size
   */
  room(part, size) {
    if ((this.mixing[part]?.size ?? 0) < size) this.mixing[part] = { address: this.take(2 * size), size: 2 * size };
    return this.mixing[part]?.address ?? 0;
  }

  /** @param {number} size */
  take(size) {
    const start = this.free;
    this.free = rounded(start + size, 64);
    const missing = this.free - this.bytes;
    if (missing > 0) this.kernel.memory.grow(Math.ceil(missing / PAGE));
    return start;
  }

  /**
   * @param {Uint8Array | Int32Array | Float32Array} data
   * @param {number} [address] of room for it, by default new
   */
  put(data, address = this.take(data.byteLength)) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    new Uint8Array(this.kernel.memory.buffer, address, bytes.length).set(bytes);
    return address;
  }
}

/** The keys and values of one window. */
export class State {
  /**
   * @param {Program} program
   * @param {number} address
   */
  constructor(program, address) {
    this.program = program;
    this.address = address;
  }

  /**
   * Run up to `MOST_ROWS` tokens. Returns a copy of the logits (vocabulary) of each of the last `wanted`.
   * @param {number[]} ids
   * @param {number} past
   * @param {number} position
   * @param {number} wanted
   */
  step(ids, past, position, wanted) {
    const { kernel, plan, weights, arena, logits, call, width, vocabularySize } = this.program;
    if (!ids.length || ids.length > MOST_ROWS) throw new RangeError(`${ids.length} tokens of one call`);
    const { buffer } = kernel.memory;
    new Int32Array(buffer, this.program.ids, ids.length).set(ids);
    new Uint32Array(buffer, call, CALL_FIELDS).set([
      plan, weights, this.address, arena, logits, this.program.ids, 0, ids.length, past, position, wanted,
    ]);
    check(kernel.kernel_step(0, call));
    this.program.steps += ids.length;
    return Array.from({ length: wanted }, (_, row) =>
      new Float32Array(buffer, logits + 4 * width * row, vocabularySize).slice(),
    );
  }

  /**
   * Move entries first .. first + length - 1 to 0 .. length - 1.
   * @param {number} first
   * @param {number} length
   */
  move(first, length) {
    check(this.program.kernel.kernel_move(this.program.plan, this.address, first, length));
  }

  /** Give its memory back to the program. */
  release() {
    this.program.spare.push(this.address);
  }
}

/** @param {number} result */
function check(result) {
  if (result) throw new RangeError(`the kernel refused a call: ${RESULTS[result]}`);
}
