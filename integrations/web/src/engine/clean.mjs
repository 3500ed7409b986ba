// Removes what must not be inserted from a model's text: the last step before it is offered.
import { pattern } from './pattern.mjs';
import { find } from './secrets.mjs';
import { TABLES } from './tables.mjs';
import { afterFirstLine, firstLine, lstrip, rstrip, strip } from './text.mjs';

const { CLOSERS, BRACKETS, LONGEST_OVERLAP, STRING } = /** @type {any} */ (TABLES.clean);
const quoted = pattern(STRING);
const placeholder = pattern(/** @type {any} */ (TABLES.masks).PLACEHOLDER);
const OPENERS = Object.keys(BRACKETS);
const ENDS = /** @type {string[]} */ (Object.values(BRACKETS));
const INVISIBLE = /[[[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]--[\t\n]]\ufffd]/v;

/**
 * `text` without deceptive characters, secrets, and what already follows the caret; `line` is the text
 * before the caret on its line.
 * @param {string} text
 * @param {string} after
 * @param {string} line
 */
export function clean(text, after, line) {
  const shown = beforeClosed(beforeSecrets(beforePlaceholders(visible(text)), line), after);
  return rstrip(trimOverlap(shown, firstLine(after)));
}

/**
 * `text` up to the first secret in it, whole or cut off.
 * @param {string} text
 * @param {string} line
 */
export function beforeSecrets(text, line) {
  for (const [begin, end] of find(line + text, true))
    if (end > line.length) return text.slice(0, Math.max(0, begin - line.length));
  return text;
}

/**
 * `text` up to a placeholder that the model sees in place of secrets.
 * @param {string} text
 */
function beforePlaceholders(text) {
  const match = placeholder.search(text);
  return match ? text.slice(0, match.index) : text;
}

/**
 * `text` up to a line that closes what the next line after the caret already closes.
 * @param {string} text
 * @param {string} after
 */
export function beforeClosed(text, after) {
  const closing = afterFirstLine(after).split('\n').find(strip) ?? '';
  const indent = indentOf(closing);
  const closer = strip(closing).slice(0, 1);
  if (strip(firstLine(after)) || !closer || !ENDS.includes(closer)) return text;
  let depth = 0;
  let end = 0;
  for (const [number, line] of text.split('\n').entries()) {
    const begins = number && strip(line).slice(0, 1) === closer && indentOf(line) === indent;
    if (begins && depth <= 0) return text.slice(0, end - 1);
    depth += opened(line);
    end += line.length + 1;
  }
  return text;
}

/** @param {string} line */
function indentOf(line) {
  const expanded = expandTabs(line);
  return expanded.length - lstrip(expanded).length;
}

/** @param {string} line */
function expandTabs(line) {
  let found = '';
  for (const character of line) found += character === '\t' ? ' '.repeat(8 - (found.length % 8)) : character;
  return found;
}

/**
 * How many more brackets a line opens than it closes, not counting those in strings.
 * @param {string} line
 */
function opened(line) {
  let depth = 0;
  for (const character of quoted.replaceAll(line, () => '')) {
    if (OPENERS.includes(character)) depth++;
    else if (ENDS.includes(character)) depth--;
  }
  return depth;
}

/**
 * `text` up to the first character that could deceive a reader.
 * @param {string} text
 */
export function visible(text) {
  const match = INVISIBLE.exec(text);
  return match ? text.slice(0, match.index) : text;
}

/**
 * `text` without an end that repeats the beginning of the rest of the line.
 * @param {string} text
 * @param {string} after
 */
export function trimOverlap(text, after) {
  const rest = strip(after);
  for (let length = Math.min(text.length, rest.length, LONGEST_OVERLAP); length > 0; length--) {
    const overlap = rest.slice(0, length);
    if (text.endsWith(overlap) && (length > 1 || CLOSERS.includes(overlap))) return text.slice(0, -length);
  }
  return text;
}
