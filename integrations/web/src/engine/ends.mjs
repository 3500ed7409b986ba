// Where a suggestion ends: rules over text alone.
import { endOf, pattern, patterns } from './pattern.mjs';
import { TABLES } from './tables.mjs';
import { isSpace, lastLine, lstrip, lstripOf, rstrip, rstripOf, strip, tail, firstLine } from './text.mjs';

/**
 * The place in a text where the suggestion is complete; null while it may go on.
 * @typedef {(text: string) => number | null} StopRule
 */

const { MOST_BLOCK_LINES, OPENS_BLOCK, WORDS, NEXT_LINE, UNFINISHED } = /** @type {any} */ (TABLES.ends);
const opensBlock = pattern(OPENS_BLOCK);
const words = patterns(WORDS);
const nextLine = pattern(NEXT_LINE);
const unfinished = pattern(UNFINISHED);

/**
 * Stop at the end of the line the caret is in.
 * @type {StopRule}
 */
export function lineEnd(text) {
  const found = text.indexOf('\n');
  return found < 0 ? null : found;
}

/**
 * Stop where the indentation falls below `indent` characters, at a blank line, or at a cap.
 * @param {number} indent
 * @returns {StopRule}
 */
export const blockEnd = (indent) => (text) => {
  let lines = 1;
  for (let start = text.indexOf('\n'); start >= 0; start = text.indexOf('\n', start + 1), lines++) {
    const following = text.slice(start + 1);
    const body = lstripOf(following, ' \t');
    if (lines >= MOST_BLOCK_LINES || body.startsWith('\n')) return start;
    if (body && following.length - body.length < indent) return start;
  }
  return null;
};

/**
 * After the beginning of a line that opens a block: stop at the end of that line or, if the line is
 * complete, at the end of the block, whose lines are indented by more than `indent` characters.
 * @param {number} indent
 * @returns {StopRule}
 */
export const openedBlock = (indent) => (text) => {
  const first = nextLine.match(text);
  if (!first) {
    const end = text.indexOf('\n');
    return strip(end < 0 ? text.slice(0, -1) : text.slice(0, end)) ? lineEnd(text) : null;
  }
  if ((first[1] ?? '').length <= indent) return first.index; // the block stays empty
  const found = blockEnd(indent + 1)(text.slice(endOf(first)));
  return found === null ? null : endOf(first) + found;
};

/**
 * The rule for a caret between two texts: to the end of a block if the caret is in an empty block or
 * at the end of the line that opens one, otherwise to the end of the line.
 * @param {string} before
 * @param {string} [after]
 * @param {string | null} [language]
 * @returns {StopRule}
 */
export function choose(before, after = '', language = null) {
  const near = tail(before, 2000);
  const newline = near.lastIndexOf('\n');
  const line = lastLine(near);
  const head = newline < 0 ? '' : near.slice(0, newline);
  if (newline >= 0 && line && isSpace(line)) {
    const above = lastLine(rstrip(head));
    if (opensBlock.test(above) || opensByWord(above, language)) return blockEnd(line.length);
  }
  if (!strip(line) || strip(firstLine(after))) return lineEnd;
  const indent = line.length - lstrip(line).length;
  const opens = ':{'.includes(rstrip(line).slice(-1)) || opensByWord(rstrip(line), language);
  return opens && !isDeeper(after, indent) ? openedBlock(indent) : lineEnd;
}

/**
 * @param {string} line
 * @param {string | null} language
 */
const opensByWord = (line, language) => words[language ?? '']?.test(line) ?? false;

/**
 * Whether the next line that is not blank is indented by more than `indent` characters.
 * @param {string} after
 * @param {number} indent
 */
function isDeeper(after, indent) {
  const following = after.slice(0, 2000).split('\n').slice(1).find(strip) ?? '';
  return following.length - lstrip(following).length > indent;
}

/**
 * `text` without an identifier or number at its end, which may have been cut short.
 * @param {string} text
 */
export const wholeWords = (text) => rstripOf(unfinished.replaceAll(text, () => ''), ' \t');

/**
 * The period of a loop at the end of `ids` that has run three times, or six times if it is a single
 * token; null if there is none.
 * @param {readonly number[]} ids
 */
export function repeats(ids) {
  for (let period = 1; period <= Math.floor(ids.length / 3); period++) {
    const times = period > 1 ? 3 : 6;
    if (ids.length < times * period) continue;
    const begin = ids.length - times * period;
    const isLoop = ids.slice(begin).every((id, i) => id === ids[ids.length - period + (i % period)]);
    if (isLoop) return period;
  }
  return null;
}
