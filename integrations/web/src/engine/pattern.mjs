// The tables' patterns, used as Python uses them: matched at a place, anywhere, or against a whole text.
//
// They are compiled on first use: most texts need few of them.

/**
 * @typedef {{ re: string, flags: string }} Source
 * @typedef {RegExpExecArray} Found
 */

export class Pattern {
  /** @param {Source} source */
  constructor(source) {
    this.source = source;
    /** @type {Map<string, RegExp>} */
    this.compiled = new Map();
  }

  /**
   * @param {string} kind
   * @param {string} [around]
   */
  expression(kind, around = '') {
    let found = this.compiled.get(kind + around);
    if (!found) {
      const { re, flags } = this.source;
      found = new RegExp(around ? `^(?:${re})$` : re, flags + kind);
      this.compiled.set(kind + around, found);
    }
    return found;
  }

  /**
   * The match that begins at `at`.
   * @param {string} text
   * @param {number} [at]
   * @returns {Found | null}
   */
  match(text, at = 0) {
    const expression = this.expression('y');
    expression.lastIndex = at;
    return expression.exec(text);
  }

  /**
   * The first match from `from` on.
   * @param {string} text
   * @param {number} [from]
   * @returns {Found | null}
   */
  search(text, from = 0) {
    const expression = this.expression('g');
    expression.lastIndex = from;
    return expression.exec(text);
  }

  /** @param {string} text */
  test(text) {
    return this.search(text) !== null;
  }

  /** @param {string} text */
  isWhole(text) {
    return this.expression('', 'whole').test(text);
  }

  /**
   * All matches, from left to right.
   * @param {string} text
   */
  all(text) {
    return text.matchAll(this.expression('g'));
  }

  /**
   * @param {string} text
   * @param {(found: string) => string} instead
   */
  replaceAll(text, instead) {
    return text.replace(this.expression('g'), instead);
  }
}

/** @param {Found} found */
export const endOf = (found) => found.index + found[0].length;

/** @param {Source} source */
export const pattern = (source) => new Pattern(source);

/**
 * All patterns of a table.
 * @param {Record<string, Source>} sources
 * @returns {Record<string, Pattern>}
 */
export const patterns = (sources) =>
  Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, pattern(source)]));

/**
 * A pattern for a literal text.
 * @param {string} text
 */
export const escaped = (text) => text.replace(/[\^$\\.*+?()\[\]{}|\/\-&!#%,:;<=>@`~]/g, '\\$&');

export const WORD = '[\\p{L}\\p{N}_]';
