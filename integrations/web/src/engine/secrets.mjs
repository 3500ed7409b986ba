// Finds what must be neither remembered, nor shown to the model, nor suggested: keys, tokens and
// passwords. Uses the patterns of the Python engine, in the same order.
import { endOf, pattern, patterns } from './pattern.mjs';
import { TABLES } from './tables.mjs';
import { isAlphabetic, isAlphanumeric, isDigits, isSpace, isUpper, lstrip, rstrip } from './text.mjs';
import {
  STRONG, entropy, isInLetters, isKey, isMixed, isPlaceholder, isRandom, isSecret, mayBecome,
} from './values.mjs';

/**
 * @typedef {import('./pattern.mjs').Pattern} Pattern
 * @typedef {RegExpExecArray} Found
 * @typedef {[begin: number, end: number]} Span
 * @typedef {{
 *   before: Pattern, after: Pattern, bare: boolean, only_upper: boolean, only_strong: boolean,
 *   listed: boolean, surely: boolean
 * }} Giving a way to give a value to a name that suggests a secret
 * @typedef {{
 *   hints: string[], pattern: Pattern, groups: string[], judge: string, early: string
 * }} Rule a secret that needs no name
 */

const S = /** @type {any} */ (TABLES.secrets);
const H = /** @type {any} */ (TABLES.shapes);
/** Longer lines are searched in pieces, which overlap by the length of a key. */
export const { LONGEST_LINE, PIECE, LONGEST_BLOCK, LONGEST_LEAD } = /** @type {Record<string, number>} */ (S);
const P = /** @type {Record<string, Pattern>} */ (
  patterns(Object.fromEntries(Object.entries(S).filter(([, value]) => value?.re !== undefined)))
);
/** @param {string} name */
const p = (name) => /** @type {Pattern} */ (P[name]);

/** @type {Giving[]} */
const GIVINGS = S.GIVINGS.map((/** @type {any} */ one) => withPatterns(one));
/** @type {Rule[]} */
const RULES = S.RULES.map((/** @type {any} */ one) => withPatterns(one));
/** @type {Rule[]} */
const LONG_RULES = S.LONG_RULES.map((/** @type {any} */ one) => withPatterns(one));
const MATERIAL = patterns(S.MATERIAL);
/** @type {[string, Pattern, string, Pattern][]} */
const HEADS = S.HEADS.map((/** @type {any} */ [mark, head, last, end]) => [mark, pattern(head), last, pattern(end)]);
const wholeShape = pattern(H.whole);
const cutOffShape = pattern(H.cut_off);

/** @param {Record<string, any>} table */
function withPatterns(table) {
  return Object.fromEntries(
    Object.entries(table).map(([name, value]) => [name, value?.re === undefined ? value : pattern(value)]),
  );
}

/**
 * @param {Found} match
 * @param {string} name
 */
const group = (match, name) => match.groups?.[name] ?? '';

/**
 * The place of a group in the matched text. Matches again for it, because computing the indices of every
 * match is slow.
 * @param {Pattern} shape
 * @param {string} text
 * @param {Found} match
 * @param {string} name
 * @returns {Span}
 */
function spanOf(shape, text, match, name) {
  const expression = shape.expression('dy');
  expression.lastIndex = match.index;
  const [begin = 0, end = 0] = expression.exec(text)?.indices?.groups?.[name] ?? [];
  return [begin, end];
}

/**
 * Values given to names that suggest a secret.
 * @param {string} line
 * @param {string} lowered
 * @param {boolean} cutOff
 * @returns {Span[]}
 */
function given(line, lowered, cutOff) {
  /** @type {Map<string, { span: Span, telling: number }>} */
  const names = new Map();
  for (const stem of p('STEM').all(lowered)) {
    const begin = stem.index;
    const isWithin = isAlphabetic(line.slice(begin - 1, begin)) && !isUpper(line.charAt(begin));
    if (S.SHORT.includes(stem[0]) && begin && isWithin) continue;
    const span = nameAround(line, begin, endOf(stem));
    const kind = Object.entries(stem.groups ?? {}).find(([, text]) => text !== undefined)?.[0] ?? 'weak';
    const telling = Math.max(names.get(String(span))?.telling ?? 0, S.LEVELS[kind]);
    names.set(String(span), { span, telling });
  }
  return [...names.values()].flatMap(({ span: [begin, end], telling }) => {
    const name = line.slice(begin, end);
    if (p('OTHER').test(name)) return [];
    return values(line, begin, end, /^[xX]-/.test(name) ? /** @type {number} */ (STRONG) : telling, cutOff);
  });
}

