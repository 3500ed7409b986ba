// Finds how a buffer is indented, and indents suggested lines in that way.
//
// Works on text only. Columns count from 0; a tab reaches the next multiple of the tab width.
import { TABLES } from './tables.mjs';
import { lstripOf, strip } from './text.mjs';

const { LINES_LOOKED_AT, NARROWEST, WIDEST, UNITS, ASIDE } = /** @type {any} */ (TABLES.indentation);

/** Tabs or spaces, and the widths of a level and of a tab in columns. */
export class Indentation {
  constructor(tabs = false, width = 4, tabWidth = 8) {
    this.tabs = tabs;
    this.width = width;
    this.tabWidth = tabWidth;
  }

  /**
   * White space of so many columns.
   * @param {number} columns
   */
  white(columns) {
    if (!this.tabs) return ' '.repeat(columns);
    return '\t'.repeat(Math.floor(columns / this.tabWidth)) + ' '.repeat(columns % this.tabWidth);
  }

  /**
   * The width of white space at the beginning of a line, in columns.
   * @param {string} white
   */
  columns(white) {
    let columns = 0;
    for (const character of white) columns += character === '\t' ? this.tabWidth - (columns % this.tabWidth) : 1;
    return columns;
  }
}

const TABS = new Indentation(true, 8);

/**
 * The indentation that the last lines of a text show; null if they show none.
 * @param {string} text
 * @returns {Indentation | null}
 */
export function indentationOf(text) {
  const indents = text.split('\n').slice(-LINES_LOOKED_AT).filter(counts).map(leading);
  const tabs = indents.filter((indent) => indent.startsWith('\t')).length;
  const spaces = indents.filter((indent) => indent.startsWith('  ')).length;
  if (tabs > spaces) return TABS;
  const width = commonestStep(indents.filter((indent) => !indent.includes('\t')).map((indent) => indent.length));
  return width === null ? null : new Indentation(false, width);
}

/**
 * `text`, suggested after `line` (the caret's line up to the caret), with its lines indented as in
 * the buffer.
 * @param {string} text
 * @param {string} line
 * @param {Indentation} indentation
 */
export function fitted(text, line, indentation) {
  if (!strip(line)) return afterBlank(text, line, indentation);
  const [first = '', ...others] = text.split('\n');
  return [first, ...further(others, leading(line), indentation)].join('\n');
}

/**
 * The same for a caret with only white space before it, which `text` may extend.
 * @param {string} text
 * @param {string} line
 * @param {Indentation} indentation
 */
function afterBlank(text, line, indentation) {
  let [first = '', ...others] = text.split('\n');
  const lead = leading(first);
  let base = line + lead;
  const white = indentation.white(indentation.columns(base));
  if (lead && white.startsWith(line)) {
    first = white.slice(line.length) + first.slice(lead.length);
    base = white;
  }
  return [first, ...further(others, base, indentation)].join('\n');
}

/**
 * The lines after one that begins with the white space `base`.
 * @param {string[]} lines
 * @param {string} base
 * @param {Indentation} indentation
 */
function further(lines, base, indentation) {
  const start = indentation.columns(base);
  const unit = unitOf(lines, start, indentation);
  return lines.map((line) => {
    if (!strip(line)) return line;
    const lead = leading(line);
    let deeper = indentation.columns(lead) - start;
    if (unit) deeper = Math.floor(deeper / unit) * indentation.width;
    return whiteFor(base, start, deeper, indentation) + line.slice(lead.length);
  });
}

/**
 * White space that is `deeper` columns wider than `base`, which stays if it is of another kind.
 * @param {string} base
 * @param {number} start
 * @param {number} deeper
 * @param {Indentation} indentation
 */
function whiteFor(base, start, deeper, indentation) {
  if (deeper >= 0 && base !== indentation.white(start)) return base + indentation.white(deeper);
  return indentation.white(Math.max(0, start + deeper));
}

/**
 * The width of an indentation step in the lines, if it is a common unit other than the buffer's;
 * otherwise 0.
 * @param {string[]} lines
 * @param {number} start
 * @param {Indentation} indentation
 */
function unitOf(lines, start, indentation) {
  if (!indentation.tabs && lines.some((line) => line.startsWith('\t'))) return indentation.tabWidth;
  const widths = lines.filter(strip).map((line) => indentation.columns(leading(line)));
  const unit = widths.map((width) => Math.abs(width - start)).reduce(gcd, 0);
  const isContinuation = unit === 8 && indentation.width === 4;
  return !UNITS.includes(unit) || unit === indentation.width || isContinuation ? 0 : unit;
}

/**
 * @param {number} a
 * @param {number} b
 * @returns {number}
 */
const gcd = (a, b) => (b ? gcd(b, a % b) : a);

/** @param {string} line */
export const leading = (line) => line.slice(0, line.length - lstripOf(line, ' \t').length);

/** @param {string} line */
function counts(line) {
  const rest = lstripOf(line, ' \t');
  return Boolean(strip(rest)) && !ASIDE.some((/** @type {string} */ mark) => rest.startsWith(mark));
}

/**
 * The most frequent increase of indentation from one line to the next; of several, the smallest.
 * @param {number[]} widths
 */
function commonestStep(widths) {
  /** @type {Map<number, number>} */
  const steps = new Map();
  for (let i = 1; i < widths.length; i++) {
    const step = (widths[i] ?? 0) - (widths[i - 1] ?? 0);
    if (step >= NARROWEST && step <= WIDEST) steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  let best = null;
  for (const [step, count] of steps) {
    const most = best === null ? 0 : (steps.get(best) ?? 0);
    if (count > most || (count === most && best !== null && step < best)) best = step;
  }
  return best;
}
