// Whether a suggestion is worth showing: the probability that it begins right. A logistic
// regression with weights from the model directory; the module of the same name in Python explains
// the features.
import { bestLength } from './length.mjs';
import { pattern } from './pattern.mjs';
import { TABLES } from './tables.mjs';
import { isAlphanumeric, isIdentifier, lastLine, lstripOf, strip } from './text.mjs';

const { KINDS, FEATURES, RISING, HOPED, FLOOR, LEAST_MISS, TYPICAL, LEAST_SHARE, NAME_END } =
  /** @type {any} */ (TABLES.gate);
const nameEnd = pattern(NAME_END);
/** @type {string[]} */
const features = FEATURES;

/** The share of the threshold that even the longest suggestion needs. */
export const LEAST_OF_THRESHOLD = /** @type {number} */ (LEAST_SHARE);

/**
 * How a suggestion came about: what the gate's features are computed from.
 * @typedef {{
 *   before: string, held: string, text: string, firstWord: string, logFirstWord: number,
 *   logBoundary: number, known: string, onlyKnown: boolean, prose: boolean, after: string,
 *   logFit: number, logGap: number, logText: number | null, marks: [end: number, total: number][]
 * }} Facts `marks`: the log probability of the text up to some of its places
 */

/** How much is worth showing. @typedef {import('./length.mjs').Length} Length */

/**
 * How much of the text is worth showing; null if text follows, because a gap is filled to its end.
 * @param {Facts} facts
 * @returns {Length | null}
 */
export function lengthOf({ text, firstWord, marks, after, logText }) {
  return strip(after) || logText === null ? null : bestLength(text, firstWord, marks);
}

/**
 * The keys that are probably saved if the first word is right: its own, and those of further text.
 * @param {Facts} facts
 * @param {Length | null} length how much of the text is worth showing
 */
export function spared(facts, length) {
  if (length) return length.spared;
  const { text, firstWord, logFirstWord, logText } = facts;
  const own = strip(firstWord).length - 1;
  if (logText === null) return own;
  const further = Math.exp(Math.min(0, logText - logFirstWord));
  return own + further * Math.max(0, text.length - firstWord.length);
}

/**
 * The kind of the first word: prose, a name, or punctuation.
 * @param {Facts} facts
 */
function kindOf(facts) {
  const [name, mark, prose] = KINDS;
  if (facts.prose) return prose;
  const first = strip(facts.firstWord).slice(0, 1);
  return isIdentifier(first) || isInside(facts) ? name : mark;
}

/** @param {Facts} facts */
function isInside({ before, firstWord }) {
  const last = before.slice(-1);
  return (isAlphanumeric(last) || last === '_') && isAlphanumeric(firstWord.slice(0, 1));
}

/** @param {number} log */
const missOf = (log) => -Math.log(Math.max(LEAST_MISS, 1 - Math.exp(log < 0 ? log : 0)));

/**
 * `log`, but at least the floor; the floor for NaN, as where nothing has any probability.
 * @param {number} log
 */
const floored = (log) => (log > FLOOR ? log : FLOOR);

/**
 * The features, in the order of the gate's weights.
 * @param {Facts} facts
 * @returns {number[]}
 */
export function featuresOf(facts) {
  const line = lastLine(facts.before);
  const word = floored(Math.min(0, facts.logFirstWord));
  const kind = kindOf(facts);
  const ofKind = KINDS.map((/** @type {string} */ one) => Number(one === kind));
  const last = line.slice(-1);
  return [
    ...ofKind.map((/** @type {number} */ one) => word * one),
    ...ofKind.map((/** @type {number} */ one) => missOf(word) * one),
    ...ofKind,
    floored(facts.logBoundary),
    ...['near', 'file', 'project'].map((where) => Number(facts.known === where)),
    Number(facts.onlyKnown),
    Math.log1p(nameOf(facts.before, facts.firstWord).length),
    Math.log1p(strip(facts.held).length),
    Number(isAlphanumeric(last) || last === '_'),
    Number(!strip(line)),
    Number(lstripOf(facts.firstWord, ' \t').startsWith('\n')),
    Number(strip(facts.after) !== ''),
    floored(facts.logFit),
    facts.logFit === 0 && facts.logGap === 0 ? 0 : missOf(facts.logFit),
    floored(facts.logGap),
  ];
}

/**
 * The name at the end of a word, with the letters before the caret that it continues.
 * @param {string} before
 * @param {string} word
 */
export function nameOf(before, word) {
  const name = nameEnd.search(word)?.[0] ?? '';
  return name === word ? (nameEnd.search(before.slice(-100))?.[0] ?? '') + name : name;
}

/**
 * The confidence that a suggestion needs if it saves so many keys when it is right.
 * @param {number} least for one that saves a typical number of keys
 * @param {number} keys
 */
export function needed(least, keys) {
  if (!(least > 0 && least < 1)) return least;
  const glance = (TYPICAL * least) / (1 - least);
  return Math.max(LEAST_SHARE * least, glance / (glance + Math.max(1, keys)));
}

/** Weights of the features, and a bias that `languages` shift ("": all other languages). */
export class Gate {
  /**
   * @param {number[]} weights
   * @param {number} bias
   * @param {Record<string, number>} languages
   */
  constructor(weights, bias, languages = {}) {
    this.weights = weights;
    this.bias = bias;
    this.languages = languages;
  }

  /**
   * The gate of a tuning file. Throws RangeError if it was fitted for other features, or if a weight that
   * must not be negative is.
   * @param {{ weights: Record<string, number>, bias: number, languages?: Record<string, number> }} values
   */
  static from({ weights, bias, languages = {} }) {
    if (String(Object.keys(weights).sort()) !== String([...features].sort()))
      throw new RangeError('a gate for other features');
    for (const name of RISING) if ((weights[name] ?? 0) < 0) throw new RangeError(`weight of ${name} below 0`);
    return new Gate(features.map((name) => weights[name] ?? 0), bias, languages);
  }

  /**
   * The probability, 0 to 1, that the first word is right.
   * @param {number[]} values
   * @param {string | null} language
   */
  confidence(values, language) {
    const shift = this.bias + this.shift(language);
    const total = shift + this.weights.reduce((sum, weight, i) => sum + weight * (values[i] ?? 0), 0);
    return 1 / (1 + Math.exp(-Math.max(-30, Math.min(30, total))));
  }

  /**
   * An upper bound of the confidence of a word that is still growing.
   * @param {number[]} values
   * @param {string | null} language
   */
  hope(values, language) {
    const hoped = values.map((value, i) => {
      const hope = HOPED[features[i] ?? ''];
      if (hope === undefined) return value;
      return (this.weights[i] ?? 0) > 0 ? Math.max(value, hope) : 0;
    });
    return this.confidence(hoped, language);
  }

  /** @param {string | null} language */
  shift(language) {
    return this.languages[language ?? ''] ?? this.languages[''] ?? 0;
  }
}

/** For models without a gate: grows with the first word's probability, and is not calibrated. */
export const UNFITTED = new Gate(features.map((name) => (name.startsWith('log_word') ? 4 : 0)), 3);
