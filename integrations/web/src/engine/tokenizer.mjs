// Text to token ids and back, and where a token stream may be cut.
//
// Reads `tokenizer.json` as the library `tokenizers` writes it, for the two kinds that this project
// trains: byte-pair encoding, and single characters. The module of the same name in Python explains
// pieces and the held tail.
import { ModelError } from './errors.mjs';
import { TABLES } from './tables.mjs';
import { fromUtf8, isAscii, utf8, wellFormed } from './text.mjs';

/**
 * A token of a text: its id, where its text ends, and whether it ends a piece.
 * @typedef {{ id: number, end: number, endsPiece: boolean }} Token
 */

const { SPELLINGS } = /** @type {{ SPELLINGS: Record<string, string[]> }} */ (TABLES.tokenizer);
export const { BOS, EOS } = /** @type {{ BOS: string, EOS: string }} */ (TABLES.tokenizer);
export const { SETTLING_CHARACTERS } = /** @type {{ SETTLING_CHARACTERS: number }} */ (TABLES.tokenizer);
const MOST_PIECES = 20_000; // remembered

/** @param {string} language */
export const languageTag = (language) => `<${language}>`;

export class Tokenizer {
  /** @param {any} json the content of `tokenizer.json` */
  constructor(json) {
    const { model, added_tokens: added } = json;
    /** @type {Map<string, number>} */
    this.specials = new Map(added.map((/** @type {any} */ token) => [token.content, token.id]));
    /** @type {Map<string, number>} */
    this.ids = new Map(Object.entries(model.vocab));
    this.size = new Set([...this.ids.keys(), ...this.specials.keys()]).size;
    this.isByteLevel = json.decoder?.type === 'ByteLevel';
    /** @type {Writer} */
    this.writer = writerOf(json, this.ids);
    /** @type {string[] | undefined} */
    this.bytes = undefined;
  }

  /**
   * The id of the token with this role; null if this vocabulary has none.
   * @param {string} name
   */
  special(name) {
    for (const spelling of SPELLINGS[name] ?? [name]) {
      const id = this.specials.get(spelling);
      if (id !== undefined) return id;
    }
    return null;
  }

  /**
   * @param {string} text
   * @returns {number[]}
   */
  encode(text) {
    return this.tokens(text).map((token) => token.id);
  }

  /**
   * The tokens of a text, with the end of each.
   * @param {string} text
   * @returns {Token[]}
   */
  tokens(text) {
    return this.writer.tokens(isAscii(text) ? text : wellFormed(text));
  }

  /**
   * The final tokens of a text, and its held tail: the last piece. With a character vocabulary there is
   * no tail.
   * @param {string} text
   * @returns {{ tokens: Token[], held: string }}
   */
  splitHeld(text) {
    const tokens = this.tokens(text);
    if (!this.isByteLevel || !tokens.length) return { tokens, held: '' };
    let last = tokens.length - 1;
    while (last && !tokens[last - 1]?.endsPiece) last--;
    return { tokens: tokens.slice(0, last), held: text.slice(last ? tokens[last - 1]?.end : 0) };
  }

  /** The bytes that each id stands for, as binary strings; empty for special tokens. */
  get tokenBytes() {
    if (!this.bytes) {
      this.bytes = new Array(this.size).fill('');
      const specials = new Set(this.specials.values());
      for (const [text, id] of this.ids)
        if (!specials.has(id)) this.bytes[id] = this.isByteLevel ? bytesOf(text) : utf8(text);
    }
    return this.bytes;
  }

  /** @param {number[]} ids */
  decode(ids) {
    return fromUtf8(ids.map((id) => this.tokenBytes[id]).join(''), '\ufffd');
  }
}

/**
 * Turns text into tokens, for one kind of vocabulary.
 * @typedef {{ tokens: (text: string) => Token[] }} Writer
 */

/**
 * @param {any} json
 * @param {Map<string, number>} ids
 * @returns {Writer}
 */
function writerOf(json, ids) {
  const { model, normalizer, pre_tokenizer: splitter } = json;
  const parts = splitter?.type === 'Sequence' ? splitter.pretokenizers : [splitter];
  const kinds = parts.map((/** @type {any} */ part) => part?.type).join(' ');
  if (normalizer === null && model.type === 'WordLevel' && kinds === 'Split') return new Characters(ids);
  if (normalizer === null && model.type === 'BPE' && kinds === 'Split ByteLevel' && parts[0].pattern.Regex)
    return new Pairs(ids, model.merges, pieceExpression(parts[0].pattern.Regex));
  throw new ModelError(
    `tokenizer.json: a ${model.type} model with ${kinds || 'no'} pre-tokenizer and ` +
      `${normalizer?.type ?? 'no'} normalizer; in a browser, only the two kinds that this project trains are supported`,
  );
}