/**
 * The name that contains a stem; names may contain dots and hyphens, but not begin with them.
 * @param {string} line
 * @param {number} begin
 * @param {number} end
 * @returns {Span}
 */
function nameAround(line, begin, end) {
  const least = Math.max(0, begin - S.LONGEST_NAME);
  let first = begin;
  let place = begin;
  while (place > least && (isAlphanumeric(line.charAt(place - 1)) || '_.-'.includes(line.charAt(place - 1)))) {
    place--;
    if (!'.-'.includes(line.charAt(place))) first = place;
  }
  const after = p('NAME_AFTER').match(line, end);
  return [first, after ? endOf(after) : end];
}

/**
 * @param {string} line
 * @param {number} begin
 * @param {number} end
 * @param {number} telling
 * @param {boolean} cutOff
 * @returns {Span[]}
 */
function values(line, begin, end, telling, cutOff) {
  /** @type {Span[]} */
  const found = [];
  for (const giving of GIVINGS) {
    const match = giving.after.match(line, end);
    if (!match || !giving.before.search(line.slice(0, begin), Math.max(0, begin - 40))) continue;
    if (giving.only_upper && !isUpper(line.slice(begin, end))) continue;
    if (giving.only_strong && telling !== STRONG) continue;
    const value = group(match, 'value');
    if (giving.listed && isInLetters(value)) continue;
    const atEnd = cutOff && endOf(match) === line.length;
    if (isGiven(giving, match, value, telling, atEnd)) found.push(spanOf(giving.after, line, match, 'value'));
  }
  return found;
}

/**
 * @param {Giving} giving
 * @param {Found} match
 * @param {string} value
 * @param {number} telling
 * @param {boolean} atEnd
 */
function isGiven(giving, match, value, telling, atEnd) {
  if (giving.bare)
    return (
      isBareSecret(value, telling) ||
      (giving.surely && atEnd && mayBecome(value, telling) && !isPlaceholder(value))
    );
  return group(match, 'closed') ? isSecret(value, telling) : atEnd && mayBecome(value, telling);
}

/**
 * Whether a value without quotes is secret: one that looks like a name, a type or a number is not, but a
 * password may be a word.
 * @param {string} value
 * @param {number} telling
 */
function isBareSecret(value, telling) {
  if (/^(?:[A-Za-z_][\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+)+|\p{Nd}+)$/v.test(value)) return false;
  const plain = p('PLAIN').isWhole(value);
  if (isAlphabetic(value.replaceAll('_', '')) && (telling !== STRONG || !plain)) return false;
  return isSecret(value, telling);
}

// Secrets that need no name

/** @type {Record<string, (match: Found) => boolean>} */
const JUDGES = {
  _in_header: inHeader,
  _in_query: (match) => isMixed(group(match, 'value')),
  _in_address(match) {
    const password = unquoted(group(match, 'password'));
    return password.length >= 3 && !isPlaceholder(password) && !isDigits(password);
  },
  _will_be_in_address(match) {
    const password = group(match, 'password');
    return !isDigits(password) && !p('CALLED').test(password);
  },
  _after_flag(match) {
    const value = group(match, 'value');
    return value.length >= 4 && !isPlaceholder(value);
  },
  _is_long_key: (match) => isKey(group(match, 'value')),
  _is_line_of_a_key(match) {
    const value = group(match, 'value');
    return [/[a-z]/, /[A-Z]/, /\p{Nd}/v].every((kind) => kind.test(value)) && entropy(value) > 4;
  },
};

/** @param {Found} match */
function inHeader(match) {
  const value = group(match, 'value');
  if (isPlaceholder(value)) return false;
  if (group(match, 'scheme').toLowerCase() === 'basic' && isUserAndPassword(value)) return true;
  return isMixed(value) || isRandom(value);
}

/** @param {string} value */
function isUserAndPassword(value) {
  try {
    return atob(value + '='.repeat((4 - (value.length % 4)) % 4)).includes(':');
  } catch {
    return false;
  }
}

