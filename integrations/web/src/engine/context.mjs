// The text that is in the model's state, token by token, and what an edit does to it.
import { locate } from './edits.mjs';
import { TABLES } from './tables.mjs';
import { advance, tail } from './text.mjs';
import { BOS, SETTLING_CHARACTERS, languageTag } from './tokenizer.mjs';

/**
 * @typedef {import('./tokenizer.mjs').Token} Token
 * @typedef {import('./tokenizer.mjs').Tokenizer} Tokenizer
 *
 * The first `keep` entries stay; `tokens` follow them; `held` is left over. `fresh` means that
 * nothing stays and the entries begin with a prompt.
 * @typedef {{ keep: number, tokens: Token[], held: string, fresh: boolean }} Change
 */

/** How much text is looked at to find enough tokens for a fresh start. */
export const { CHARACTERS_PER_TOKEN } = /** @type {{ CHARACTERS_PER_TOKEN: number }} */ (TABLES.context);

export class Context {
  /**
   * @param {Tokenizer} tokenizer
   * @param {string | null} language
   */
  constructor(tokenizer, language) {
    this.tokenizer = tokenizer;
    this.language = language;
    /** @type {Token[]} prompt tokens have no text */
    this.entries = [];
    this.start = 0; // where the entries' text begins in the whole text
    this.pinned = false; // whether they begin with the file
    this.known = ''; // text of the entries and the held tail
  }

  /**
   * How to get from what is known to `text`; null if a fresh start is needed.
   * @param {string} text
   * @param {number} most
   * @returns {Change | null}
   */
  change(text, most) {
    if (!this.entries.length) return null;
    const place = locate(this.known, text, this.start, this.pinned);
    const keep = this.settled(place.common);
    if (!this.hasText(keep) && !this.pinned) return null;
    this.start = place.start;
    const end = keep ? (this.entries[keep - 1]?.end ?? 0) : (this.entries.at(-1)?.end ?? 0);
    const rest = text.slice(place.start + end);
    if (rest.length > most * CHARACTERS_PER_TOKEN) return null;
    const { tokens, held } = this.tokenizer.splitHeld(rest);
    return { keep, tokens: moved(tokens, end), held, fresh: false };
  }

  /**
   * A start for `text` of at most `most` entries.
   * @param {string} text
   * @param {number} most
   * @returns {Change}
   */
  fresh(text, most) {
    const window = tail(text, most * CHARACTERS_PER_TOKEN);
    const { tokens, held } = this.tokenizer.splitHeld(window);
    let prompt = this.prompt(true);
    this.pinned = window.length === text.length && prompt.length + tokens.length <= most;
    let first = 0;
    if (!this.pinned) {
      prompt = this.prompt(false);
      first = firstWholePiece(tokens, most - prompt.length);
    }
    const begin = first ? (tokens[first - 1]?.end ?? 0) : 0;
    this.start = text.length - window.length + begin;
    const entries = prompt.map((id) => ({ id, end: 0, endsPiece: true }));
    return { keep: 0, tokens: [...entries, ...moved(tokens.slice(first), -begin)], held, fresh: true };
  }

  /**
   * Record that `change` was carried out for `text`.
   * @param {Change} change
   * @param {string} text
   */
  apply(change, text) {
    this.entries.splice(change.keep, Infinity, ...change.tokens);
    this.known = text.slice(this.start);
  }

  /**
   * Only the first `count` entries were carried out after all.
   * @param {number} count
   */
  cut(count) {
    this.entries.length = Math.min(count, this.entries.length);
    this.known = this.known.slice(0, advance(this.known, this.entries.at(-1)?.end ?? 0, SETTLING_CHARACTERS));
  }

  /**
   * The oldest `count` entries have left the window.
   * @param {number} count
   */
  drop(count) {
    const gone = this.entries[count - 1]?.end ?? 0;
    this.entries = moved(this.entries.slice(count), -gone);
    this.start += gone;
    this.known = this.known.slice(gone);
    this.pinned = false;
  }

  /**
   * How many entries are certain to stay when so many characters of the known text agree.
   * @param {number} common
   */
  settled(common) {
    let keep = this.entries.length;
    if (common === this.known.length) return keep;
    while (keep && !this.stays(/** @type {Token} */ (this.entries[keep - 1]), common)) keep--;
    return keep;
  }

  /**
   * @param {Token} entry
   * @param {number} common
   */
  stays(entry, common) {
    if (!entry.end) return true; // part of the prompt
    return entry.endsPiece && advance(this.known, entry.end, SETTLING_CHARACTERS) <= common;
  }

  /** @param {number} keep */
  hasText(keep) {
    return keep > 0 && (this.entries[keep - 1]?.end ?? 0) > 0;
  }

  /**
   * What a fresh start puts in front of the text, as the training rows have it.
   * @param {boolean} fromBeginning
   */
  prompt(fromBeginning) {
    const names = fromBeginning ? [BOS] : [];
    if (this.language) names.push(languageTag(this.language));
    const ids = names.map((name) => this.tokenizer.special(name)).filter((id) => id !== null);
    return ids.length ? ids : [this.tokenizer.special(BOS) ?? 0];
  }
}

/**
 * Index of the first token to keep so that at most `most` stay, beginning with a piece. The very
 * first piece may itself have been cut, so it never stays.
 * @param {Token[]} tokens
 * @param {number} most
 */
function firstWholePiece(tokens, most) {
  let first = Math.max(1, tokens.length - Math.max(0, most));
  while (first < tokens.length && !tokens[first - 1]?.endsPiece) first++;
  return Math.min(first, tokens.length);
}

/**
 * @param {Token[]} tokens
 * @param {number} by
 */
const moved = (tokens, by) => tokens.map(({ id, end, endsPiece }) => ({ id, end: end + by, endsPiece }));
