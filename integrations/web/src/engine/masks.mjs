// Text as the model may see it: secrets are replaced character by character, so that positions agree.
// Only text near the caret is searched, line by line; results for the lines above are cached.
import { pattern } from './pattern.mjs';
import { LONGEST_BLOCK, LONGEST_LEAD, PIECE, after, blocks, find, lead, merged } from './secrets.mjs';
import { TABLES } from './tables.mjs';
import { lastLine } from './text.mjs';

/**
 * @typedef {import('./secrets.mjs').Span} Span
 *
 * A text of the same length as the one that was masked, and where its last secret ends.
 * @typedef {{ text: string, hiddenTo: number }} Masked
 */

const { LONGEST_HEAD, HIDDEN } = /** @type {any} */ (TABLES.masks);
const hidden = pattern(HIDDEN);
const STEP = /** @type {number} */ (PIECE);

/**
 * Whether a secret reaches into the last `characters`, or the caret is right after one.
 * @param {Masked} masked
 * @param {number} characters
 */
export function reaches({ text, hiddenTo }, characters) {
  return hiddenTo > 0 && (hiddenTo === text.length || hiddenTo > text.length - characters);
}

/** Masks the text of one buffer, again and again. */
export class Mask {
  constructor() {
    this.begin = 0; // of the cached lines, in the whole text
    this.lines = ''; // the cached ones, above the caret's
    /** @type {Span[]} */
    this.spans = []; // the secrets in them
  }

  /**
   * `text` with secrets replaced, in its last `length` characters at least.
   * @param {string} text
   * @param {number} length
   * @returns {Masked}
   */
  apply(text, length) {
    const line = text.lastIndexOf('\n') + 1;
    const begin = Math.max(0, text.length - length);
    const above = this.above(text, begin, line);
    const here = line + Math.floor(Math.max(0, begin - line) / STEP) * STEP;
    const begun = here === line ? lead(lineBefore(text, line), text.slice(line, line + 1)) : '';
    const own = after(begun, text.slice(here), true).map(shifted(here));
    const spans = merged([...above, ...own, ...inBlocks(text, begin)]);
    return { text: replaced(text, spans), hiddenTo: spans.at(-1)?.[1] ?? -1 };
  }

  /**
   * The secrets in the lines from `begin` to the caret's line, which starts at `line`.
   * @param {string} text
   * @param {number} begin
   * @param {number} line
   */
  above(text, begin, line) {
    if (!this.isStillThere(text, begin, line)) {
      this.begin = begin < line ? startOfPiece(text, begin) : line;
      this.lines = '';
      this.spans = [];
    }
    const end = this.begin + this.lines.length;
    if (end < line) {
      const added = text.slice(end, line);
      this.spans.push(...inLines(added, lineBefore(text, end)).map(shifted(end)));
      this.lines += added;
    }
    return this.spans;
  }

  /**
   * @param {string} text
   * @param {number} begin
   * @param {number} line
   */
  isStillThere(text, begin, line) {
    const near = this.begin <= begin && begin < this.begin + /** @type {number} */ (LONGEST_BLOCK);
    return near && this.begin + this.lines.length <= line && text.startsWith(this.lines, this.begin);
  }
}

/**
 * @param {number} by
 * @returns {(span: Span) => Span}
 */
const shifted = (by) => ([first, last]) => [by + first, by + last];

/**
 * `text` with placeholders for `spans`.
 * @param {string} text
 * @param {Span[]} spans
 */
export function replaced(text, spans) {
  let kept = '';
  let place = 0;
  for (const [begin, end] of spans) {
    kept += text.slice(place, begin) + hidden.replaceAll(text.slice(begin, end), (one) => 'x'.repeat(one.length));
    place = end;
  }
  return kept + text.slice(place);
}

/**
 * A whole text, which does not end at a caret, with placeholders for its secrets.
 * @param {string} text
 */
export const masked = (text) => replaced(text, find(text));

/**
 * The secrets in whole lines; `before` is the line above them.
 * @param {string} text
 * @param {string} before
 * @returns {Span[]}
 */
function inLines(text, before) {
  /** @type {Span[]} */
  const found = [];
  let place = 0;
  for (const line of text.split('\n')) {
    found.push(...after(lead(before, line), line).map(shifted(place)));
    place += line.length + 1;
    before = line;
  }
  return found;
}

/**
 * The end of the line above the one that begins at `start`.
 * @param {string} text
 * @param {number} start
 */
function lineBefore(text, start) {
  if (!start || text[start - 1] !== '\n') return '';
  return lastLine(text.slice(Math.max(0, start - 1 - /** @type {number} */ (LONGEST_LEAD)), start - 1));
}

/**
 * The blocks of private keys that reach into the text from `begin` on.
 * @param {string} text
 * @param {number} begin
 * @returns {Span[]}
 */
function inBlocks(text, begin) {
  const first = Math.max(0, begin - /** @type {number} */ (LONGEST_BLOCK) - LONGEST_HEAD);
  if (text.indexOf('-----BEGIN', first) < 0 && text.indexOf('PuTTY-User', first) < 0) return [];
  return blocks(text.slice(first)).map(shifted(first)).filter(([, end]) => end > begin);
}

/**
 * The start of the line that contains `place`, or of its piece if the line is long.
 * @param {string} text
 * @param {number} place
 */
function startOfPiece(text, place) {
  const start = place ? text.lastIndexOf('\n', place - 1) + 1 : 0;
  return start + Math.floor((place - start) / STEP) * STEP;
}