/** @param {string} text */
function unquoted(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Arguments, other than the first, of calls that take a user and a password.
 * @param {string} line
 * @param {boolean} cutOff
 * @returns {Span[]}
 */
function inCalls(line, cutOff) {
  /** @type {Span[]} */
  const found = [];
  for (const call of p('CALL').all(line)) {
    let place = endOf(call);
    let user = false;
    for (let number = 0; number < S.MOST_ARGUMENTS; number++) {
      const argument = p('ARGUMENT').match(line, place);
      if (argument) {
        const atEnd = cutOff && endOf(argument) === line.length;
        if (number && isPassedSecret(argument, user, atEnd)) found.push(spanOf(p('ARGUMENT'), line, argument, 'value'));
        user ||= p('USER').test(argument[0]);
        place = endOf(argument);
      }
      const following = p('TO_NEXT').match(line, place);
      place = following ? endOf(following) : place;
      if (line.charAt(place) !== ',') break;
      place++;
    }
  }
  return found;
}

/**
 * @param {Found} argument
 * @param {boolean} user
 * @param {boolean} atEnd
 */
function isPassedSecret(argument, user, atEnd) {
  const value = group(argument, 'value');
  if (value.includes(' ')) return false;
  if (group(argument, 'closed')) return isPositional(value, user);
  return atEnd && value !== '' && (isPositional(value, user) || (user && !p('CALLED').test(value)));
}

/**
 * @param {string} value
 * @param {boolean} user
 */
function isPositional(value, user) {
  if (value.length < 4 || value.length > 64 || isPlaceholder(value) || p('PLACE').isWhole(value)) return false;
  if (user && p('PLAIN').isWhole(value)) return true;
  return (/\p{Nd}/v.test(value) && /[A-Za-z]/.test(value)) || /[!#&*+=?~\^]/.test(value);
}

/**
 * What to search a line for: only the hints that occur in the whole text.
 * @typedef {{ stems: string[], calls: string[], rules: { rule: Rule, hints: string[] }[], shapes: string[] }} Hints
 */

/** @type {Hints} */
const ALL = {
  stems: S.STEM_HINTS,
  calls: S.CALL_HINTS,
  rules: RULES.map((rule) => ({ rule, hints: rule.hints })),
  shapes: H.HINTS,
};

/**
 * @param {string} text
 * @param {string} lowered
 * @returns {Hints}
 */
function occurringIn(text, lowered) {
  /**
   * @param {string[]} hints
   * @param {string} within
   */
  const present = (hints, within) => hints.filter((hint) => within.includes(hint));
  return {
    stems: present(ALL.stems, lowered),
    calls: present(ALL.calls, lowered),
    rules: ALL.rules
      .map(({ rule, hints }) => ({ rule, hints: present(hints, lowered) }))
      .filter(({ hints }) => hints.length),
    shapes: present(ALL.shapes, text),
  };
}

/**
 * The places of secrets in a text, from left to right; none touches another. With `cutOff`, the text may
 * end in the middle of one, as at a caret.
 * @param {string} text
 * @param {boolean} [cutOff]
 * @returns {Span[]}
 */
export function find(text, cutOff = false) {
  const found = blocks(text);
  const hints = occurringIn(text, text.toLowerCase());
  let place = 0;
  let before = '';
  for (const line of text.split('\n')) {
    const end = place + line.length;
    if (line)
      for (const [begin, stop] of after(lead(before, line), line, cutOff && end === text.length, hints))
        found.push([place + begin, place + stop]);
    place = end + 1;
    before = line;
  }
  return merged(found);
}

/**
 * The end of the line before if it leaves its value to this line: a name that suggests a secret.
 * @param {string} before
 * @param {string} line
 */
export function lead(before, line) {
  const end = rstrip(before.slice(-/** @type {number} */ (LONGEST_LEAD)));
  const lowered = end.toLowerCase();
  if (!end || !isSpace(line.slice(0, 1)) || !S.STEM_HINTS.some((/** @type {string} */ hint) => lowered.includes(hint)))
    return '';
  if ('=:({[>\\'.includes(end.slice(-1))) return p('OPEN_NAME').search(end)?.[0] ?? '';
  if (!lstrip(line).startsWith('value')) return '';
  const match = p('NAME_ALONE').search(end);
  return match ? `${match[0]}, ` : '';
}

/**
 * `inLine` for a line that continues `begun`, the result of `lead`.
 * @param {string} begun
 * @param {string} line
 * @param {boolean} [cutOff]
 * @param {Hints} [hints]
 * @returns {Span[]}
 */
export function after(begun, line, cutOff = false, hints = ALL) {
  if (!begun) return inLine(line, cutOff, hints);
  const indent = line.length - lstrip(line).length;
  const moved = indent - begun.length;
  const spans = inLine(begun + line.slice(indent), cutOff);
  return spans.map(([begin, end]) => /** @type {Span} */ ([begin + moved, end + moved])).filter(([begin]) => begin >= 0);
}

/**
 * Blocks of private keys, over several lines; an incomplete one goes on to the end of the text.
 * @param {string} text
 * @returns {Span[]}
 */
export function blocks(text) {
  /** @type {Span[]} */
  const found = [];
  for (const [mark, head, lastMark, last] of HEADS)
    for (let place = text.indexOf(mark); place >= 0; ) {
      const block = blockAt(text, place, head, lastMark, last);
      if (block) found.push(block);
      place = text.indexOf(mark, block ? block[1] : place + 1);
    }
  return found;
}

/**
 * @param {string} text
 * @param {number} begin
 * @param {Pattern} head
 * @param {string} lastMark
 * @param {Pattern} tail
 * @returns {Span | null}
 */
function blockAt(text, begin, head, lastMark, tail) {
  const first = head.match(text, begin);
  if (!first) return null;
  const limit = endOf(first) + /** @type {number} */ (LONGEST_BLOCK);
  const end = text.slice(0, limit).indexOf(lastMark, endOf(first));
  const last = end < 0 ? null : tail.match(text, end);
  if (!last && text.length > limit) return null;
  if (!holdsAKey(text.slice(endOf(first), last ? end : text.length), last !== null)) return null;
  return [begin, last ? endOf(last) : text.length];
}

/**
 * @param {string} block
 * @param {boolean} ends
 */
function holdsAKey(block, ends) {
  const material = /** @type {Pattern} */ (MATERIAL[String(ends)]);
  return block.split(/\n|\\n/).some((line) => material.isWhole(line.replace(/^[ \t\r"'+,;\\]+|[ \t\r"'+,;\\]+$/g, '')));
}

/**
 * The text without its secrets.
 * @param {string} text
 */
export function without(text) {
  let kept = '';
  let place = 0;
  for (const [begin, end] of find(text)) {
    kept += text.slice(place, begin);
    place = end;
  }
  return kept + text.slice(place);
}

/**
 * `find` for one line.
 * @param {string} line
 * @param {boolean} [cutOff]
 * @param {Hints} [hints]
 * @returns {Span[]}
 */
export function inLine(line, cutOff = false, hints = ALL) {
  const longest = /** @type {number} */ (LONGEST_LINE);
  if (line.length <= longest) return merged(spans(line, cutOff, hints));
  /** @type {Span[]} */
  const found = [];
  for (let begin = 0; begin < line.length; begin += /** @type {number} */ (PIECE)) {
    const piece = line.slice(begin, begin + longest);
    const atEnd = cutOff && begin + piece.length === line.length;
    for (const [first, last] of spans(piece, atEnd, hints)) found.push([begin + first, begin + last]);
  }
  return merged(found);
}

/**
 * @param {string} line
 * @param {boolean} cutOff
 * @param {Hints} hints
 * @returns {Span[]}
 */
function spans(line, cutOff, hints) {
  const lower = line.toLowerCase();
  const lowered = lower.length === line.length ? lower : line;
  /** @param {string[]} all */
  const hinted = (all) => all.some((hint) => lowered.includes(hint));
  /** @type {Span[]} */
  const found = [];
  if (hinted(hints.stems)) found.push(...given(line, lowered, cutOff));
  if (hinted(hints.calls)) found.push(...inCalls(line, cutOff));
  for (const { rule, hints: own } of hints.rules) if (hinted(own)) found.push(...byRule(rule, line, cutOff));
  if (line.length >= S.SHORTEST_LONG && p('LONG').test(line))
    for (const rule of LONG_RULES) found.push(...byRule(rule, line, cutOff));
  if (hints.shapes.some((hint) => line.includes(hint))) {
    for (const match of wholeShape.all(line)) found.push([match.index, endOf(match)]);
    const match = cutOff ? cutOffShape.search(line) : null;
    if (match) found.push([match.index, endOf(match)]);
  }
  return found;
}

/**
 * @param {Rule} rule
 * @param {string} line
 * @param {boolean} cutOff
 * @returns {Span[]}
 */
function byRule(rule, line, cutOff) {
  /** @type {Span[]} */
  const found = [];
  for (const match of rule.pattern.all(line)) {
    const isOpen =
      (rule.groups.includes('closed') && !group(match, 'closed')) ||
      (rule.groups.includes('open') && match.groups?.open !== undefined);
    const judge = /** @type {(match: Found) => boolean} */ (JUDGES[isOpen ? rule.early : rule.judge]);
    if ((!isOpen || (cutOff && endOf(match) === line.length)) && judge(match))
      found.push(spanOf(rule.pattern, line, match, 'value'));
  }
  return found;
}

/**
 * The spans in order, joined where they touch.
 * @param {Span[]} all
 * @returns {Span[]}
 */
export function merged(all) {
  /** @type {Span[]} */
  const found = [];
  for (const [begin, end] of [...all].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = found.at(-1);
    if (begin === end) continue;
    if (last && begin <= last[1]) last[1] = Math.max(end, last[1]);
    else found.push([begin, end]);
  }
  return found;
}
