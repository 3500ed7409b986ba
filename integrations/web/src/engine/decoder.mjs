// From the model's state and the held text to a suggestion's text: greedy, with honest ends.
import { TYPING, cover } from './cover.mjs';
import { argmax, largest, log, softmax, sumOf } from './numbers.mjs';
import { repeats, wholeWords } from './ends.mjs';
import { TABLES } from './tables.mjs';
import { fromUtf8, isAlphanumeric, rstrip, strip } from './text.mjs';

const { LEAST_PROBABILITY, LEAST_LINE, MOST_SEEN } = /** @type {Record<string, number>} */ (TABLES.decoder);
const LOG_LEAST = Math.log(LEAST_PROBABILITY ?? 0);
const LOG_LEAST_LINE = Math.log(LEAST_LINE ?? 0);

/**
 * @typedef {import('./stream.mjs').Stop} Stop
 * @typedef {import('./ends.mjs').StopRule} StopRule
 * @typedef {{ ids: number[], total: number }} Beginning first ids of a text, their log probability
 * @typedef {Map<string, Float32Array>} Seen probabilities by what was decoded, behind one context
 * @typedef {{
 *   bend: (probabilities: Float32Array, ids: readonly number[]) => Float32Array,
 *   guess: (ids: readonly number[], most: number) => number[]
 * }} Local how local text bends the model's distribution, and what it guesses to come next
 */

/**
 * Whether what was decoded so far cannot be worth showing, however it goes on.
 * @typedef {(decoded: Decoded, decoder: Decoder) => boolean} Hopeless
 */

/**
 * @template T
 * @typedef {import('./stream.mjs').Work<T>} Work
 */

/** Suggested text behind the held one, with the log probability after each token. */
export class Decoded {
  /**
   * @param {number[]} [ids]
   * @param {number} [total] log probability of all ids
   */
  constructor(ids = [], total = 0) {
    this.ids = ids;
    this.total = total;
    this.text = '';
    this.finished = false; // ended by its rule rather than cut off
    /** @type {[end: number, total: number][]} */
    this.marks = [];
  }

  /**
   * A copy with another text, which is complete, however this one goes on.
   * @param {string} text
   */
  endedAt(text) {
    const copy = new Decoded([...this.ids], this.total);
    copy.marks = [...this.marks];
    copy.text = text;
    copy.finished = true;
    return copy;
  }

  /**
   * Of the first so many characters of the text, by the tokens that hold them.
   * @param {number} characters
   */
  logProbability(characters) {
    return this.marks.find(([end]) => end >= characters)?.[1] ?? this.total;
  }
}

/** Of a text of several lines: where the newest begins, and how probable it is by itself. */
class Lines {
  /** @param {number} before log probability of what stands before it */
  constructor(before) {
    this.place = 0;
    this.before = before;
    this.count = 0;
  }

  /**
   * Whether the line that has just ended is a guess; then it is cut off. The first is not.
   * @param {Decoded} decoded
   */
  isDoubtful(decoded) {
    const newest = decoded.text.lastIndexOf('\n');
    if (newest < this.place || !strip(decoded.text.slice(this.place, newest))) return false;
    if (this.count && decoded.total - this.before < LOG_LEAST_LINE) {
      decoded.text = rstrip(decoded.text.slice(0, this.place));
      decoded.finished = true;
      return true;
    }
    this.place = newest + 1;
    this.before = decoded.total;
    this.count++;
    return false;
  }
}

/** Decodes behind the first `base` ids of a stream, for as long as `stop` allows. */
export class Decoder {
  /**
   * @param {import('./stream.mjs').Stream} stream
   * @param {number} base
   * @param {import('./vocabulary.mjs').Vocabulary} vocabulary
   * @param {number | null} endId
   * @param {Stop} stop
   * @param {Seen} seen
   * @param {Local | null} local
   * @param {Hopeless | null} hopeless
   */
  constructor(stream, base, vocabulary, endId, stop, seen, local, hopeless = null) {
    this.stream = stream;
    this.base = base;
    this.vocabulary = vocabulary;
    this.endId = endId;
    this.stop = stop;
    this.seen = seen;
    this.local = local;
    this.hopeless = hopeless;
  }

  /**
   * At most `most` tokens of text behind `held`; the first is given whatever the time.
   * @param {string} held
   * @param {number} most
   * @param {StopRule} rule
   * @param {number} [rank] counts beginnings, the likeliest being 0
   * @returns {Work<Decoded>}
   */
  *decode(held, most, rule, rank = 0) {
    const beginning = (yield* this.beginnings(held, most, rank + 1))[rank];
    if (!beginning) return new Decoded();
    const decoded = new Decoded([...beginning.ids], beginning.total);
    const lines = new Lines(rank ? decoded.total : 0); // asked for although it is less likely
    while (!this.read(decoded, held, rule)) {
      if (lines.isDoubtful(decoded)) break;
      yield;
      if (decoded.ids.length >= most || this.stop()) break;
      if (this.hopeless?.(decoded, this)) break;
      const probabilities = this.probabilities(decoded.ids, most);
      const best = argmax(probabilities);
      const total = decoded.total + log(probabilities[best] ?? 0);
      if (best === this.endId || total - lines.before < LOG_LEAST) {
        decoded.finished = best === this.endId;
        break;
      }
      decoded.ids.push(best);
      decoded.total = total;
    }
    return decoded;
  }

