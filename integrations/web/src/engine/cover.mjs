// The likeliest tokens whose bytes begin with held text: the part of a word that is typed so far is
// rarely a token. The module of the same name in Python says more.
import { largest } from './numbers.mjs';
import { TABLES } from './tables.mjs';

/**
 * @typedef {import('./vocabulary.mjs').Vocabulary} Vocabulary
 * @typedef {{ completions: number, expansions: number, least_share: number }} Limits
 * @typedef {{ ids: number[], share: number }} Covering
 * @typedef {{ cost: number, ids: number[], left: string }} Path `left`: the text not covered yet
 */

export const { TYPING } = /** @type {{ TYPING: Limits }} */ (TABLES.cover);

/**
 * Coverings of `held` by at most `longest` tokens, likeliest first; empty if none fits.
 * @param {string} held
 * @param {Vocabulary} vocabulary
 * @param {(ids: number[]) => Float32Array} probabilities
 * @param {number} longest
 * @param {Limits} limits
 * @param {import('./stream.mjs').Stop} stop
 * @returns {import('./stream.mjs').Work<Covering[]>}
 */
export function* cover(held, vocabulary, probabilities, longest, limits, stop) {
  /** @type {Heap<Path>} */
  const heap = new Heap({ cost: 0, ids: [], left: held });
  /** @type {Path[]} */
  const complete = [];
  let expanded = 0;
  while (heap.first) {
    if (!heap.first.left) {
      complete.push(heap.pop());
      continue;
    }
    if (expanded === limits.expansions || isSettled(complete, heap.first, limits)) break;
    yield;
    if (expanded && stop()) break;
    const path = heap.pop();
    if (path.ids.length >= longest) continue;
    expanded++;
    for (const extended of extensions(path, vocabulary, probabilities(path.ids), limits))
      if (!extended.left || isWritten(extended.ids, vocabulary)) heap.push(extended);
  }
  let mass = 0;
  for (const path of [...complete, ...heap.items]) mass += Math.exp(-path.cost);
  complete.push(...heap.items.filter((path) => !path.left));
  complete.sort((a, b) => a.cost - b.cost);
  return complete.map(({ ids, cost }) => ({ ids, share: Math.exp(-cost) / mass }));
}

/**
 * @param {number[]} ids
 * @param {Vocabulary} vocabulary
 */
function isWritten(ids, vocabulary) {
  const [first, second] = ids.slice(-2);
  return first === undefined || second === undefined || vocabulary.mayFollow(first, second);
}

/**
 * Whether the open paths are negligible compared with the best complete one.
 * @param {Path[]} complete
 * @param {Path} open
 * @param {Limits} limits
 */
const isSettled = (complete, open, limits) =>
  complete[0] !== undefined && Math.exp(complete[0].cost - open.cost) < limits.least_share;

/**
 * @param {Path} path
 * @param {Vocabulary} vocabulary
 * @param {Float32Array} probabilities
 * @param {Limits} limits
 * @returns {Path[]}
 */
function extensions(path, vocabulary, probabilities, limits) {
  let ends = vocabulary.startingWith(path.left);
  if (ends.length > limits.completions) ends = largest(probabilities, ends, limits.completions);
  const within = vocabulary.beginning(path.left);
  return [...ends, ...within].flatMap((id, i) => {
    const probability = probabilities[id] ?? 0;
    if (!(probability > 0)) return [];
    const left = i < ends.length ? '' : path.left.slice(vocabulary.of(id).length);
    return [{ cost: path.cost - Math.log(probability), ids: [...path.ids, id], left }];
  });
}

/**
 * A binary heap, least cost first; equal costs leave in the order of Python's `heapq`.
 * @template {{ cost: number }} Item
 */
export class Heap {
  /** @param {...Item} items */
  constructor(...items) {
    this.items = items;
  }

  get first() {
    return this.items[0];
  }

  /** @param {Item} path */
  push(path) {
    this.items.push(path);
    this.rise(0, this.items.length - 1);
  }

  pop() {
    const last = /** @type {Item} */ (this.items.pop());
    const best = this.items[0];
    if (!best) return last;
    this.items[0] = last;
    this.sink();
    return best;
  }

  /**
   * @param {number} start
   * @param {number} at
   */
  rise(start, at) {
    const { items } = this;
    const path = /** @type {Item} */ (items[at]);
    while (at > start) {
      const above = (at - 1) >> 1;
      const parent = /** @type {Item} */ (items[above]);
      if (!(path.cost < parent.cost)) break;
      items[at] = parent;
      at = above;
    }
    items[at] = path;
  }

  sink() {
    const { items } = this;
    const path = /** @type {Item} */ (items[0]);
    let at = 0;
    for (let child = 1; child < items.length; child = 2 * at + 1) {
      const right = items[child + 1];
      if (right && !(/** @type {Item} */ (items[child]).cost < right.cost)) child++;
      items[at] = /** @type {Item} */ (items[child]);
      at = child;
    }
    items[at] = path;
    this.rise(0, at);
  }
}
