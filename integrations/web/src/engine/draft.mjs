// Tokens that local text makes a fair guess at, to be run in one step and verified.
import { TABLES } from './tables.mjs';

/**
 * @typedef {import('./ngrams.mjs').Match} Match
 * @typedef {[source: string, matches: Match[]][]} Found by source
 */

const { LEAST_ORDER, MOST_DRAFTED } = /** @type {Record<string, number>} */ (TABLES.draft);

/**
 * At most `most` ids that probably follow `ids`; no further than the end of a line.
 * @param {(ids: readonly number[]) => Found} found
 * @param {readonly string[]} texts the bytes of each id
 * @param {readonly number[]} ids
 * @param {number} most
 */
export function draft(found, texts, ids, most) {
  /** @type {number[]} */
  const drafted = [];
  while (drafted.length < Math.min(most, /** @type {number} */ (MOST_DRAFTED))) {
    const following = onlyFollower(found([...ids, ...drafted]));
    if (following === null) break;
    drafted.push(following);
    if (texts[following]?.includes('\n')) break;
  }
  return drafted;
}

/**
 * The token that followed the longest match, if that is long and always had the same follower.
 * @param {Found} found
 */
function onlyFollower(found) {
  /** @type {Match | undefined} */
  let best;
  for (const [, matches] of found) {
    const longest = matches.at(-1);
    if (longest && (!best || longest.order > best.order)) best = longest;
  }
  if (!best || best.order < /** @type {number} */ (LEAST_ORDER) || best.ids.length > 1) return null;
  return best.ids[0] ?? null;
}
