// What comes next by the user's own text: the window, the rest of the file, the project. None of it
// leaves the page; memory is bounded.
import { Stopped } from './errors.mjs';
import { NameCache, Names } from './names.mjs';
import { NgramIndex } from './ngrams.mjs';
import { pattern } from './pattern.mjs';
import { without } from './secrets.mjs';
import { TABLES } from './tables.mjs';
import { crc32, rstrip, tail } from './text.mjs';

const { WINDOW, FILE, PROJECT, MOST_CHARACTERS, BEFORE_SHARE, CHUNK_LINES, MOST_LINES_OF_A_KEY, OPEN, LINES } =
  /** @type {any} */ (TABLES.local);
const lines = pattern(LINES);
const MOST_BEFORE = Math.trunc(BEFORE_SHARE * MOST_CHARACTERS);

/** @typedef {import('./stream.mjs').Stop} Stop */

/**
 * @template T
 * @typedef {import('./stream.mjs').Work<T>} Work
 */

/** The tokens of texts without their secrets; only new chunks are tokenised. */
export class ChunkCache {
  /** @param {import('./tokenizer.mjs').Tokenizer} tokenizer */
  constructor(tokenizer) {
    this.tokenizer = tokenizer;
    /** @type {Map<string, number[]>} */
    this.known = new Map();
  }

  /**
   * @param {string} text
   * @param {Stop} stop
   * @returns {Work<number[]>}
   */
  *ids(text, stop) {
    /** @type {number[]} */
    const found = [];
    for (const chunk of chunks(text)) {
      let ids = this.known.get(chunk);
      if (!ids) {
        yield;
        if (stop()) throw new Stopped();
        this.known.set(chunk, (ids = this.tokenizer.encode(without(chunk))));
      }
      for (const id of ids) found.push(id);
    }
    return found;
  }

  /** @param {string[]} texts */
  prune(...texts) {
    const kept = texts.flatMap(chunks);
    this.known = new Map(kept.map((chunk) => [chunk, this.known.get(chunk) ?? []]));
  }
}

/** The local text of one session, as indices of what follows what. */
export class LocalText {
  /**
   * @param {import('./tokenizer.mjs').Tokenizer} tokenizer
   * @param {import('./project.mjs').Project | null} [project]
   * @param {string} [name] the file's name in the project, whose copy of it does not count
   */
  constructor(tokenizer, project = null, name = '') {
    this.cache = new ChunkCache(tokenizer);
    this.project = project;
    this.name = name;
    this.learned = ['', ''];
    this.nameCache = new NameCache(chunks);
    this.names = new Names(); // those learned from the file around the window
    /** @type {NgramIndex | null} */
    this.file = null;
    /** @type {NgramIndex | null} */
    this.window = null;
    this.windowIds = '';
  }

  /**
   * Index the file around the window; `before` ends where the window begins. Returns false if it is
   * indexed already. Throws Stopped when `stop` says so.
   * @param {string} before
   * @param {string} after
   * @param {Stop} stop
   * @returns {Work<boolean>}
   */
  *learn(before, after, stop) {
    const above = wholeLines(tail(before, MOST_BEFORE), before.length <= MOST_BEFORE);
    const below = wholeLines(after.slice(0, MOST_CHARACTERS - MOST_BEFORE), false);
    if (above === this.learned[0] && below === this.learned[1]) return false;
    const texts = [yield* this.cache.ids(below, stop), yield* this.cache.ids(above, stop)];
    yield;
    this.file = new NgramIndex(texts);
    this.names = yield* this.nameCache.names([below, above], stop);
    this.cache.prune(below, above);
    this.learned = [above, below];
    return true;
  }

  /**
   * Whether another file of the project contains a name.
   * @param {string} name
   */
  inProject(name) {
    return this.project?.holds(name, this.name) ?? false;
  }

  /**
   * The names in the file around the window and in the project that begin with `prefix`.
   * @param {string} prefix
   */
  beginning(prefix) {
    return [...this.names.beginning(prefix), ...(this.project?.beginning(prefix, this.name) ?? [])];
  }

  /**
   * Index the window's ids, if they have changed.
   * @param {number[]} window
   */
  follow(window) {
    const key = window.join(' ');
    if (this.window && this.windowIds === key) return;
    this.windowIds = key;
    this.window = new NgramIndex([window]);
  }

  /**
   * What followed the end of `context`, by source, the nearest last.
   * @param {readonly number[]} context
   * @returns {import('./draft.mjs').Found}
   */
  found(context) {
    /** @type {import('./draft.mjs').Found} */
    const found = [];
    if (this.project) found.push([PROJECT, this.project.matches(context, this.name)]);
    if (this.file) found.push([FILE, this.file.matches(context)]);
    if (this.window) found.push([WINDOW, this.window.matches(context)]);
    return found;
  }
}

/**
 * `text` without incomplete lines: the last and, unless `text` `begins` with a whole line, the first.
 * @param {string} text
 * @param {boolean} begins
 */
export const wholeLines = (text, begins) =>
  text.slice(begins ? 0 : text.indexOf('\n') + 1, text.lastIndexOf('\n') + 1);

/**
 * Split at lines chosen by their content, so that an edit changes only one chunk; never inside a
 * private key, nor after a line whose value may be on the next one.
 * @param {string} text
 */
export function chunks(text) {
  /** @type {string[]} */
  const found = [];
  let current = '';
  let block = 0;
  for (const [line] of lines.all(text)) {
    current += line;
    block = linesOfAKeyLeft(line, block);
    const stripped = rstrip(line);
    if (block || OPEN.some((/** @type {string} */ end) => stripped.endsWith(end))) continue;
    if (crc32(line) % CHUNK_LINES) continue;
    found.push(current);
    current = '';
  }
  return current ? [...found, current] : found;
}

/**
 * @param {string} line
 * @param {number} left
 */
function linesOfAKeyLeft(line, left) {
  if (line.includes('-----BEGIN') && line.includes('PRIVATE KEY')) return MOST_LINES_OF_A_KEY;
  return line.includes('-----END') ? 0 : Math.max(0, left - 1);
}