/**
 * The split pattern, in which `\s` is Unicode's white space.
 * @param {string} source
 */
function pieceExpression(source) {
  const blank = source.replaceAll('\\s', '\\p{White_Space}').replaceAll('\\S', '\\P{White_Space}');
  return new RegExp(blank, 'gu');
}

/** Every character is a token; those outside the vocabulary are skipped. */
class Characters {
  /** @param {Map<string, number>} ids */
  constructor(ids) {
    this.ids = ids;
  }

  /** @param {string} text */
  tokens(text) {
    /** @type {Token[]} */
    const found = [];
    let end = 0;
    for (const character of text) {
      end += character.length;
      const id = this.ids.get(character);
      if (id !== undefined) found.push({ id, end, endsPiece: true });
    }
    return found;
  }
}

/** Byte-pair encoding: pairs are merged in the order in which they were learned. */
class Pairs {
  /**
   * @param {Map<string, number>} ids
   * @param {(string | [string, string])[]} merges
   * @param {RegExp} piece
   */
  constructor(ids, merges, piece) {
    this.piece = piece;
    /** @type {Map<number, { rank: number, id: number }>} */
    this.merges = new Map();
    merges.forEach((merge, rank) => {
      const [left = '', right = ''] = typeof merge === 'string' ? merge.split(' ') : merge;
      const pair = key(ids.get(left) ?? 0, ids.get(right) ?? 0);
      this.merges.set(pair, { rank, id: ids.get(left + right) ?? 0 });
    });
    this.single = [...BYTE_CHARACTERS].map((character) => ids.get(character) ?? 0);
    /** @type {Map<string, { id: number, end: number }[]>} */
    this.known = new Map();
  }

  /** @param {string} text */
  tokens(text) {
    /** @type {Token[]} */
    const found = [];
    for (const match of text.matchAll(this.piece)) {
      const written = this.written(match[0]);
      const last = written.length - 1;
      written.forEach(({ id, end }, i) => found.push({ id, end: match.index + end, endsPiece: i === last }));
    }
    return found;
  }

  /** @param {string} piece */
  written(piece) {
    let found = this.known.get(piece);
    if (!found) {
      found = this.merged(piece);
      if (this.known.size >= MOST_PIECES) this.known.clear();
      this.known.set(piece, found);
    }
    return found;
  }

  /** @param {string} piece */
  merged(piece) {
    const bytes = utf8(piece);
    const ids = Array.from(bytes, (byte) => this.single[byte.charCodeAt(0)] ?? 0);
    const ends = bytes === piece ? ids.map((_, i) => i + 1) : characterEnds(piece);
    for (;;) {
      let best = -1;
      let merge = { rank: Infinity, id: 0 };
      for (let i = 0; i + 1 < ids.length; i++) {
        const found = this.merges.get(key(ids[i] ?? 0, ids[i + 1] ?? 0));
        if (found && found.rank < merge.rank) [best, merge] = [i, found];
      }
      if (best < 0) return ids.map((id, i) => ({ id, end: ends[i] ?? 0 }));
      ids.splice(best, 2, merge.id);
      ends.splice(best, 1);
    }
  }
}

/**
 * @param {number} left
 * @param {number} right
 */
const key = (left, right) => left * 0x10000 + right;

/**
 * For each byte of a text's UTF-8, the end of its character.
 * @param {string} text
 */
function characterEnds(text) {
  /** @type {number[]} */
  const ends = [];
  let end = 0;
  for (const character of text) {
    end += character.length;
    for (let i = 0; i < utf8(character).length; i++) ends.push(end);
  }
  return ends;
}

/** By byte, the printable character that byte-level vocabularies use for it (GPT-2's table). */
const BYTE_CHARACTERS = (() => {
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(printable ? byte : 0x100 + others++);
  });
})();
const BYTE_OF = new Map(BYTE_CHARACTERS.map((character, byte) => [character, String.fromCharCode(byte)]));

/** @param {string} text */
const bytesOf = (text) => Array.from(text, (character) => BYTE_OF.get(character) ?? '').join('');
