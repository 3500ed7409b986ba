// The names in a text: whether it contains one, and which begin with what was typed. Secrets are left
// out; names are cached by chunk, so that an edit costs only one chunk.
import { Stopped } from './errors.mjs';
import { pattern } from './pattern.mjs';
import { without } from './secrets.mjs';
import { TABLES } from './tables.mjs';
import { bisect, compare } from './vocabulary.mjs';

const { NAME, LONGEST_NAME } = /** @type {any} */ (TABLES.names);
const name = pattern(NAME);

/** An immutable set of names. */
export class Names {
  /** @param {Iterable<Set<string>>} parts */
  constructor(parts = []) {
    /** @type {Set<string>} */
    this.all = new Set();
    for (const part of parts) for (const one of part) this.all.add(one);
    /** @type {string[] | undefined} */
    this.sorted = undefined;
  }

  /** @param {string} one */
  has(one) {
    return this.all.has(one);
  }

  /**
   * Names longer than `prefix` that begin with it.
   * @param {string} prefix
   */
  beginning(prefix) {
    this.sorted ??= [...this.all].sort(compare);
    const found = [];
    for (let place = bisect(this.sorted, prefix); this.sorted[place]?.startsWith(prefix); place++)
      if (this.sorted[place] !== prefix) found.push(/** @type {string} */ (this.sorted[place]));
    return found;
  }
}

/** Reads the names of texts chunk by chunk; only new chunks are read. */
export class NameCache {
  /** @param {(text: string) => string[]} chunks */
  constructor(chunks) {
    this.chunks = chunks;
    /** @type {Map<string, Set<string>>} */
    this.known = new Map();
  }

  /**
   * The names of some texts together; forgets other texts. Throws Stopped when `stop` says so.
   * @param {string[]} texts
   * @param {import('./stream.mjs').Stop} stop
   * @returns {import('./stream.mjs').Work<Names>}
   */
  *names(texts, stop) {
    /** @type {Map<string, Set<string>>} */
    const kept = new Map();
    for (const chunk of texts.flatMap(this.chunks)) {
      let found = this.known.get(chunk);
      if (!found) {
        yield;
        if (stop()) throw new Stopped();
        this.known.set(chunk, (found = namesOf(without(chunk))));
      }
      kept.set(chunk, found);
    }
    this.known = kept;
    return new Names(kept.values());
  }
}

/**
 * The names of a whole text, without its secrets. Throws Stopped when `stop` says so.
 * @param {string} text
 * @param {import('./stream.mjs').Stop} stop
 * @returns {import('./stream.mjs').Work<Names>}
 */
export function* readNames(text, stop) {
  yield;
  if (stop()) throw new Stopped();
  return new Names([namesOf(without(text))]);
}

/** @param {string} text */
function namesOf(text) {
  /** @type {Set<string>} */
  const found = new Set();
  for (const [one] of name.all(text)) if (one.length <= LONGEST_NAME) found.add(one);
  return found;
}
