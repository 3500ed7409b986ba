// When a suggestion may be requested at all: always, by default; or only at the end of a text of up to
// 2,048 characters, as keystroke-completion models of characters are used.

/**
 * Whether a suggestion may be requested, by the numbers of characters before and after the caret.
 * @typedef {(before: number, after: number) => boolean} Rules
 */

/** The most characters of a text in which the strict rules allow suggestions. */
export const MOST_CHARACTERS = 2_048;

/** @type {Rules} */
export const anywhere = () => true;

/** @type {Rules} */
export const atTheEnd = (before, after) => after === 0 && before <= MOST_CHARACTERS;
