// The text around a caret: what a suggestion must lead to, and how it is made to fit there.
import { clean } from './clean.mjs';
import { Indentation, fitted, indentationOf, leading } from './indentation.mjs';
import { WORD, escaped, pattern } from './pattern.mjs';
import { NOTHING_OPEN, endsStatement, leftOpen, needless } from './structure.mjs';
import { TABLES } from './tables.mjs';
import { afterFirstLine, firstLine, isSpace, lastLine, lstrip, rstrip, strip, tail } from './text.mjs';
import { isUnsafe } from './unsafe.mjs';

const { INDENTED_TEXT, NEAR, LINES_BELOW, NAME_END, CLOSED } = /** @type {any} */ (TABLES.caret);
/** Characters on either side of the caret that are searched for its line. */
export const { LONGEST_LINE } = /** @type {{ LONGEST_LINE: number }} */ (TABLES.caret);
const nameEnd = pattern(NAME_END);
const closed = pattern(CLOSED);

/** A place in a text, and the brackets, string or comment open there. */
export class Caret {
  /**
   * @param {string} before
   * @param {string} after
   * @param {string | null} language
   * @param {import('./structure.mjs').Open} open
   */
  constructor(before = '', after = '', language = null, open = NOTHING_OPEN) {
    this.before = before;
    this.after = after;
    this.language = language;
    this.open = open;
    /** The text before the caret on its line. */
    this.line = lastLine(tail(before, LONGEST_LINE));
    /** The text after the caret on its line. */
    this.rest = firstLine(after.slice(0, LONGEST_LINE));
    /** The letters of a name right before the caret. */
    this.typed = nameEnd.search(before.slice(-100))?.[0] ?? '';
    /** @type {string | undefined} */
    this.around = undefined;
    /** @type {import('./indentation.mjs').Indentation | null} */
    this.indentation = null;
  }

  /** The text that a suggestion must lead to; empty if it may lead anywhere. */
  goal() {
    const rest = strip(this.rest);
    if (rest) return closed.isWhole(rest) ? rest : this.after;
    const below = afterFirstLine(this.after.slice(0, LONGEST_LINE));
    return strip(this.line) || !strip(below) ? '' : this.after;
  }

  /**
   * The part of a decoded text that may be inserted, with the buffer's indentation; may be empty.
   * @param {string} given
   */
  fit(given) {
    const indentation = this.indentation ?? indentationOf(tail(this.before, INDENTED_TEXT));
    this.indentation = indentation;
    const text = indentation ? fitted(given, this.line, indentation) : given;
    let fit = clean(text, this.after, this.line);
    fit = rstrip(fit.slice(0, needless(fit, this.open, this.after, this.language)));
    if (fit === rstrip(text) && strip(this.rest) && !isSpace(this.rest.slice(0, 1))) fit = text;
    const unsafe = isUnsafe(this.line, fit, this.before, this.after, this.language);
    return this.repeats(fit) || this.isTooDeep(fit) || unsafe ? '' : fit;
  }

  /**
   * Whether the text leaves its line incomplete, judged by the text below.
   * @param {string} text
   */
  isLeftOpen(text) {
    return leftOpen(text, this.open, this.after, this.language);
  }

  /**
   * Whether the caret's line would repeat one of the next lines.
   * @param {string} text
   */
  repeats(text) {
    if (strip(this.rest)) return false;
    const own = firstLine(text);
    const said = strip(strip(own) ? this.line + own : firstLine(lstrip(afterFirstLine(text))));
    return said.length > 1 && this.below().includes(said);
  }

  /**
   * Whether a line would be indented more than the one above, although that opens no block.
   * @param {string} text
   */
  isTooDeep(text) {
    const lead = leading(text);
    if (!lead || lead === text || strip(this.line)) return false;
    const above = lastLine(rstrip(tail(this.before, INDENTED_TEXT)));
    const told = this.indentation ?? new Indentation();
    const deepest = Math.max(told.columns(leading(above)), told.columns(this.line));
    const isDeeper = told.columns(this.line + lead) > deepest;
    return isDeeper && endsStatement(above, text.charAt(lead.length), this.open, this.language);
  }

  below() {
    const lines = this.after.slice(0, LONGEST_LINE).split('\n').slice(1);
    return lines.map(strip).filter(Boolean).slice(0, LINES_BELOW);
  }

  /**
   * Whether a name occurs around the caret, apart from the one that is being typed there.
   * @param {string} name
   */
  isNear(name) {
    // most names are not there at all, which is seen without a regular expression of their own
    return this.near.includes(name)
      && new RegExp(`(?<!${WORD})${escaped(name)}(?!${WORD})`, 'v').test(this.near);
  }

  /**
   * The names around the caret that begin with `prefix` and are longer.
   * @param {string} prefix
   */
  beginning(prefix) {
    if (!this.near.includes(prefix)) return [];
    return this.near.match(new RegExp(`(?<!${WORD})${escaped(prefix)}${WORD}+`, 'gv')) ?? [];
  }

  get near() {
    if (this.around === undefined) {
      const head = tail(this.before, NEAR);
      this.around = `${head.slice(0, head.length - this.typed.length)}\n${this.after.slice(0, NEAR)}`;
    }
    return this.around;
  }
}
