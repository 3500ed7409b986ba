// What followed the same tokens before: an index over the ids of local text.
//
// Places are kept sorted by the nearest four tokens before them, so that those whose last k tokens
// are the caret's last k form one run; within the last run, the four tokens before those are compared
// directly. The module of the same name in Python is the same index.
import { TABLES } from './tables.mjs';

const { LONGEST: MOST_ORDER, MOST_PLACES = 0 } = /** @type {Record<string, number>} */ (TABLES.ngrams);
export const LONGEST = MOST_ORDER ?? 8;
const HALF = LONGEST >> 1;
const FEW = 24; // up to so many places, followers are listed in the order of the places
const BEFORE_TEXT = 0xffff; // an id before the first token; no vocabulary is that large

/**
 * What followed the last `order` tokens: the ids, how often each occurred, and their total.
 * @typedef {{ order: number, ids: number[], counts: number[], total: number }} Match
 */

/** An immutable index of one or more texts, which may have several origins. */
export class NgramIndex {
  /**
   * @param {ArrayLike<number>[]} texts ids, the least recent first
   * @param {number} [origin] of the texts, 16 bits
   */
  constructor(texts = [], origin = 0) {
    const size = texts.reduce((sum, text) => sum + text.length + LONGEST, 0);
    this.ids = new Uint16Array(size).fill(BEFORE_TEXT);
    let at = 0;
    for (const text of texts) {
      this.ids.set(text, at + LONGEST);
      at += text.length + LONGEST;
    }
    // The nearest four tokens before each place, as two numbers that sort in the same way.
    this.near = new Uint32Array(size);
    this.further = new Uint32Array(size);
    this.origins = new Uint16Array(size).fill(origin);
    for (let place = HALF; place < size; place++) {
      this.near[place] = ((this.id(place, 1) << 16) | this.id(place, 2)) >>> 0;
      this.further[place] = ((this.id(place, 3) << 16) | this.id(place, 4)) >>> 0;
    }
    const places = Uint32Array.from({ length: size }, (_, place) => place);
    /** The places in the order of their keys; a higher place is newer. */
    this.places = places
      .filter((place) => this.ids[place] !== BEFORE_TEXT)
      .sort((a, b) => compareKeys(this, a, this, b) || a - b);
  }

  get length() {
    return this.places.length;
  }

  /**
   * @param {number} place
   * @param {number} back
   */
  id(place, back) {
    return this.ids[place - back] ?? BEFORE_TEXT;
  }

  /**
   * An index of both. Merges them, which is cheaper than sorting again.
   * @param {NgramIndex} newer
   */
  followedBy(newer) {
    const both = new NgramIndex();
    const shift = this.ids.length;
    both.ids = joined(this.ids, newer.ids);
    both.near = joined(this.near, newer.near);
    both.further = joined(this.further, newer.further);
    both.origins = joined(this.origins, newer.origins);
    both.places = new Uint32Array(this.length + newer.length);
    for (let at = 0, old = 0, next = 0; at < both.places.length; at++) {
      const isOld = next === newer.length
        || (old < this.length && compareKeys(this, num(this.places, old), newer, num(newer.places, next)) <= 0);
      both.places[at] = isOld ? num(this.places, old++) : shift + num(newer.places, next++);
    }
    return both;
  }

  /**
   * An index of the texts of all other origins.
   * @param {number} origin
   */
  without(origin) {
    const fewer = new NgramIndex();
    let kept = 0;
    const moved = this.origins.map((one) => Number(one !== origin));
    const places = Uint32Array.from(moved, (isKept) => (isKept ? kept++ : BEFORE_TEXT));
    /** @param {number} _ @param {number} place */
    const stays = (_, place) => moved[place] === 1;
    fewer.ids = this.ids.filter(stays);
    fewer.near = this.near.filter(stays);
    fewer.further = this.further.filter(stays);
    fewer.origins = this.origins.filter(stays);
    fewer.places = this.places.filter((place) => moved[place]).map((place) => num(places, place));
    return fewer;
  }