  /**
   * Coverings of the held bytes, or else `count` first tokens, likeliest first; empty where the
   * likeliest is the end of the text.
   * @param {string} held
   * @param {number} most
   * @param {number} count
   * @returns {Work<Beginning[]>}
   */
  *beginnings(held, most, count) {
    const found = held ? yield* this.coverings(held, most, count) : this.firsts(count);
    /** @param {Beginning} beginning */
    const isEnd = ({ ids }) => ids.length === 1 && ids[0] === this.endId;
    return found[0] && isEnd(found[0]) ? [] : found.filter((beginning) => !isEnd(beginning));
  }

  /**
   * The ids that most probably follow `ids`, with their log probabilities.
   * @param {readonly number[]} ids
   * @param {number} count
   * @returns {[id: number, logOf: number][]}
   */
  likeliest(ids, count) {
    const probabilities = this.probabilities(ids);
    const best = largest(probabilities, probabilities.length, count);
    return best.map((id) => [id, log(probabilities[id] ?? 0)]);
  }

  /**
   * @param {number} count
   * @returns {Beginning[]}
   */
  firsts(count) {
    return this.likeliest([], count).map(([id, total]) => ({ ids: [id], total }));
  }

  /**
   * @param {string} held
   * @param {number} most
   * @param {number} count
   * @returns {Work<Beginning[]>}
   */
  *coverings(held, most, count) {
    const limits = { ...TYPING, completions: Math.max(TYPING.completions, count) };
    /** @param {number[]} ids */
    const probabilities = (ids) => this.probabilities(ids);
    const found = yield* cover(held, this.vocabulary, probabilities, most, limits, this.stop);
    return found.map(({ ids, share }) => ({ ids, total: log(share) }));
  }

  /**
   * Of what follows `ids`, (vocabulary), bent by local text. With room for `most` ids in all, those
   * that will probably be chosen next are run along.
   * @param {readonly number[]} ids
   * @param {number} [most]
   */
  probabilities(ids, most = 0) {
    const key = keyOf(ids);
    const seen = this.seen.get(key);
    if (seen) return seen;
    const drafted = this.local && most ? this.local.guess(ids, most - ids.length) : [];
    if (drafted.length) this.stream.foresee(this.base, ids, drafted);
    this.stream.followAtOnce(this.base, ids);
    const own = softmax(this.stream.logits(this.base + ids.length));
    const probabilities = this.local ? this.local.bend(own, ids) : own;
    for (const id of this.vocabulary.silent) if (id !== this.endId) probabilities[id] = 0;
    if (this.seen.size >= /** @type {number} */ (MOST_SEEN))
      this.seen.delete(/** @type {string} */ (this.seen.keys().next().value));
    this.seen.set(key, probabilities);
    return probabilities;
  }

  /** @param {readonly number[]} ids */
  hasSeen(ids) {
    return this.seen.has(keyOf(ids));
  }

  /**
   * Log probability that a word at a text's beginning ends where it does, if it is known.
   * @param {Decoded} decoded
   * @param {string} word
   */
  logBoundary(decoded, word) {
    const at = decoded.marks.findIndex(([end]) => end === word.length);
    if (!word || at < 0) return 0; // within a token, which says what follows
    const left = decoded.marks.length - 1 - at;
    const probabilities = this.seen.get(keyOf(decoded.ids.slice(0, decoded.ids.length - left)));
    return probabilities ? this.logEnd(probabilities, word) : 0;
  }

  /**
   * Log probability that what comes next does not go on with a word.
   * @param {Float32Array} probabilities
   * @param {string} word
   */
  logEnd(probabilities, word) {
    const last = word.slice(-1);
    const { names, marks } = this.vocabulary.continuing;
    const goingOn = isAlphanumeric(last) || last === '_' ? names : marks;
    return log(1 - sumOf(probabilities, goingOn));
  }

  /**
   * Bring the text up to date with the ids; true if it is complete or runs in circles.
   * @param {Decoded} decoded
   * @param {string} held
   * @param {StopRule} rule
   */
  read(decoded, held, rule) {
    decoded.text = this.textOf(decoded.ids, held);
    decoded.marks.push([decoded.text.length, decoded.total]);
    const end = rule(decoded.text);
    if (end !== null) {
      decoded.text = decoded.text.slice(0, end);
      decoded.finished = true;
      return true;
    }
    const period = repeats(decoded.ids);
    if (period === null) return false;
    decoded.text = this.textOf(withoutLoop(decoded.ids, period), held);
    return true;
  }

  /**
   * @param {readonly number[]} ids
   * @param {string} held
   */
  textOf(ids, held) {
    return fromUtf8(ids.map((id) => this.vocabulary.of(id)).join('').slice(held.length));
  }
}

/** @param {readonly number[]} ids */
const keyOf = (ids) => ids.join(' ');

/**
 * @param {readonly number[]} ids
 * @param {number} period
 */
function withoutLoop(ids, period) {
  const kept = [...ids];
  const last = ids.slice(-period).join(' ');
  const twice = `${last} ${last}`;
  while (kept.slice(-2 * period).join(' ') === twice) kept.splice(-period);
  return kept;
}

/**
 * The text of a decode; where it did not come to its own end, as much as is whole: lines, or words
 * where there is only one line.
 * @param {Decoded} decoded
 */
export function ended(decoded) {
  if (decoded.finished) return decoded.text;
  const newline = decoded.text.lastIndexOf('\n');
  const lines = decoded.text.slice(0, Math.max(0, newline));
  return newline >= 0 && strip(lines) ? lines : wholeWords(decoded.text);
}
