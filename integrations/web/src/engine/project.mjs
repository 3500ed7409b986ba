// The text of the files beside the open one, as local text that several sessions share.
//
// The caller passes the files one by one, the nearest first. Memory is bounded, secrets are left out,
// and work is done in parts that can be stopped. The module of the same name in Python does the same.
import { ChunkCache } from './local.mjs';
import { readNames } from './names.mjs';
import { NgramIndex } from './ngrams.mjs';
import { never } from './stream.mjs';
import { TABLES } from './tables.mjs';

const { MOST_TOKENS } = /** @type {{ MOST_TOKENS: number }} */ (TABLES.project);

/**
 * @typedef {import('./stream.mjs').Stop} Stop
 */

/**
 * @template T
 * @typedef {import('./stream.mjs').Work<T>} Work
 */

/** Created by `Model.project`, and given to `Model.session`. */
export class Project {
  /**
   * @param {import('./tokenizer.mjs').Tokenizer} tokenizer
   * @param {number} [mostTokens]
   */
  constructor(tokenizer, mostTokens = MOST_TOKENS) {
    this.most = mostTokens;
    this.chunks = new ChunkCache(tokenizer);
    this.index = new NgramIndex();
    /** @type {Map<string, number>} */
    this.origins = new Map();
    /** @type {Map<string, import('./names.mjs').Names>} */
    this.names = new Map();
  }

  /** The number of tokens of all files. */
  get tokens() {
    return this.index.length;
  }

  /** Whether there is no room for another file. */
  get isFull() {
    return this.tokens >= this.most;
  }

  /**
   * Index a file's text in place of its older one; if there is too little room, only its beginning. Where
   * too many places match, files learned first take precedence, unless a text is the `newest`. Throws
   * Stopped when `stop` says so; the same call then goes on from there.
   * @param {string} name
   * @param {string} text
   * @param {{ newest?: boolean, stop?: Stop }} [options]
   * @returns {Work<void>}
   */
  *learn(name, text, { newest = false, stop = never } = {}) {
    const ids = yield* this.chunks.ids(text, stop);
    const names = yield* readNames(text, stop);
    this.forget(name);
    const origin = 1 + Math.max(0, ...this.origins.values());
    this.origins.set(name, origin);
    const learned = new NgramIndex([ids.slice(0, Math.max(0, this.most - this.tokens))], origin);
    this.index = newest ? this.index.followedBy(learned) : learned.followedBy(this.index);
    this.names.set(name, names);
    this.chunks.prune();
  }

  /**
   * Drop the text of a file.
   * @param {string} name
   */
  forget(name) {
    this.names.delete(name);
    const origin = this.origins.get(name);
    if (origin === undefined) return;
    this.origins.delete(name);
    this.index = this.index.without(origin);
  }

  /**
   * Whether a file other than `beside` contains a name.
   * @param {string} word
   * @param {string} beside
   */
  holds(word, beside) {
    return this.others(beside).some((names) => names.has(word));
  }

  /**
   * The names in the files other than `beside` that begin with `prefix`.
   * @param {string} prefix
   * @param {string} beside
   */
  beginning(prefix, beside) {
    return this.others(beside).flatMap((names) => names.beginning(prefix));
  }

  /**
   * What followed the end of `context` in the files other than `beside`.
   * @param {readonly number[]} context
   * @param {string} beside
   */
  matches(context, beside) {
    return this.index.matches(context, this.origins.get(beside));
  }

  /** @param {string} beside */
  others(beside) {
    return [...this.names].filter(([file]) => file !== beside).map(([, names]) => names);
  }
}
