// Ranks texts that a host knows to be possible: usually names. Best-first search over their tokens: a
// candidate is scored further only as long as it might still be among the likeliest.
import { log } from './numbers.mjs';
import { TABLES } from './tables.mjs';
import { utf8 } from './text.mjs';

const { MOST_STEPS = 0, UNREAD = 0 } = /** @type {Record<string, number>} */ (TABLES.candidates);

/**
 * @typedef {import('./decoder.mjs').Decoder} Decoder
 * @typedef {{ cost: number, index: number, read: number }} Candidate
 */

/**
 * Indices into `texts`, likeliest first, with the log probability of each as a whole word.
 * @param {Decoder} decoder
 * @param {(text: string) => number[]} encode
 * @param {string} held
 * @param {readonly string[]} texts
 * @param {number} room
 * @returns {import('./stream.mjs').Work<[index: number, likely: number][]>}
 */
export function* rank(decoder, encode, held, texts, room) {
  const whole = texts.map((text) => encode(held + text));
  const mass = yield* massOf(decoder, held, room);
  /** @type {Candidate[]} */
  const open = whole.map((_, index) => ({ cost: 0, index, read: 0 })).filter(({ index }) => whole[index]?.length);
  /** @type {[number, number][]} */
  const done = [];
  /** @type {Candidate[]} */
  const unread = [];
  let steps = 0;
  while (open.length) {
    const best = open.splice(cheapest(open), 1)[0];
    if (!best) break;
    const { cost, index, read } = best;
    const ids = whole[index] ?? [];
    if (read > ids.length) {
      done.push([index, -cost - mass]);
      continue;
    }
    if (read > room) {
      unread.push(best);
      continue;
    }
    if (!decoder.hasSeen(ids.slice(0, read))) {
      steps++;
      yield;
      if (steps > MOST_STEPS || (steps > 1 && decoder.stop())) {
        open.push(best);
        break;
      }
    }
    open.push({ cost: cost + costOf(decoder, ids, read, held + texts[index]), index, read: read + 1 });
  }
  for (const { cost, index, read } of [...open, ...unread])
    done.push([index, -cost - mass - UNREAD * (1 + (whole[index]?.length ?? 0) - read)]);
  return done.sort((a, b) => b[1] - a[1]);
}

/** @param {Candidate[]} open */
function cheapest(open) {
  let best = 0;
  open.forEach(({ cost, index, read }, at) => {
    const other = /** @type {Candidate} */ (open[best]);
    if ((cost - other.cost || index - other.index || read - other.read) < 0) best = at;
  });
  return best;
}

/**
 * The cost (negative log probability) of the next token, or of the word's end after the last one.
 * @param {Decoder} decoder
 * @param {number[]} ids
 * @param {number} read
 * @param {string} text
 */
function costOf(decoder, ids, read, text) {
  const probabilities = decoder.probabilities(ids.slice(0, read));
  const id = ids[read];
  return id === undefined ? -decoder.logEnd(probabilities, text) : -log(probabilities[id] ?? 0);
}

/**
 * The log probability of the held text itself, whatever follows it.
 * @param {Decoder} decoder
 * @param {string} held
 * @param {number} room
 * @returns {import('./stream.mjs').Work<number>}
 */
function* massOf(decoder, held, room) {
  if (!held) return 0;
  const [first] = yield* decoder.beginnings(utf8(held), room, 1);
  if (!first) return 0;
  let total = 0;
  first.ids.forEach((id, place) => {
    total += log(decoder.probabilities(first.ids.slice(0, place))[id] ?? 0);
  });
  return total - first.total;
}
