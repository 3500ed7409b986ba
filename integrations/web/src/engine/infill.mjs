// Decoding between two texts: what stands after the caret decides where a suggestion ends. The
// module of the same name in Python says how candidates are compared.
import { Decoded } from './decoder.mjs';
import { Growing, LOST, logTotal } from './growing.mjs';
import { TABLES } from './tables.mjs';
import { fromUtf8 } from './text.mjs';

const T = /** @type {Record<string, number>} */ (TABLES.infill);
const { MOST_TOKENS = 0, MOST_JUDGED = 0, GOAL_SHARE = 0 } = T;
export const { SPARE = 0 } = T;

/** @typedef {import('./growing.mjs').Filled} Filled */

/**
 * @template T
 * @typedef {import('./stream.mjs').Work<T>} Work
 */

/** Fills the gap before `tail`, a piece of the text after the caret. */
export class Infill {
  /**
   * @param {import('./decoder.mjs').Decoder} decoder
   * @param {(text: string) => number[]} encode
   * @param {string} tail
   * @param {number} room ids that fit behind the context
   */
  constructor(decoder, encode, tail, room) {
    this.decoder = decoder;
    this.encode = encode;
    this.tail = tail;
    this.room = room;
  }

  /**
   * Whether there is something that must follow, and room for it behind the held text.
   * @param {string} held
   */
  fits(held) {
    return Boolean(this.tail) && held.length + this.encode(this.tail).length + SPARE < this.room;
  }

  /**
   * Candidates and the empty one, likeliest first; none where there is no room for any.
   * @param {string} held
   * @param {number} most
   * @param {import('./ends.mjs').StopRule} rule
   * @returns {Work<Filled[]>}
   */
  *fill(held, most, rule) {
    const left = this.room - this.encode(this.tail).length - SPARE;
    if (!this.fits(held)) return [];
    const longest = Math.min(most, left, held.length + MOST_TOKENS);
    const ends = yield* new Growing(this.decoder, this.tail, held, longest, rule).ends();
    const begun = fromUtf8(held, '\ufffd');
    /** @type {Filled[]} */
    const found = [];
    ends.sort((a, b) => b.score - a.score);
    for (const end of ends.slice(0, MOST_JUDGED)) {
      const best = Math.max(-Infinity, ...found.map((filled) => filled.score));
      yield;
      if (found.length && (this.decoder.stop() || end.score < best - LOST)) break;
      found.push({ decoded: end.decoded, score: this.score(begun + end.decoded.text + this.tail) });
    }
    if (found.length) found.push({ decoded: new Decoded(), score: this.score(begun + this.tail) });
    return found.sort((a, b) => b.score - a.score);
  }

  /**
   * Log probability of a whole text, as the tokenizer writes it.
   * @param {string} text
   */
  score(text) {
    const { decoder } = this;
    const ids = this.encode(text);
    if (ids.length > this.room) return -Infinity;
    let known = 0;
    while (known < ids.length && decoder.hasSeen(ids.slice(0, known))) known++;
    if (known < ids.length) decoder.stream.foresee(decoder.base, ids.slice(0, known + 1), ids.slice(known + 1, -1));
    return logTotal(decoder, ids);
  }
}

/**
 * The likeliest text for each first word, what follows counting less than the text itself.
 * @param {Filled[]} found
 * @param {(text: string) => string} wordOf
 */
export function bestFirst(found, wordOf) {
  /** @type {Map<string, Filled>} */
  const byWord = new Map();
  for (const one of [...found].sort((a, b) => mixed(b) - mixed(a))) {
    const word = one.decoded.text && wordOf(one.decoded.text);
    if (word && !byWord.has(word)) byWord.set(word, one);
  }
  return [...byWord.values()];
}

/** @param {Filled} one */
const mixed = ({ score, decoded }) => GOAL_SHARE * score + (1 - GOAL_SHARE) * decoded.total;

/**
 * What the best text weighs against the others: how probable its first word is among the
 * candidates', and any text beside none.
 * @param {Filled[]} found
 * @param {Filled} best
 * @param {(text: string) => string} wordOf
 */
export function weightsOf(found, best, wordOf) {
  const texts = found.filter((one) => one.decoded.text);
  const word = wordOf(best.decoded.text);
  const same = texts.filter((one) => wordOf(one.decoded.text) === word);
  return { logFit: sumOfLogs(same) - sumOfLogs(texts), logGap: sumOfLogs(texts) - sumOfLogs(found) };
}

/**
 * The logarithm of a sum of powers.
 * @param {Filled[]} found
 */
function sumOfLogs(found) {
  const logs = found.map((one) => one.score);
  const top = Math.max(...logs);
  if (top === -Infinity) return top;
  return top + Math.log(logs.reduce((sum, one) => sum + Math.exp(one - top), 0));
}

/**
 * The beginning of the text after the caret that counts: `most` tokens or a few less, so that it
 * ends where a word does.
 * @param {string} after
 * @param {import('./tokenizer.mjs').Tokenizer} tokenizer
 * @param {number} most
 */
export function tailOf(after, tokenizer, most) {
  const tokens = tokenizer.tokens(after.slice(0, 12 * most)).slice(0, most);
  const last = tokens.findLast((token) => token.endsPiece) ?? tokens.at(-1);
  return last ? after.slice(0, last.end) : '';
}
