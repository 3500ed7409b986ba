// A suggestion, and the parts of it that can be accepted.
import { endOf, pattern } from './pattern.mjs';
import { TABLES } from './tables.mjs';
import { strip } from './text.mjs';

/**
 * The part of a text that one token stands for, and the token's probability after those before it.
 * @typedef {{ text: string, probability: number }} Part
 *
 * Text to insert, for the one text and caret it was computed for; `confidence` estimates the
 * probability that the first word is right. `parts` make up the text, token by token; if the text was
 * changed to fit, such as in its indentation, they may end elsewhere than the tokens.
 * @typedef {{ text: string, confidence: number, parts: Part[] }} Suggestion
 *
 * A name that a host knows to be possible, and the model's probability of it; `text` is the rest of
 * it, to insert at the caret.
 * @typedef {{ name: string, text: string, probability: number }} Ranked
 */

const { HUMP, WORD, SHORTEST: LEAST } = /** @type {any} */ (TABLES.suggestion);
const hump = pattern(HUMP);
const word = pattern(WORD);

/** Characters: accepting a shorter suggestion costs as many keys as typing it. */
export const SHORTEST = /** @type {number} */ (LEAST);

/**
 * The leading white space, and the word or run of punctuation after it.
 * @param {string} text
 */
export function firstWord(text) {
  return word.match(text)?.[0] ?? text;
}

/**
 * The first word, or its beginning up to the end of the first part of a name.
 * @param {string} text
 */
export function firstHump(text) {
  const whole = firstWord(text);
  const found = hump.search(whole);
  return found ? whole.slice(0, endOf(found)) : whole;
}

/**
 * The beginning of a text, in whole words, that saves a key: two characters or more.
 * @param {string} text
 */
export function firstPart(text) {
  let part = firstWord(text);
  while (part && strip(part).length < SHORTEST && part.length < text.length) part += firstWord(text.slice(part.length));
  return part;
}

/**
 * Everything up to the first line end, or up to the second if it begins with one.
 * @param {string} text
 */
export function firstLine(text) {
  const end = text.indexOf('\n', text.startsWith('\n') ? 1 : 0);
  return end < 0 ? text : text.slice(0, end);
}

/**
 * The rest after the user typed or accepted `characters`; null if they differ from the suggestion, or
 * are all of it.
 * @param {Suggestion} suggestion
 * @param {string} characters
 * @returns {Suggestion | null}
 */
export function typed(suggestion, characters) {
  const { text } = suggestion;
  if (!text.startsWith(characters) || characters.length === text.length) return null;
  return { ...suggestion, text: text.slice(characters.length), parts: partsAfter(suggestion.parts, characters.length) };
}

/**
 * The parts without their first `gone` characters.
 * @param {Part[]} parts
 * @param {number} gone
 */
export function partsAfter(parts, gone) {
  return parts.flatMap((part) => {
    const taken = Math.min(gone, part.text.length);
    gone -= taken;
    return taken < part.text.length ? [{ ...part, text: part.text.slice(taken) }] : [];
  });
}
