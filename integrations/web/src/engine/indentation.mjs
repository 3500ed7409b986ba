// The unit a text is indented by, and further lines in that unit.
import { TABLES } from './tables.mjs';
import { lstripOf, strip } from './text.mjs';

const { LINES_LOOKED_AT, WIDTHS } = /** @type {any} */ (TABLES.indentation);

/**
 * A tab, or the spaces of one level; null if the end of the text does not tell.
 * @param {string} text
 */
export function unitOf(text) {
  const indents = text.split('\n').slice(-LINES_LOOKED_AT).filter(strip).map(indentOf);
  const tabs = indents.filter((indent) => indent.startsWith('\t')).length;
  const spaces = indents.filter((indent) => indent.startsWith(' ')).length;
  if (tabs > spaces) return '\t';
  /** @type {Map<number, number>} */
  const steps = new Map();
  for (let i = 1; i < indents.length; i++) {
    const step = (indents[i]?.length ?? 0) - (indents[i - 1]?.length ?? 0);
    steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  let width = WIDTHS[0];
  for (const other of WIDTHS) if ((steps.get(other) ?? 0) > (steps.get(width) ?? 0)) width = other;
  return spaces && steps.get(width) ? ' '.repeat(width) : null;
}

/**
 * `text` behind `line`, with its further lines indented by `unit` a level. A level is what the text
 * itself goes up by; lines keep what they share with `line`.
 * @param {string} text
 * @param {string} line
 * @param {string | null} unit
 */
export function inUnit(text, line, unit) {
  const [first = '', ...others] = text.split('\n');
  if (unit === null || !others.length) return text;
  const base = indentOf(line);
  const depths = others.filter(strip).map((other) => depthOf(indentOf(other), base));
  const steps = depths.filter((depth) => depth !== null && depth !== 0);
  const step = steps.length ? Math.min(.../** @type {number[]} */ (steps)) : 0;
  return [first, ...others.map((other) => reindented(other, base, step, unit))].join('\n');
}

/**
 * @param {string} text
 * @param {string} base
 * @param {number} step
 * @param {string} unit
 */
function reindented(text, base, step, unit) {
  const indent = indentOf(text);
  const depth = depthOf(indent, base);
  if (!step || depth === null || !strip(text)) return text;
  const levels = Math.floor(depth / step);
  return base + unit.repeat(levels) + ' '.repeat(depth - levels * step) + text.slice(indent.length);
}

/**
 * Characters of an indentation beyond `base`; null if it does not go on from there.
 * @param {string} indent
 * @param {string} base
 */
const depthOf = (indent, base) => (indent.startsWith(base) ? indent.length - base.length : null);

/** @param {string} line */
const indentOf = (line) => line.slice(0, line.length - lstripOf(line, ' \t').length);
