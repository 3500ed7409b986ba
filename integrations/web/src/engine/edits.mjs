// Finds the text that is already in the model's state in the current text.
import { TABLES } from './tables.mjs';
import { isLow } from './text.mjs';

const { PROBE_CHARACTERS } = /** @type {{ PROBE_CHARACTERS: number }} */ (TABLES.edits);

/**
 * The length of the longest common prefix; never splits a character.
 * @param {string} left
 * @param {string} right
 */
export function commonPrefix(left, right) {
  let low = 0;
  let high = Math.min(left.length, right.length);
  if (left.slice(0, high) === right.slice(0, high)) low = high;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (left.slice(low, middle) === right.slice(low, middle)) low = middle;
    else high = middle;
  }
  return isLow(left.charCodeAt(low)) && low ? low - 1 : low;
}

/**
 * The best place of `known` in `text`, and how much agrees there; see the Python module of this name.
 * @param {string} known
 * @param {string} text
 * @param {number} expected
 * @param {boolean} pinned
 */
export function locate(known, text, expected, pinned) {
  const best = placeAt(known, text, expected);
  if (pinned || best.common === known.length) return best;
  const moved = text.lastIndexOf(known.slice(0, PROBE_CHARACTERS));
  if (moved < 0 || moved === expected) return best;
  const other = placeAt(known, text, moved);
  return other.common > best.common ? other : best;
}

/**
 * @param {string} known
 * @param {string} text
 * @param {number} start
 */
function placeAt(known, text, start) {
  return { start, common: commonPrefix(known, text.slice(start, start + known.length)) };
}
