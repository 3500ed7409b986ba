// How much weight local text gets: the model's distribution, bent towards what was seen nearby. The
// module of the same name in Python says what the two networks are for; the kernel runs them.
import { TABLES } from './tables.mjs';

/**
 * @typedef {{ inward: number[][], bias: number[], outward: number[], offset: number }} Weights
 *   of one hidden layer of rectified units; inward by fact
 */

const { SOURCES, MATCH_FACTS, TOKEN_FACTS, MOST_HIDDEN } =
  /** @type {{ SOURCES: string[], MATCH_FACTS: number, TOKEN_FACTS: number, MOST_HIDDEN: number }} */ (TABLES.mixing);

export class Mixer {
  /** @param {{ pull: Weights, correct: Weights }} networks */
  constructor({ pull, correct }) {
    /** @type {import('./kernel.mjs').Networks} */
    this.networks = [packed(pull, MATCH_FACTS), packed(correct, TOKEN_FACTS)];
  }

  /**
   * A distribution (vocabulary), bent by what was found, in the order of SOURCES.
   * @param {Float32Array} probabilities
   * @param {import('./draft.mjs').Found} found
   * @param {import('./kernel.mjs').Program} program
   */
  mix(probabilities, found, program) {
    const known = found.flatMap(([name, matches]) => {
      const source = SOURCES.indexOf(name);
      return source < 0 ? [] : matches.map((match) => ({ ...match, source }));
    });
    if (!known.length) return probabilities;
    return program.mix(
      this.networks,
      probabilities,
      Int32Array.from(known.flatMap(({ source, order, total, ids }) => [source, order, total, ids.length])),
      Int32Array.from(known.flatMap(({ ids }) => ids)),
      Float32Array.from(known.flatMap(({ counts }) => counts)),
    );
  }
}

/**
 * All weights in the order of the kernel, and the number of hidden units.
 * @param {Weights} weights
 * @param {number} facts
 * @returns {[Float32Array, number]}
 */
function packed({ inward, bias, outward, offset }, facts) {
  const hidden = bias.length;
  const fits = inward.length === facts && inward.every((row) => row.length === hidden) && outward.length === hidden;
  if (!fits || !hidden || hidden > MOST_HIDDEN) throw new RangeError(`expected a network of ${facts} facts`);
  const transposed = bias.flatMap((_, unit) => inward.map((row) => row[unit] ?? 0));
  return [Float32Array.from([...transposed, ...bias, ...outward, offset]), hidden];
}
