// Which tokens fit held text: the vocabulary, sorted by the bytes of its tokens.
import { fromUtf8 } from './text.mjs';

const MOST_PAIRS = 10_000; // in the cache

export class Vocabulary {
  /**
   * @param {import('./tokenizer.mjs').Tokenizer} tokenizer
   * @param {number} size the number of logits
   */
  constructor(tokenizer, size) {
    this.tokenizer = tokenizer;
    /** @type {Map<number, boolean>} */
    this.pairs = new Map();
    /** @type {string[]} */
    this.bytes = Array.from({ length: size }, (_, id) => tokenizer.tokenBytes[id] ?? '');
    this.ids = this.bytes.map((_, id) => id).filter((id) => this.bytes[id]);
    this.ids.sort((a, b) => compare(this.of(a), this.of(b)) || a - b);
    this.sorted = this.ids.map((id) => this.of(id));
    /** @type {Map<string, number>} */
    this.byText = new Map();
    for (const id of [...this.ids].reverse()) this.byText.set(this.of(id), id);
    this.longest = Math.max(0, ...this.sorted.map((text) => text.length));
    /** Ids that stand for no text. */
    this.silent = this.bytes.map((_, id) => id).filter((id) => !this.bytes[id]);
    /** @type {{ names: number[], marks: number[] } | undefined} */
    this.going = undefined;
  }

  /** @param {number} id */
  of(id) {
    return /** @type {string} */ (this.bytes[id]);
  }

  /** The ids of the tokens that continue a word: `names` a name, `marks` punctuation. */
  get continuing() {
    if (!this.going) {
      this.going = { names: [], marks: [] };
      this.bytes.forEach((text, id) => {
        const first = text.charAt(0);
        if (/[A-Za-z0-9_\u0080-\u00ff]/.test(first)) this.going?.names.push(id);
        else if (first && !/[ \t\n\r\f\v]/.test(first)) this.going?.marks.push(id);
      });
    }
    return this.going;
  }

  /**
   * The ids of the tokens whose bytes start with `prefix`.
   * @param {string} prefix
   */
  startingWith(prefix) {
    const first = bisect(this.sorted, prefix);
    let last = first;
    let beyond = this.sorted.length;
    while (last < beyond) {
      const middle = (last + beyond) >> 1;
      if (this.sorted[middle]?.startsWith(prefix)) last = middle + 1;
      else beyond = middle;
    }
    return this.ids.slice(first, last);
  }

  /**
   * Whether the tokenizer itself produces these two tokens next to each other inside a word.
   * @param {number} first
   * @param {number} second
   */
  mayFollow(first, second) {
    const key = first * 0x10000 + second;
    let known = this.pairs.get(key);
    if (known === undefined) {
      known = this.isWritten(first, second);
      if (this.pairs.size < MOST_PAIRS) this.pairs.set(key, known);
    }
    return known;
  }

  /**
   * @param {number} first
   * @param {number} second
   */
  isWritten(first, second) {
    const binary = this.of(first) + this.of(second);
    const text = fromUtf8(binary, '\ufffd');
    if (text.includes('\ufffd') && fromUtf8(binary) !== text) return true; // parts of a character
    const ids = this.tokenizer.encode(text);
    return ids.length === 2 && ids[0] === first && ids[1] === second;
  }

  /**
   * The ids of the tokens that `text` starts with, other than all of it.
   * @param {string} text
   */
  beginning(text) {
    const found = [];
    for (let length = 1; length < Math.min(text.length, this.longest + 1); length++) {
      const id = this.byText.get(text.slice(0, length));
      if (id !== undefined) found.push(id);
    }
    return found;
  }
}

/**
 * @param {string} a
 * @param {string} b
 */
export const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The index at which to insert a text into sorted ones: before equal ones.
 * @param {readonly string[]} sorted
 * @param {string} text
 */
export function bisect(sorted, text) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {string} */ (sorted[middle]) < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