  /**
   * What followed the end of `context`: a match for its last token, its last two and so on, while there
   * is one. Texts of the origin `beside` do not count.
   * @param {readonly number[]} context
   * @param {number} [beside]
   * @returns {Match[]}
   */
  matches(context, beside) {
    const nearest = context.slice(-LONGEST).reverse();
    /** @type {Match[]} */
    const found = [];
    let [first, last] = [0, this.length];
    for (let order = 1; order <= Math.min(HALF, nearest.length); order++) {
      const count = last - first;
      [first, last] = this.within(nearest.slice(0, order), first, last);
      if (!this.add(found, order, this.places.subarray(first, last), last - first === count, beside)) return found;
    }
    this.longer(nearest, this.places.subarray(first, last), found, beside);
    return found;
  }

  /**
   * The range of those of the places first .. last - 1 whose nearest tokens are these.
   * @param {number[]} nearest
   * @param {number} first
   * @param {number} last
   * @returns {[number, number]}
   */
  within(nearest, first, last) {
    const [a = 0, b = 0, c = 0, d = 0] = nearest;
    const missing = HALF - nearest.length;
    const least = [((a << 16) | b) >>> 0, ((c << 16) | d) >>> 0];
    const ends = [a, b, c, d].map((id, i) => (i >= HALF - missing ? BEFORE_TEXT : id));
    const [p = 0, q = 0, r = 0, s = 0] = ends;
    const most = [((p << 16) | q) >>> 0, ((r << 16) | s) >>> 0];
    return [this.bisect(least, first, last, false), this.bisect(most, first, last, true)];
  }

  /**
   * The first of the places first .. last - 1 that is not before a key or, with `after`, that is after it.
   * @param {number[]} key
   * @param {number} first
   * @param {number} last
   * @param {boolean} after
   */
  bisect([near = 0, further = 0], first, last, after) {
    while (first < last) {
      const middle = (first + last) >> 1;
      const place = num(this.places, middle);
      const order = num(this.near, place) - near || num(this.further, place) - further;
      if (after ? order <= 0 : order < 0) first = middle + 1;
      else last = middle;
    }
    return first;
  }

  /**
   * Add the matches of more than four tokens among some places.
   * @param {number[]} nearest
   * @param {Uint32Array} places
   * @param {Match[]} found
   * @param {number} [beside]
   */
  longer(nearest, places, found, beside) {
    for (let order = HALF + 1; order <= nearest.length; order++) {
      const agreeing = places.filter((place) => this.id(place, order) === nearest[order - 1]);
      if (!this.add(found, order, agreeing, agreeing.length === places.length, beside)) return;
      places = agreeing;
    }
  }

  /**
   * Add what followed at these places, and return whether anything did; `same`: they are those of the
   * order before.
   * @param {Match[]} found
   * @param {number} order
   * @param {Uint32Array} places
   * @param {boolean} same
   * @param {number} [beside]
   */
  add(found, order, places, same, beside) {
    const before = found.at(-1);
    if (same && before) {
      found.push({ ...before, order });
      return true;
    }
    const others = beside === undefined ? places : places.filter((place) => this.origins[place] !== beside);
    const newest = others.length > MOST_PLACES ? others.slice().sort().subarray(-MOST_PLACES) : others;
    if (!newest.length) return false;
    found.push({ order, ...counted(Array.from(newest, (place) => num(this.ids, place))), total: newest.length });
    return true;
  }
}

/**
 * The distinct ids and how often each occurs.
 * @param {number[]} following
 */
function counted(following) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const id of following) counts.set(id, (counts.get(id) ?? 0) + 1);
  const pairs = [...counts];
  if (following.length > FEW) pairs.sort((a, b) => a[0] - b[0]);
  return { ids: pairs.map(([id]) => id), counts: pairs.map(([, count]) => count) };
}

/**
 * How the key of a place compares to that of a place in another index.
 * @param {NgramIndex} a
 * @param {number} place
 * @param {NgramIndex} b
 * @param {number} other
 */
const compareKeys = (a, place, b, other) =>
  num(a.near, place) - num(b.near, other) || num(a.further, place) - num(b.further, other);

/**
 * @template {Uint16Array | Uint32Array} T
 * @param {T} first
 * @param {T} second
 * @returns {T}
 */
function joined(first, second) {
  const both = new /** @type {any} */ (first.constructor)(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/**
 * @param {Uint32Array | Uint16Array} numbers
 * @param {number} at
 */
const num = (numbers, at) => /** @type {number} */ (numbers[at]);
