// The values in `gate.json`, which are fitted to a model after its training.
import { ModelError } from './errors.mjs';
import { Gate, UNFITTED } from './gate.mjs';
import { Mixer } from './mixing.mjs';
import { TABLES } from './tables.mjs';

const { DEFAULT_THRESHOLD } = /** @type {{ DEFAULT_THRESHOLD: number }} */ (TABLES.tuning);

/**
 * When to show a suggestion, and how much weight local text gets (null: none).
 * @typedef {{ gate: Gate, threshold: number, mixer: Mixer | null }} Tuning
 */

/**
 * The tuning in a file's text; without one, the defaults.
 * @param {string | null} text
 * @returns {Tuning}
 */
export function readTuning(text) {
  if (text === null) return { gate: UNFITTED, threshold: DEFAULT_THRESHOLD, mixer: null };
  try {
    const { gate, threshold = DEFAULT_THRESHOLD, mixing } = JSON.parse(text);
    return {
      gate: gate ? Gate.from(gate) : UNFITTED,
      threshold: Number(threshold),
      mixer: mixing ? new Mixer(mixing) : null,
    };
  } catch (error) {
    throw new ModelError(`gate.json: not a tuning file (${/** @type {Error} */ (error).message})`);
  }
}
