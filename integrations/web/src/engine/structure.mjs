// What a text leaves open: brackets, strings, comments. An incremental scanner, not a parser; the
// module of the same name in Python explains its purpose.
import { endOf, pattern, patterns } from './pattern.mjs';
import { TABLES } from './tables.mjs';
import { firstLine, isAlphabetic, isAlphanumeric, rstrip, strip } from './text.mjs';

/**
 * What is open at a place: brackets by their closers, outermost first, and the end of the string or
 * comment that contains it. `whole`: everything before the place was scanned.
 * @typedef {{ closers: readonly string[], inside: string, whole: boolean }} Open
 * @typedef {{ open: Open, unmatched: [place: number, closer: string][] }} Scanned
 */

const { MOST_SCANNED, CLOSER_OF, CLOSERS, SLASH_STAR, SEMICOLON_LANGUAGES, QUOTES, PROSE } = /** @type {any} */ (
  TABLES.structure
);
const { ASIDE, RESTARTS, ENDS, INSIDE, GRAMMARS, OWN_ENDS, ALONE } = /** @type {any} */ (TABLES.structure);
const aside = pattern(ASIDE);
const restarts = pattern(RESTARTS);
const insides = patterns(INSIDE);
const grammars = patterns(GRAMMARS);

/** @type {Open} */
export const NOTHING_OPEN = { closers: [], inside: '', whole: true };

/**
 * Whether a place is in a comment or a docstring, or in the text of Markdown.
 * @param {Open} open
 * @param {string | null} language
 */
export const isProse = (open, language) => PROSE.includes(open.inside) || (language === 'markdown' && !open.inside);

/**
 * Scan `text`, which follows what `begin` describes.
 * @param {string} text
 * @param {string | null} language
 * @param {Open} begin
 * @returns {Scanned}
 */
function scan(text, language, begin = NOTHING_OPEN) {
  const code = /** @type {import('./pattern.mjs').Pattern} */ (grammars[language ?? ''] ?? grammars['']);
  const closers = [...begin.closers];
  /** @type {[number, string][]} */
  const unmatched = [];
  let { inside } = begin;
  for (let place = 0; ; ) {
    const match = (inside ? insides[inside] ?? code : code).search(text, place);
    if (!match) return { open: { closers, inside, whole: begin.whole }, unmatched };
    const [found] = match;
    place = endOf(match);
    if (inside) {
      if (found[0] !== '\\' || inside === '\n') inside = '';
    } else if (found in CLOSER_OF) closers.push(CLOSER_OF[found]);
    else if (CLOSERS.includes(found)) {
      if (!close(closers, found)) unmatched.push([match.index, found]);
    } else inside = OWN_ENDS[language ?? '']?.[found] ?? ENDS[found] ?? '';
  }
}

/**
 * Close the innermost such bracket, and all that are open inside it; false if none is open.
 * @param {string[]} closers
 * @param {string} found
 */
function close(closers, found) {
  const at = closers.lastIndexOf(found);
  if (at < 0) return false;
  closers.length = at;
  return true;
}

/** What is open at the caret of one buffer; scans only new text, and never far back. */
export class Structure {
  /** @param {string | null} language */
  constructor(language) {
    this.language = language;
    this.begin = 0; // of the scanned lines, in the buffer
    this.known = ''; // the scanned lines, nearest the caret
    this.atEnd = NOTHING_OPEN;
  }

  /**
   * What the text before the caret leaves open.
   * @param {string} before
   */
  at(before) {
    const line = before.lastIndexOf('\n') + 1;
    let known = this.begin + this.known.length;
    const isSame = before.startsWith(this.known, this.begin);
    if (!isSame || line < known || line > known + MOST_SCANNED) {
      this.begin = known = Math.max(0, line - MOST_SCANNED);
      this.known = '';
      this.atEnd = { ...NOTHING_OPEN, whole: !known };
    }
    if (line > known) this.goOn(before.slice(known, line));
    return scan(before.slice(line), this.language, this.atEnd).open;
  }

  /** @param {string} lines */
  goOn(lines) {
    const shown = this.known || !this.begin ? lines : fromABeginning(lines);
    this.atEnd = scan(shown, this.language, this.atEnd).open;
    this.known += lines;
    const surplus = Math.max(0, this.known.length - 2 * MOST_SCANNED);
    this.begin += surplus;
    this.known = this.known.slice(surplus);
  }
}

/**
 * The text from the first line on that is probably neither in a string nor in a bracket.
 * @param {string} lines
 */
function fromABeginning(lines) {
  const found = restarts.search(lines);
  return found ? lines.slice(found.index) : lines;
}

/**
 * Whether a suggestion that ends its line leaves a bracket or a string open that nothing below
 * closes. False if the text below does not show that.
 * @param {string} text
 * @param {Open} open
 * @param {string} after
 * @param {string | null} language
 */
export function leftOpen(text, open, after, language) {
  if (!open.whole || after.length > MOST_SCANNED || !strip(after)) return false;
  const found = scan(text, language, open).open;
  if (QUOTES.includes(found.inside)) return true;
  const below = scan('\n' + after, language, { closers: [], inside: found.inside, whole: true });
  const alone = ALONE[language ?? ''];
  /** @param {readonly string[]} closers */
  const told = (closers) => closers.filter((closer) => closer !== alone).join('');
  return told([...found.closers].reverse()) !== told(below.unmatched.map(([, closer]) => closer));
}

/**
 * Whether a line of code ends a statement, so that the next one, which begins with the character
 * `following`, is not indented more. False if that is not certain.
 * @param {string} line
 * @param {string} following
 * @param {Open} open
 * @param {string | null} language
 */
export function endsStatement(line, following, open, language) {
  const last = rstrip(line).slice(-1);
  if (open.inside || !last || aside.search(line)) return false;
  if (language === 'python') return !open.closers.length && (isAlphanumeric(last) || '_)]}"\''.includes(last));
  if (!SEMICOLON_LANGUAGES.includes(language) || !['}', undefined].includes(open.closers.at(-1))) return false;
  return last === ';' || (last === '}' && (isAlphabetic(following) || following === '_'));
}

/**
 * The place in a suggestion of the first needless end of a bracket or comment: nothing has opened it, or
 * the rest of the line already closes it. The length of `text` if there is none.
 * @param {string} text
 * @param {Open} open
 * @param {string} after
 * @param {string | null} language
 */
export function needless(text, open, after, language) {
  const closing = scan(text, language, { closers: [], inside: open.inside, whole: true }).unmatched;
  const allowed = [...open.closers];
  const end = commentEnd(text, open, language);
  for (const [, closer] of scan(firstLine(after), language).unmatched) close(allowed, closer);
  for (const [place, closer] of closing) {
    if (!allowed.length && closer === '}' && !open.whole) continue; // its block began above the scanned text
    if (closer === ALONE[language ?? ''] && !open.closers.includes(closer)) continue;
    if (allowed.at(-1) !== closer) return Math.min(place, end);
    allowed.pop();
  }
  return end;
}

/**
 * The place of the end of a comment that nothing has begun; the length of `text` if there is none.
 * @param {string} text
 * @param {Open} open
 * @param {string | null} language
 */
function commentEnd(text, open, language) {
  let at = SLASH_STAR.includes(language) ? text.indexOf('*/') : -1;
  for (; at >= 0; at = text.indexOf('*/', at + 2))
    if (!scan(text.slice(0, at), language, open).open.inside && text[at - 1] !== '/') return at;
  return text.length;
}
