// What is offered to the user, and the parts of it that can be taken.
import { endOf, pattern } from './pattern.mjs';
import { TABLES } from './tables.mjs';
import { strip } from './text.mjs';

/**
 * A token of a text, as far as it is part of it, and its probability after those before it.
 * @typedef {{ text: string, probability: number }} Part
 *
 * Text to insert at the caret, for the one text and caret it was computed for; `confidence`
 * estimates the probability that the first word is right. `parts` are its tokens, as far as they
 * can be told: a suggestion that was made to fit may have other ends than its tokens.
 * @typedef {{ text: string, confidence: number, parts: Part[] }} Suggestion
 *
 * A name that somebody knows to be possible, and how probable the model finds it; `text` is what is
 * left of it to insert at the caret.
 * @typedef {{ name: string, text: string, probability: number }} Ranked
 */

const { HUMP, WORD, SHORTEST: LEAST } = /** @type {any} */ (TABLES.suggestion);
const hump = pattern(HUMP);
const word = pattern(WORD);

/** Characters: taking a shorter suggestion costs as many keys as typing it. */
export const SHORTEST = /** @type {number} */ (LEAST);

/**
 * The leading white space and the word or run of punctuation behind it.
 * @param {string} text
 */
export function firstWord(text) {
  return word.match(text)?.[0] ?? text;
}

/**
 * The first word, or as much of it as makes one part of its name.
 * @param {string} text
 */
export function firstHump(text) {
  const whole = firstWord(text);
  const found = hump.search(whole);
  return found ? whole.slice(0, endOf(found)) : whole;
}

/**
 * The words at the beginning of a text up to the first that spares a key: two characters.
 * @param {string} text
 */
export function firstPart(text) {
  let part = firstWord(text);
  while (part && strip(part).length < SHORTEST && part.length < text.length) part += firstWord(text.slice(part.length));
  return part;
}

/**
 * Everything up to the first line end, or, if it begins with one, up to the second.
 * @param {string} text
 */
export function firstLine(text) {
  const end = text.indexOf('\n', text.startsWith('\n') ? 1 : 0);
  return end < 0 ? text : text.slice(0, end);
}

/**
 * What is left after the user typed or accepted `characters`; null if they differ from it or use
 * it up.
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
 * The parts without so many characters.
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
