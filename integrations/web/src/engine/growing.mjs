// Candidates for a gap before a text that follows, and the places where each of them may end. The
// module of the same name in Python says how they are found.
import { Heap } from './cover.mjs';
import { Decoded } from './decoder.mjs';
import { argmax, log, sumOf } from './numbers.mjs';
import { TABLES } from './tables.mjs';
import { strip, utf8 } from './text.mjs';

const T = /** @type {Record<string, number>} */ (TABLES.growing);
const { BEGINNINGS = 0, BRANCHES = 0, MOST_GROWN = 0, SPREAD = 0, DETOUR = 0, LEAST_END = 0 } = T;
const LOG_LEAST_BRANCH = Math.log(T.LEAST_BRANCH ?? 0);
export const { LOST = 0 } = T;

/**
 * A text for the gap; `score` is its log probability together with what follows.
 * @typedef {{ decoded: Decoded, score: number }} Filled
 */

/**
 * A text that may grow.
 * @typedef {{ cost: number, decoded: Decoded }} Open
 */

/**
 * @template T
 * @typedef {import('./stream.mjs').Work<T>} Work
 */

/** Grows candidates of at most `most` tokens behind `held`, up to where `tail` follows. */
export class Growing {
  /**
   * @param {import('./decoder.mjs').Decoder} decoder
   * @param {string} tail
   * @param {string} held
   * @param {number} most
   * @param {import('./ends.mjs').StopRule} rule
   */
  constructor(decoder, tail, held, most, rule) {
    this.decoder = decoder;
    this.tail = tail;
    this.held = held;
    this.most = most;
    this.rule = rule;
    const binary = utf8(tail);
    const { vocabulary } = decoder;
    /** Tokens that what follows may begin with. */
    this.following = [...vocabulary.beginning(binary), ...vocabulary.startingWith(binary)];
    /** @type {Map<string, Filled>} */
    this.found = new Map();
    this.best = -Infinity;
    this.before = 0; // log probability of the held text itself, which the totals leave out
  }

  /**
   * Every end of every candidate, each text once, with an estimate of its score.
   * @returns {Work<Filled[]>}
   */
  *ends() {
    const isLine = this.tail.startsWith('\n');
    const count = isLine ? BEGINNINGS : BRANCHES;
    const beginnings = (yield* this.decoder.beginnings(this.held, this.most, count)).slice(0, count);
    const begun = beginnings.map(({ ids, total }) => new Decoded([...ids], total));
    const [first] = begun;
    if (first && this.held) this.before = logTotal(this.decoder, first.ids) - first.total;
    yield* isLine ? this.followLines(begun) : this.search(begun);
    return [...this.found.values()];
  }

  /**
   * @param {Decoded[]} begun
   * @returns {Work<void>}
   */
  *search(begun) {
    /** @type {Heap<Open>} */
    const heap = new Heap();
    for (const decoded of begun) heap.push({ cost: -decoded.total, decoded });
    /** @type {Open | undefined} */
    let onward;
    for (let grown = 0; grown < MOST_GROWN; grown++) {
      const nearest = nearestOf(heap, onward);
      if (!nearest) return;
      yield;
      if (grown && this.decoder.stop()) return;
      onward = this.grow(nearest.decoded, heap);
    }
  }

  /**
   * Look at a text. Its continuations go onto the heap, but for the likeliest, which is returned.
   * @param {Decoded} decoded
   * @param {Heap<Open>} heap
   */
  grow(decoded, heap) {
    if (decoded.total + this.before < this.best - SPREAD) return undefined;
    if (!this.look(decoded) || decoded.ids.length >= this.most) return undefined;
    const [first, ...others] = this.branches(decoded).map((one) => ({ cost: -one.total, decoded: one }));
    for (const other of others) heap.push(other);
    return first;
  }

  /**
   * A text with each of its likeliest continuations.
   * @param {Decoded} decoded
   */
  branches(decoded) {
    const likely = this.decoder.likeliest(decoded.ids, BRANCHES);
    return likely.flatMap(([id, logOf]) => {
      if (id === this.decoder.endId || logOf < LOG_LEAST_BRANCH) return [];
      const further = new Decoded([...decoded.ids, id], decoded.total + logOf);
      further.marks = [...decoded.marks];
      return [further];
    });
  }

  /**
   * @param {Decoded[]} begun
   * @returns {Work<void>}
   */
  *followLines(begun) {
    for (const decoded of begun) {
      yield* this.follow(decoded);
      if (this.decoder.stop()) return;
    }
  }

  /**
   * Note the ends of the text that greedily goes on from what is decoded.
   * @param {Decoded} decoded
   * @returns {Work<void>}
   */
  *follow(decoded) {
    for (;;) {
      yield;
      const probabilities = this.look(decoded, this.most);
      if (!probabilities) return;
      const isLost = decoded.total + this.before < this.best - LOST;
      if (decoded.ids.length >= this.most || isLost || this.decoder.stop()) return;
      const following = argmax(probabilities);
      if (following === this.decoder.endId) return;
      decoded.ids.push(following);
      decoded.total += log(probabilities[following] ?? 0);
    }
  }

  /**
   * Note where a text may end, as far as its last token; the probabilities of what follows it, or
   * null if it is complete. With `most` ids in all, those that will probably be chosen next are run
   * along.
   * @param {Decoded} decoded
   * @param {number} [most]
   */
  look(decoded, most = 0) {
    const { decoder } = this;
    const total = decoded.total + this.before;
    if (decoder.read(decoded, this.held, this.rule)) {
      if (decoded.finished) this.note(decoded, total, 0); // and does not run in circles
      return null;
    }
    const overlap = overlapOf(decoded.text, this.tail, decoder.vocabulary.of(decoded.ids.at(-1) ?? 0));
    if (overlap) this.note(decoded, total, overlap);
    const probabilities = decoder.probabilities(decoded.ids, most);
    const share = sumOf(probabilities, this.following);
    if (share >= LEAST_END || !this.tail.startsWith('\n')) this.note(decoded, total + log(share), 0);
    return probabilities;
  }

  /**
   * The text so far without `overlap` characters, if it says anything.
   * @param {Decoded} decoded
   * @param {number} score
   * @param {number} overlap
   */
  note(decoded, score, overlap) {
    const text = decoded.text.slice(0, decoded.text.length - overlap);
    if (!strip(text)) return;
    this.best = Math.max(this.best, score);
    const known = this.found.get(text);
    if (!known || known.score < score) this.found.set(text, { decoded: decoded.endedAt(text), score });
  }
}

/**
 * What is looked at next: the likeliest text, or `onward`, if it is nearly as likely.
 * @param {Heap<Open>} heap
 * @param {Open | undefined} onward
 */
function nearestOf(heap, onward) {
  if (!onward) return heap.first ? heap.pop() : undefined;
  if (!heap.first || heap.first.cost >= onward.cost - DETOUR) return onward;
  const nearest = heap.pop();
  heap.push(onward);
  return nearest;
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
 * Log probability of some tokens at the caret.
 * @param {import('./decoder.mjs').Decoder} decoder
 * @param {readonly number[]} ids
 */
export const logTotal = (decoder, ids) =>
  ids.reduce((sum, id, place) => sum + log(decoder.probabilities(ids.slice(0, place))[id] ?? 0), 0);
