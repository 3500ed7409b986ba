// Decoding between two texts: what stands after the caret decides where a suggestion ends. The
// module of the same name in Python says how candidates are compared.
import { Decoded } from './decoder.mjs';
import { argmax, log, sumOf } from './numbers.mjs';
import { TABLES } from './tables.mjs';
import { fromUtf8, strip, utf8 } from './text.mjs';

const T = /** @type {Record<string, number>} */ (TABLES.infill);
const { BEGINNINGS = 0, MOST_TOKENS = 0, MOST_JUDGED = 0, GOAL_SHARE = 0, LOST = 0 } = T;
export const { SPARE = 0 } = T;

/**
 * A text for the gap; `score` is its log probability together with what follows.
 * @typedef {{ decoded: Decoded, score: number }} Filled
 */

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
    const binary = utf8(tail);
    const { vocabulary } = decoder;
    /** Tokens that what follows may begin with. */
    this.following = [...vocabulary.beginning(binary), ...vocabulary.startingWith(binary)];
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
    const ends = yield* this.ends(held, Math.min(most, left, held.length + MOST_TOKENS), rule);
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
   * Every end of every candidate, each text once, with an estimate of its score.
   * @param {string} held
   * @param {number} most
   * @param {import('./ends.mjs').StopRule} rule
   * @returns {Work<Filled[]>}
   */
  *ends(held, most, rule) {
    /** @type {Map<string, Filled>} */
    const found = new Map();
    const beginnings = yield* this.decoder.beginnings(held, most, BEGINNINGS);
    for (const { ids, total } of beginnings.slice(0, BEGINNINGS)) {
      const best = Math.max(-Infinity, ...[...found.values()].map((end) => end.score));
      for (const end of yield* this.along(new Decoded([...ids], total), held, most, rule, best)) {
        const known = found.get(end.decoded.text);
        if (!known || known.score < end.score) found.set(end.decoded.text, end);
      }
      if (this.decoder.stop()) break;
    }
    return [...found.values()];
  }

  /**
   * The ends of the text that greedily goes on from what is decoded.
   * @param {Decoded} decoded
   * @param {string} held
   * @param {number} most
   * @param {import('./ends.mjs').StopRule} rule
   * @param {number} best
   * @returns {Work<Filled[]>}
   */
  *along(decoded, held, most, rule, best) {
    const { decoder } = this;
    /** @type {Filled[]} */
    const found = [];
    const before = this.total(decoded.ids) - decoded.total; // what the held text itself costs
    for (;;) {
      yield;
      const complete = decoder.read(decoded, held, rule);
      const total = decoded.total + before;
      if (complete) return [...found, ...ending(decoded, total, 0)];
      const overlap = overlapOf(decoded.text, this.tail, decoder.vocabulary.of(decoded.ids.at(-1) ?? 0));
      if (overlap) {
        found.push(...ending(decoded, total, overlap));
        best = Math.max(best, total);
      }
      const probabilities = decoder.probabilities(decoded.ids, most);
      const estimate = total + log(sumOf(probabilities, this.following));
      found.push(...ending(decoded, estimate, 0));
      best = Math.max(best, estimate);
      if (decoded.ids.length >= most || total < best - LOST || decoder.stop()) return found;
      const following = argmax(probabilities);
      if (following === decoder.endId) return found;
      decoded.ids.push(following);
      decoded.total += log(probabilities[following] ?? 0);
    }
  }

  /** @param {readonly number[]} ids */
  total(ids) {
    return ids.reduce((sum, id, place) => sum + log(this.decoder.probabilities(ids.slice(0, place))[id] ?? 0), 0);
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
    return this.total(ids);
  }
}

/**
 * The text so far without `overlap` characters, if it says anything.
 * @param {Decoded} decoded
 * @param {number} score
 * @param {number} overlap
 * @returns {Filled[]}
 */
function ending(decoded, score, overlap) {
  const text = decoded.text.slice(0, decoded.text.length - overlap);
  return strip(text) ? [{ decoded: decoded.endedAt(text), score }] : [];
}

/**
 * How many characters at the end of `text`, within its last token, `tail` begins with.
 * @param {string} text
 * @param {string} tail
 * @param {string} last the token's bytes
 */
function overlapOf(text, tail, last) {
  for (let length = Math.min(text.length, last.length); length > 0; length--)
    if (text.endsWith(tail.slice(0, length))) return length;
  return 0;
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
