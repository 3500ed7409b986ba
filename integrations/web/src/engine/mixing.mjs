// How much weight local text gets: the model's distribution, bent towards what was seen nearby.
import { bucket, largestOf } from './numbers.mjs';
import { TABLES } from './tables.mjs';

/**
 * @typedef {import('./ngrams.mjs').Match} Match
 * @typedef {number[][][][]} Shares by order, occurrences, distinct followers, the model's best probability
 */

const { COUNT_EDGES, SURE_EDGES, SHAPE } = /** @type {Record<string, number[]>} */ (TABLES.mixing);
const { fround } = Math;

export class Mixer {
  /** @param {Record<string, Shares>} shares by source */
  constructor(shares) {
    for (const [name, table] of Object.entries(shares))
      if (String(shapeOf(table)) !== String(SHAPE)) throw new RangeError(`mixing table ${name}: expected ${SHAPE}`);
    this.shares = shares;
  }

  /**
   * A new distribution (vocabulary), with the sources applied in the order given.
   * @param {Float32Array} probabilities
   * @param {import('./draft.mjs').Found} found
   */
  mix(probabilities, found) {
    const sure = bucket(SURE_EDGES ?? [], largestOf(probabilities));
    let left = 1; // the share that the later, stronger pulls leave to the earlier ones
    /** @type {[number, Match][]} */
    const weights = [];
    for (const [share, match] of this.pulls(found, sure).reverse()) {
      weights.push([(left * share) / match.total, match]);
      left *= 1 - share;
    }
    const rest = fround(left);
    const mixed = new Float32Array(probabilities.length);
    for (let i = 0; i < mixed.length; i++) mixed[i] = /** @type {number} */ (probabilities[i]) * rest;
    for (const [weight, { ids, counts }] of weights)
      ids.forEach((id, i) => {
        mixed[id] = (mixed[id] ?? 0) + fround(fround(weight) * (counts[i] ?? 0));
      });
    return mixed;
  }

  /**
   * @param {import('./draft.mjs').Found} found
   * @param {number} sure
   */
  pulls(found, sure) {
    /** @type {[number, Match][]} */
    const pulls = [];
    for (const [source, matches] of found)
      for (const match of matches) {
        const share = this.shares[source]?.[match.order - 1]?.[countBucket(match)]?.[distinctBucket(match)]?.[sure];
        if (share !== undefined) pulls.push([fround(share), match]);
      }
    return pulls;
  }
}

/** @param {any} table */
function shapeOf(table) {
  const shape = [];
  for (let part = table; Array.isArray(part); part = part[0]) shape.push(part.length);
  return shape;
}

/** @param {Match} match */
const countBucket = ({ total }) => bucket(COUNT_EDGES ?? [], total) - 1;

/** @param {Match} match */
function distinctBucket({ ids: { length: distinct }, total }) {
  if (distinct === 1) return 0;
  return distinct <= 0.3 * total || distinct === 2 ? 1 : 2;
}
