// When a suggestion may be asked for at all: by default always; as a keystroke-completion model of
// characters is used: at the end of the text, up to 2,048 characters.

/**
 * Whether a suggestion may be asked for, by the characters before and after the caret.
 * @typedef {(before: number, after: number) => boolean} Rules
 */

/** Characters of a text that the strict rules suggest in. */
export const MOST_CHARACTERS = 2_048;

/** @type {Rules} */
export const anywhere = () => true;

/** @type {Rules} */
export const atTheEnd = (before, after) => after === 0 && before <= MOST_CHARACTERS;
