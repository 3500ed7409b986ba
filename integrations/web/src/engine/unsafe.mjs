// Code that is not suggested because it opens a security hole, by the Python engine's list.
import { endOf, pattern } from './pattern.mjs';
import { TABLES } from './tables.mjs';
import { tail } from './text.mjs';

const { LOOKED_AT, PATTERNS } = /** @type {any} */ (TABLES.unsafe);
/** @type {Map<string, import('./pattern.mjs').Pattern[]>} */
const byLanguage = new Map(Object.entries(PATTERNS).map(([name, all]) => [name, all.map(pattern)]));

/**
 * Whether a suggestion after `line` completes a pattern of the list that does not occur around the
 * caret.
 * @param {string} line
 * @param {string} text
 * @param {string} before
 * @param {string} after
 * @param {string | null} language
 */
export function isUnsafe(line, text, before, after, language) {
  const whole = line + text;
  return (byLanguage.get(language ?? '') ?? []).some((shape) => {
    const match = shape.search(whole);
    if (!match || endOf(match) <= line.length) return false;
    return !shape.test(tail(before, LOOKED_AT)) && !shape.test(after.slice(0, LOOKED_AT));
  });
}
