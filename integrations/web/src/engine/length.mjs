// How much of a text is worth showing: as many words as probably save the most keys. The module of
// the same name in Python explains why.
import { firstWord } from './suggestion.mjs';
import { TABLES } from './tables.mjs';

const { TAKING = 0, GLANCE = 0, LEAST_LOG = 0 } = /** @type {Record<string, number>} */ (TABLES.length);

/** The log probability of a text up to an end within it. @typedef {[end: number, total: number]} Mark */

/**
 * How many characters of a text are shown, and the keys that they and what is suggested after them
 * probably save, if the first part is right.
 * @typedef {{ characters: number, spared: number }} Length
 */

/**
 * The end at which `text` probably saves the most keys, never before that of `first`; null where
 * there is no choice.
 * @param {string} text
 * @param {string} first
 * @param {readonly Mark[]} marks
 * @returns {Length | null}
 */
export function bestLength(text, first, marks) {
  const ends = wordEnds(text).filter((end) => end >= first.length);
  if (ends.length < 2 || text.includes('\n') || !marks.length) return null;
  const begun = logOf(marks, ends[0] ?? 0);
  const likely = ends.map((end) => Math.exp(Math.max(LEAST_LOG, Math.min(0, logOf(marks, end) - begun))));
  return bestOf([0, ...ends], [1, ...likely]);
}

/** @param {string} text */
function wordEnds(text) {
  const ends = [];
  for (let end = 0; end < text.length; ends.push(end)) end += firstWord(text.slice(end)).length;
  return ends;
}

/**
 * The log probability of so many characters, by the tokens that contain them.
 * @param {readonly Mark[]} marks
 * @param {number} characters
 */
const logOf = (marks, characters) => (marks.find(([end]) => end >= characters) ?? marks.at(-1) ?? [0, 0])[1];

/**
 * The best of the ends.
 * @param {readonly number[]} ends the first is the caret
 * @param {readonly number[]} likely the probability that the text is right up to each of them
 * @returns {Length}
 */
function bestOf(ends, likely) {
  const saved = ends.map(() => 0);
  let best = ends.length - 1;
  for (let start = ends.length - 2; start >= 0; start--) {
    let byWords = 0; // keys saved word by word, where the text is right only up to an earlier end
    let most = -Infinity;
    for (let end = start + 1; end < ends.length; end++) {
      const length = (ends[end] ?? 0) - (ends[start] ?? 0);
      const probability = likely[end] ?? 0;
      const gain = (byWords + probability * (length - TAKING + (saved[end] ?? 0))) / (likely[start] ?? 1);
      if (gain >= most) [most, best] = [gain, end];
      byWords += (probability - (likely[end + 1] ?? 0)) * (length - (end - start));
    }
    saved[start] = most;
  }
  return { characters: ends[best] ?? 0, spared: (saved[0] ?? 0) + GLANCE };
}
