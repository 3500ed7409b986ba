// Arithmetic on distributions: 32-bit floats, summed in NumPy's order.
import { TABLES } from './tables.mjs';

const { LEAST_MEASURABLE } = /** @type {{ LEAST_MEASURABLE: number }} */ (TABLES.decoder);
const { fround } = Math;
const BLOCK = 128; // terms of a block in NumPy's pairwise summation
const lanes = new Float32Array(8); // the partial sums of one block

/**
 * The probabilities (vocabulary) of logits.
 * @param {Float32Array} logits
 */
export function softmax(logits) {
  const most = largestOf(logits);
  const powers = new Float32Array(logits.length);
  for (let i = 0; i < powers.length; i++) powers[i] = Math.exp(fround(/** @type {number} */ (logits[i]) - most));
  const total = sum(powers, 0, powers.length);
  for (let i = 0; i < powers.length; i++) powers[i] = /** @type {number} */ (powers[i]) / total;
  return powers;
}

/** @param {Float32Array} values */
export function largestOf(values) {
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) if (/** @type {number} */ (values[i]) > most) most = /** @type {number} */ (values[i]);
  return most;
}

/**
 * @param {ArrayLike<number>} values
 * @param {number} from
 * @param {number} count
 * @returns {number}
 */
function sum(values, from, count) {
  if (count <= BLOCK) return sumOfBlock(values, from, count);
  let half = count >> 1;
  half -= half % 8;
  return fround(sum(values, from, half) + sum(values, from + half, count - half));
}

/**
 * @param {ArrayLike<number>} values
 * @param {number} from
 * @param {number} count
 */
function sumOfBlock(values, from, count) {
  if (count < 8) {
    let total = 0;
    for (let i = 0; i < count; i++) total = fround(total + (values[from + i] ?? 0));
    return total;
  }
  lanes.fill(0);
  const whole = count - (count % 8);
  for (let i = 0; i < whole; i++) lanes[i & 7] = /** @type {number} */ (lanes[i & 7]) + /** @type {number} */ (values[from + i]);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = lanes;
  const pairs = [fround(a + b), fround(c + d), fround(e + f), fround(g + h)];
  const [p = 0, q = 0, r = 0, s = 0] = pairs;
  let total = fround(fround(p + q) + fround(r + s));
  for (let i = whole; i < count; i++) total = fround(total + (values[from + i] ?? 0));
  return total;
}

/**
 * The sum of some entries.
 * @param {Float32Array} values
 * @param {readonly number[]} indices
 */
export function sumOf(values, indices) {
  const chosen = new Float32Array(indices.length);
  for (let i = 0; i < chosen.length; i++) chosen[i] = /** @type {number} */ (values[/** @type {number} */ (indices[i])]);
  return sum(chosen, 0, chosen.length);
}

/**
 * The index of the largest value; of several, the first.
 * @param {Float32Array} values
 */
export function argmax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (/** @type {number} */ (values[i]) > /** @type {number} */ (values[best])) best = i;
  return best;
}

/**
 * The indices of the largest values, best first.
 * @param {Float32Array} values
 * @param {readonly number[] | number} among the indices to choose from, or n for the first n
 * @param {number} count
 */
export function largest(values, among, count) {
  const all = typeof among === 'number' ? Array.from({ length: among }, (_, i) => i) : among;
  /** @type {number[]} */
  const best = [];
  for (const index of all) {
    const value = values[index] ?? 0;
    if (best.length === count && value <= (values[best[count - 1] ?? 0] ?? 0)) continue;
    let at = best.length;
    while (at && (values[best[at - 1] ?? 0] ?? 0) < value) at--;
    best.splice(at, 0, index);
    if (best.length > count) best.pop();
  }
  return best;
}

/**
 * The logarithm of a probability; of 0, a large negative number.
 * @param {number} probability
 */
export const log = (probability) => Math.log(Math.max(probability, LEAST_MEASURABLE));
