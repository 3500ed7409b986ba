// Text as Python sees it: which characters are blanks, letters or digits, and UTF-8 in binary strings.
//
// A binary string has one byte in each character. Such strings compare and slice like bytes, and can be
// keys of maps.

const BLANK = '[\\p{White_Space}\\u{1c}-\\u{1f}]';
const LEADING = new RegExp(`^${BLANK}+`, 'v');
const TRAILING = new RegExp(`${BLANK}+$`, 'v');
const ONLY_BLANKS = new RegExp(`^${BLANK}+$`, 'v');
const ALPHANUMERIC = /^[\p{L}\p{N}]+$/v;
const ALPHABETIC = /^\p{L}+$/v;
const NUMERIC = /^[\p{Nd}\p{No}]+$/v;
const IDENTIFIER = /^[\p{ID_Start}_]\p{ID_Continue}*$/v;

/** @param {string} text */
export const lstrip = (text) => text.replace(LEADING, '');

/** @param {string} text */
export const rstrip = (text) => text.replace(TRAILING, '');

/** @param {string} text */
export const strip = (text) => rstrip(lstrip(text));

/**
 * The text without any of some characters at its end.
 * @param {string} text
 * @param {string} characters
 */
export function rstripOf(text, characters) {
  let end = text.length;
  while (end && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/**
 * The text without any of some characters at its beginning.
 * @param {string} text
 * @param {string} characters
 */
export function lstripOf(text, characters) {
  let begin = 0;
  while (begin < text.length && characters.includes(text.charAt(begin))) begin++;
  return text.slice(begin);
}

/** @param {string} text */
export const isSpace = (text) => ONLY_BLANKS.test(text);

/** @param {string} text */
export const isAlphanumeric = (text) => ALPHANUMERIC.test(text);

/** @param {string} text */
export const isAlphabetic = (text) => ALPHABETIC.test(text);

/** @param {string} text */
export const isDigits = (text) => NUMERIC.test(text);

/** @param {string} text */
export const isIdentifier = (text) => IDENTIFIER.test(text);

/** @param {string} text */
export const isUpper = (text) => text === text.toUpperCase() && text !== text.toLowerCase();

/**
 * The text after the last line end.
 * @param {string} text
 */
export const lastLine = (text) => text.slice(text.lastIndexOf('\n') + 1);

/**
 * The text before the first line end.
 * @param {string} text
 */
export const firstLine = (text) => {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
};

/**
 * The text after the first line end; empty if there is none.
 * @param {string} text
 */
export const afterFirstLine = (text) => {
  const end = text.indexOf('\n');
  return end < 0 ? '' : text.slice(end + 1);
};

/**
 * The last `count` UTF-16 code units; one fewer if that would split a character.
 * @param {string} text
 * @param {number} count
 */
export function tail(text, count) {
  const begin = Math.max(0, text.length - count);
  return text.slice(begin && isLow(text.charCodeAt(begin)) ? begin + 1 : begin);
}

/** @param {number} unit */
const isHigh = (unit) => unit >= 0xd800 && unit < 0xdc00;

/** @param {number} unit */
export const isLow = (unit) => unit >= 0xdc00 && unit < 0xe000;

/**
 * The text with "?" for each lone surrogate, which UTF-8 cannot encode.
 * @param {string} text
 */
export const wellFormed = (text) => text.replace(/\p{Surrogate}/gv, '?');

/** @param {string} text */
export const isAscii = (text) => !/[^\u0000-\u007f]/.test(text);

const encoder = new TextEncoder();

/**
 * The UTF-8 of a text, as a binary string.
 * @param {string} text
 */
export function utf8(text) {
  if (isAscii(text)) return text;
  let binary = '';
  for (const byte of encoder.encode(wellFormed(text))) binary += String.fromCharCode(byte);
  return binary;
}

/**
 * The text of a binary string, with `instead` for each byte that is not UTF-8.
 * @param {string} binary
 * @param {string} instead
 */
export function fromUtf8(binary, instead = '') {
  if (isAscii(binary)) return binary;
  let text = '';
  for (let at = 0; at < binary.length; ) {
    const length = sequenceLength(binary, at);
    text += length ? character(binary, at, length) : instead;
    at += length || 1;
  }
  return text;
}

const LEAST = [0, 0, 0x80, 0x800, 0x10000];

/**
 * The number of bytes of the character at `at`; 0 if there is no valid one.
 * @param {string} binary
 * @param {number} at
 */
function sequenceLength(binary, at) {
  const first = binary.charCodeAt(at);
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first < 0xe0 ? 2 : first < 0xe0 ? 0 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (!length || at + length > binary.length) return 0;
  for (let i = 1; i < length; i++) if ((binary.charCodeAt(at + i) & 0xc0) !== 0x80) return 0;
  const code = codePoint(binary, at, length);
  const surrogate = code >= 0xd800 && code < 0xe000;
  return code < (LEAST[length] ?? 0) || code > 0x10ffff || surrogate ? 0 : length;
}

/**
 * @param {string} binary
 * @param {number} at
 * @param {number} length
 */
function codePoint(binary, at, length) {
  let code = binary.charCodeAt(at) & (length === 1 ? 0x7f : 0xff >> (length + 1));
  for (let i = 1; i < length; i++) code = (code << 6) | (binary.charCodeAt(at + i) & 0x3f);
  return code;
}

/**
 * @param {string} binary
 * @param {number} at
 * @param {number} length
 */
const character = (binary, at, length) => String.fromCodePoint(codePoint(binary, at, length));

/**
 * The end of the next `count` characters after `at`.
 * @param {string} text
 * @param {number} at
 * @param {number} count
 */
export function advance(text, at, count) {
  let end = at;
  for (let i = 0; i < count; i++) end += isHigh(text.charCodeAt(end)) && isLow(text.charCodeAt(end + 1)) ? 2 : 1;
  return end;
}

const CRC = new Uint32Array(256).map((_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/**
 * The CRC-32 of a text's UTF-8.
 * @param {string} text
 */
export function crc32(text) {
  const binary = utf8(text);
  let crc = 0xffffffff;
  for (let i = 0; i < binary.length; i++) crc = (CRC[(crc ^ binary.charCodeAt(i)) & 255] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
