// Whether a value where a secret might be is one, or an example, a name or a word.
import { patterns } from './pattern.mjs';
import { TABLES } from './tables.mjs';

const V = /** @type {any} */ (TABLES.values);
export const { STRONG, MEDIUM, WEAK } = /** @type {Record<string, number>} */ (V);
const P = /** @type {Record<string, import('./pattern.mjs').Pattern>} */ (
  patterns(Object.fromEntries(Object.entries(V).filter(([, value]) => value?.re !== undefined)))
);

/**
 * @param {string} name
 * @param {string} value
 */
const matches = (name, value) => /** @type {import('./pattern.mjs').Pattern} */ (P[name]).test(value);

/**
 * @param {string} name
 * @param {string} value
 */
const isWhole = (name, value) => /** @type {import('./pattern.mjs').Pattern} */ (P[name]).isWhole(value);

const DIGIT = /\p{Nd}/v;
const LETTER = /[A-Za-z]/;

/**
 * Whether a value is secret, by it and how clearly its name suggests that.
 * @param {string} value
 * @param {number} telling
 */
export function isSecret(value, telling) {
  if (value.length < V.SHORTEST[telling] || isPlaceholder(value)) return false;
  if (telling === STRONG) return !isWhole('ORDINARY', value) && !isWhole('LABEL', value);
  return telling === MEDIUM ? isMixed(value) || matches('SYMBOLS', value) : isRandom(value);
}

/**
 * Whether a value that is still being typed is treated as a secret because it may become one.
 * @param {string} value
 * @param {number} telling
 */
export function mayBecome(value, telling) {
  if (telling === STRONG) return value !== '' && !matches('CODE', value);
  return value.length >= 4 && !isPlaceholder(value) && !isInLetters(value);
}

/**
 * Whether a value has only letters, as names in a list do.
 * @param {string} value
 */
export const isInLetters = (value) => isWhole('LETTERS', value);

/**
 * Whether a value is code, an example, or a description of what belongs there.
 * @param {string} value
 */
export function isPlaceholder(value) {
  if (value === value.slice(0, 1).repeat(value.length) || matches('CODE', value)) return true;
  return value.length <= V.LONGEST_EXAMPLE && isWhole('WORDS', value);
}

/**
 * Whether a value has letters and digits, and is not just a name with a number after it.
 * @param {string} value
 */
export function isMixed(value) {
  if (!DIGIT.test(value) || !LETTER.test(value) || isWhole('ORDINARY', value)) return false;
  return !isWhole('NAMED', value) || (value.length >= 16 && !value.includes(' ') && isRandom(value));
}

/**
 * Whether a value is one that nobody would write by hand.
 * @param {string} value
 */
export function isRandom(value) {
  if (value.includes(' ') || isWhole('ORDINARY', value)) return false;
  if ([.../** @type {import('./pattern.mjs').Pattern} */ (P.CHANGES).all(value)].length >= 3) return true;
  const kinds = [/[a-z]/, /[A-Z]/, DIGIT].filter((kind) => kind.test(value)).length;
  return value.length >= 16 && kinds === 3 && entropy(value) >= 3.5;
}

/**
 * Whether a quoted string is a key, by its characters alone.
 * @param {string} value
 */
export function isKey(value) {
  if (matches('ALPHABET', value) || !LETTER.test(value)) return false;
  const hexadecimal = /^[0-9a-fA-F\-]*$/.test(value);
  if (!hexadecimal && !(DIGIT.test(value) && LETTER.test(value))) return false;
  return entropy(value) >= V.LEAST_ENTROPY[String(hexadecimal)];
}

/**
 * Bits per character, by the frequency of each.
 * @param {string} value
 */
export function entropy(value) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  const length = [...value].length;
  return -[...counts.values()].reduce((sum, count) => sum + (count / length) * Math.log2(count / length), 0);
}
