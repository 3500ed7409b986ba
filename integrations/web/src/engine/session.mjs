// One open buffer: what the user sees before the caret in, a suggestion out.
//
// Everything that takes time is work in small parts: whoever carries it out may look for newer
// requests between them, and stops it with `stop`. The module of the same name in Python does the
// same; what is not here is listed in docs/web.md.
import { rank } from './candidates.mjs';
import { Caret, LONGEST_LINE } from './caret.mjs';
import { visible } from './clean.mjs';
import { CHARACTERS_PER_TOKEN, Context } from './context.mjs';
import { Decoded, Decoder, ended } from './decoder.mjs';
import { draft } from './draft.mjs';
import { Stopped } from './errors.mjs';
import { LEAST_OF_THRESHOLD, featuresOf, lengthOf, nameOf, needed, spared } from './gate.mjs';
import { Infill, SPARE, bestFirst, tailOf, weightsOf } from './infill.mjs';
import { LocalText } from './local.mjs';
import { Mask, masked, reaches } from './masks.mjs';
import { LONGEST } from './ngrams.mjs';
import { choose } from './ends.mjs';
import { Stream, never } from './stream.mjs';
import { Structure, isProse } from './structure.mjs';
import { SHORTEST, firstPart } from './suggestion.mjs';
import { isAlphanumeric, isIdentifier, strip, tail, utf8 } from './text.mjs';
import { EOS } from './tokenizer.mjs';
import { largestRoom, startLength } from './window.mjs';

/**
 * @typedef {import('./gate.mjs').Facts} Facts
 * @typedef {import('./stream.mjs').Stop} Stop
 * @typedef {import('./suggestion.mjs').Suggestion} Suggestion
 *
 * What `sync` did, in tokens, and the held tail of the text.
 * @typedef {{ kept: number, dropped: number, stepped: number, held: string }} SyncReport
 *
 * @typedef {{
 *   maxTokens?: number, deadlineMs?: number | null, threshold?: number | null, stop?: Stop
 * }} Wishes
 */

/**
 * @template T
 * @typedef {import('./stream.mjs').Work<T>} Work
 */

const LEAST_TYPED = 2; // letters of a name that must stand there for known names to be offered
const RANKS = 3; // beginnings that are tried for each alternative asked for
const MOST_NAMES = 4; // known names that fit the letters typed
const MOST_NAME = 16; // tokens of a name
const MOST_TAIL = 6; // tokens after the caret by which the end of a suggestion is judged
const MORE_CHARACTERS = 1_000; // looked through for secrets above what the window may need
const MOST_FOUND = 128; // contexts whose matches in local text are remembered
const MAX_TOKENS = 32;
const DEADLINE_MS = 80;

/** Created by `Model.session`; cheap. */
export class Session {
  /**
   * @param {import('./model.mjs').Model} model
   * @param {string | null} language
   * @param {{ chunk?: number | undefined, project?: import('./project.mjs').Project | null, name?: string }} [more]
   */
  constructor(model, language, { chunk, project = null, name = '' } = {}) {
    this.model = model;
    this.stream = new Stream(model.program, model.config, chunk);
    this.context = new Context(model.tokenizer, language !== null && model.languages.includes(language) ? language : null);
    this.localText = new LocalText(model.tokenizer, project, name);
    /** @type {import('./decoder.mjs').Seen} behind the context as it is */
    this.seen = new Map();
    this.mask = new Mask();
    this.structure = new Structure(language);
    this.caret = new Caret();
    this.held = '';
    this.inSecret = false;
    this.hurried = false; // whether the last suggestion was cut short by its deadline
    /** @type {Set<string> | null} */
    this.fitting = null;
  }

  /** Tokens run through the model so far, for context and for suggestions. */
  get steps() {
    return this.stream.steps;
  }

  /** Its state may be given to another session. */
  release() {
    this.stream.release();
  }

  /**
   * Bring the state to the text before the caret, running only what is new. Throws Stopped, with
   * the state whole, when `stop` says so between chunks of a long replay.
   * @param {string} before
   * @param {string} [after]
   * @param {Stop} [stop]
   * @returns {Work<SyncReport>}
   */
  *sync(before, after = '', stop = never) {
    const { context, stream } = this;
    const most = startLength(this.model.config);
    const had = context.entries.length;
    const { steps } = stream;
    const near = Math.max(context.known.length, most * CHARACTERS_PER_TOKEN) + MORE_CHARACTERS;
    const seen = this.mask.apply(before, near);
    let change = context.change(seen.text, most);
    if (!change || !stream.canCut(change.keep)) {
      change = context.fresh(seen.text, most);
      if (stream.origin) stream.restart();
    }
    this.caret = new Caret(before, after, this.structure.language, this.structure.at(before));
    this.held = change.held;
    this.inSecret = reaches(seen, change.held.length);
    this.fitting = null;
    const rolled = yield* this.carryOut(change, seen.text, stop);
    const kept = change.fresh ? 0 : change.keep;
    return {
      kept: Math.max(0, kept - rolled),
      dropped: had - kept + rolled,
      stepped: stream.steps - steps,
      held: change.held,
    };
  }

  /**
   * Apply a change to context and stream; gives how many entries left the window.
   * @param {import('./context.mjs').Change} change
   * @param {string} before
   * @param {Stop} stop
   * @returns {Work<number>}
   */
  *carryOut(change, before, stop) {
    if (change.fresh || change.tokens.length || change.keep < this.context.entries.length) this.seen.clear();
    this.context.apply(change, before);
    const ids = change.tokens.map((token) => token.id);
    const room = largestRoom(this.model.config);
    let position = change.keep;
    let rolled = 0;
    try {
      for (let first = 0; first < ids.length; first += room) {
        const part = ids.slice(first, first + room);
        const gone = yield* this.makeRoom(position, part.length);
        position -= gone;
        rolled += gone;
        yield* this.stream.follow(position, part, stop);
        position += part.length;
      }
    } catch (error) {
      if (error instanceof Stopped) this.context.cut(this.stream.ids.length);
      throw error;
    }
    return rolled;
  }

  /**
   * @param {number} length
   * @param {number} room
   * @returns {Work<number>}
   */
  *makeRoom(length, room) {
    const gone = yield* this.stream.makeRoom(length, room);
    if (gone) {
      this.context.drop(gone);
      this.seen.clear();
    }
    return gone;
  }

  /**
   * Index the synced file around the window, so that suggestions follow its habits. For idle
   * moments. Throws Stopped when `stop` says so; the next call goes on from there.
   * @param {Stop} [stop]
   * @returns {Work<void>}
   */
  *learn(stop = never) {
    if (!this.model.tuning.mixer) return;
    const { before, after } = this.caret;
    if (yield* this.localText.learn(before.slice(0, this.context.start), after, stop)) this.seen.clear();
  }

  /**
   * A suggestion for the synced text, or null if there is nothing worth showing. `threshold` is
   * the least confidence to show (0 shows everything; null: the model's own).
   * @param {Wishes} [wishes]
   * @returns {Work<Suggestion | null>}
   */
  *suggest({ maxTokens = MAX_TOKENS, deadlineMs = DEADLINE_MS, threshold = null, stop = never } = {}) {
    const least = threshold ?? this.model.tuning.threshold;
    const late = deadline(deadlineMs, stop);
    const facts = yield* this.propose(maxTokens, late, least);
    let found = this.shown(facts, least);
    if (!found && least > 0 && !late()) found = this.shown(yield* this.proposeName(late), least);
    this.hurried = late() && !stop();
    return found;
  }

  /**
   * As much of what is proposed as is worth showing.
   * @param {Facts | null} facts
   * @param {number} least
   * @returns {Suggestion | null}
   */
  shown(facts, least) {
    if (!facts || (least > 0 && strip(facts.text).length < SHORTEST)) return null;
    const weighed = this.weighed(facts);
    const length = lengthOf(facts);
    if (weighed.confidence < needed(least, spared(facts, length))) return null;
    if (least <= 0) return weighed;
    const text = facts.text.slice(0, length?.characters ?? facts.text.length);
    return { ...weighed, text, parts: partsOf({ ...facts, text }) };
  }

  /**
   * At most `count` suggestions that begin otherwise than `suggest`'s, best first.
   * @param {number} count
   * @param {Wishes} [wishes]
   * @returns {Work<Suggestion[]>}
   */
  *alternatives(count, { maxTokens = MAX_TOKENS, deadlineMs = DEADLINE_MS, stop = never } = {}) {
    const late = deadline(deadlineMs, stop);
    const proposed = [yield* this.propose(maxTokens, late)];
    for (let number = 1; number <= RANKS * count; number++) {
      if (late() || new Set(proposed.flatMap((facts) => facts?.firstWord ?? [])).size > count) break;
      proposed.push(yield* this.propose(maxTokens, late, 0, number));
    }
    const found = othersOf(proposed, count).map((facts) => this.weighed(facts));
    return found.sort((a, b) => b.confidence - a.confidence);
  }

  /**
   * Names that somebody knows to be possible at the caret, the likeliest first. Those that do not
   * begin with `typed` are left out: by default the letters of the name before the caret. Where the
   * time passes, what was not read comes last.
   * @param {readonly string[]} candidates
   * @param {{ deadlineMs?: number | null, typed?: string | null, stop?: Stop }} [wishes]
   * @returns {Work<import('./suggestion.mjs').Ranked[]>}
   */
  *rank(candidates, { deadlineMs = DEADLINE_MS, typed = null, stop = never } = {}) {
    const late = deadline(deadlineMs, stop);
    const begun = typed ?? this.caret.typed;
    const names = [...new Set(candidates)].filter((name) => name.startsWith(begun));
    const texts = names.map((name) => name.slice(begun.length));
    const ranked = yield* this.ranked(texts, late);
    return ranked.map(([at, likely]) => ({
      name: names[at] ?? '',
      text: texts[at] ?? '',
      probability: Math.min(1, Math.exp(likely)),
    }));
  }

  /**
   * Places of texts in the order of their log probability at the caret, with it.
   * @param {readonly string[]} texts
   * @param {Stop} stop
   */
  *ranked(texts, stop) {
    const decoder = yield* this.decoder(MOST_NAME, stop, null);
    /** @param {string} text */
    const encode = (text) => this.model.tokenizer.encode(text);
    return yield* rank(decoder, encode, this.held, texts, this.room(MOST_NAME));
  }

  /**
   * @param {Facts} facts
   * @returns {Suggestion}
   */
  weighed(facts) {
    return { text: facts.text, confidence: this.confidence(facts), parts: partsOf(facts) };
  }

  /**
   * What the model would begin with, likeliest first, whether it is worth showing or not.
   * @param {number} count
   * @returns {Work<import('./suggestion.mjs').Part[]>}
   */
  *beginnings(count) {
    if (!this.context.entries.length || this.inSecret) return [];
    const decoder = yield* this.decoder(MAX_TOKENS, never, null);
    const held = utf8(this.held);
    const found = yield* decoder.beginnings(held, this.most(MAX_TOKENS), count);
    return found
      .slice(0, count)
      .map(({ ids, total }) => ({ text: visible(decoder.textOf(ids, held)), probability: Math.exp(total) }));
  }

  /** @param {Facts} facts */
  confidence(facts) {
    return this.model.tuning.gate.confidence(featuresOf(facts), this.context.language);
  }

  /**
   * What `suggest` would weigh: the text, and how it came about. Once the confidence is below
   * `least`, no more is decoded. `rank` counts beginnings, the likeliest being 0.
   * @param {number} maxTokens
   * @param {Stop} [stop]
   * @param {number} [least]
   * @param {number} [rank]
   * @returns {Work<Facts | null>}
   */
  *propose(maxTokens, stop = never, least = 0, rank = 0) {
    if (!this.context.entries.length) throw new Error('a suggestion before sync(): the session has no text yet');
    if (this.inSecret) return null;
    const decoder = yield* this.decoder(maxTokens, stop, least > 0 ? this.hopelessBelow(least) : null);
    const room = this.room(maxTokens);
    const goal = masked(this.caret.goal().slice(0, LONGEST_LINE));
    if (goal) {
      const infill = this.infill(decoder, goal, room);
      if (infill.fits(utf8(this.held))) {
        const filled = yield* this.filled(infill, maxTokens, rank);
        if (filled || !goal.startsWith('\n')) return filled;
      }
    }
    const rule = choose(this.caret.before, this.caret.after, this.caret.language);
    const decoded = yield* decoder.decode(utf8(this.held), this.most(maxTokens), rule, rank);
    const text = this.caret.fit(ended(decoded));
    if (this.caret.isLeftOpen(text)) {
      const infill = this.infill(decoder, masked(this.caret.after.slice(0, LONGEST_LINE)), room);
      const whole = yield* this.filled(infill, maxTokens, rank);
      if (whole && !this.caret.isLeftOpen(whole.text)) return whole;
    }
    return strip(text) ? this.facts(decoder, decoded, text) : null;
  }

  /**
   * Whether what was decoded so far cannot be worth showing, however it goes on.
   * @param {number} least
   * @returns {import('./decoder.mjs').Hopeless}
   */
  hopelessBelow(least) {
    /** @type {Set<string>} */
    const weighed = new Set();
    return (decoded, decoder) => {
      const word = firstPart(decoded.text);
      if (!strip(word) || weighed.has(word)) return false;
      if (word === decoded.text) return this.hope(decoded, word) < LEAST_OF_THRESHOLD * least; // it may still grow
      weighed.add(word);
      return this.confidence(this.facts(decoder, decoded, decoded.text)) < LEAST_OF_THRESHOLD * least;
    };
  }

  /**
   * The most that confidence can become, however a text goes on.
   * @param {Decoded} decoded
   * @param {string} word
   */
  hope(decoded, word) {
    const facts = this.growing(decoded, decoded.text, word);
    return this.model.tuning.gate.hope(featuresOf(facts), this.context.language);
  }

  /**
   * @param {Decoder} decoder
   * @param {Decoded} decoded
   * @param {string} text
   * @returns {Facts}
   */
  facts(decoder, decoded, text) {
    const word = firstPart(text);
    const name = nameOf(this.caret.before, word);
    return {
      ...this.growing(decoded, text, word),
      logBoundary: decoder.logBoundary(decoded, word),
      logText: decoded.logProbability(text.length),
      known: this.known(name),
      onlyKnown: this.onlyKnown() === name,
    };
  }

  /**
   * What holds already of a text whose first word may still grow.
   * @param {Decoded} decoded
   * @param {string} text
   * @param {string} word
   * @returns {Facts}
   */
  growing(decoded, text, word) {
    return {
      before: tail(this.caret.before, 200),
      held: this.held,
      text,
      firstWord: word,
      logFirstWord: decoded.logProbability(word.length),
      logBoundary: 0,
      known: '',
      onlyKnown: false,
      prose: isProse(this.caret.open, this.caret.language),
      after: this.caret.rest,
      logFit: 0,
      logGap: 0,
      logText: null,
      marks: decoded.marks,
    };
  }

  /**
   * Where a name stands already, the nearest place counting.
   * @param {string} name
   */
  known(name) {
    if (!isIdentifier(name)) return '';
    if (this.caret.isNear(name)) return 'near';
    if (this.localText.names.has(name)) return 'file';
    return this.localText.inProject(name) ? 'project' : '';
  }

  /** The only name known that begins with the letters typed, if there is one. */
  onlyKnown() {
    const fitting = this.fittingNames();
    return fitting.size === 1 ? [...fitting][0] : '';
  }

  /** The known names that begin with the letters typed and go on. */
  fittingNames() {
    const { typed } = this.caret;
    const none = typed.length < LEAST_TYPED || this.inSecret;
    this.fitting ??= new Set(none ? [] : [...this.caret.beginning(typed), ...this.localText.beginning(typed)]);
    return this.fitting;
  }

  /**
   * The rest of the likeliest known name that begins with the letters typed; null if there is
   * none, or too many to tell.
   * @param {Stop} [stop]
   * @returns {Work<Facts | null>}
   */
  *proposeName(stop = never) {
    const typed = this.caret.typed.length;
    const texts = [...this.fittingNames()].sort().map((name) => name.slice(typed));
    if (!texts.length || texts.length > MOST_NAMES || isAlphanumeric(this.caret.rest.slice(0, 1))) return null;
    const [best] = yield* this.ranked(texts, stop);
    if (!best) return null;
    const [index, likely] = best;
    const text = texts[index] ?? '';
    const decoded = new Decoded([], likely);
    decoded.text = text;
    decoded.marks = [[text.length, likely]];
    return this.facts(yield* this.decoder(MOST_NAME, stop, null), decoded, this.caret.fit(text));
  }

  /**
   * @param {Decoder} decoder
   * @param {string} goal
   * @param {number} room
   */
  infill(decoder, goal, room) {
    const { tokenizer } = this.model;
    return new Infill(decoder, (text) => tokenizer.encode(text), tailOf(goal, tokenizer, MOST_TAIL), room);
  }

  /**
   * The best text between the caret and what must follow, or one of a lower `rank`.
   * @param {Infill} infill
   * @param {number} maxTokens
   * @param {number} rank
   * @returns {Work<Facts | null>}
   */
  *filled(infill, maxTokens, rank) {
    const found = yield* infill.fill(utf8(this.held), this.most(maxTokens), choose(this.caret.before, '', this.caret.language));
    const fitting = new Map(found.map((one) => [one, this.caret.fit(one.decoded.text)]));
    const best = bestFirst(found.filter((one) => strip(fitting.get(one) ?? '')), firstPart)[rank];
    if (!best) return null;
    const facts = this.facts(infill.decoder, best.decoded, fitting.get(best) ?? '');
    return { ...facts, ...weightsOf(found, best, firstPart) };
  }

  /** @param {number} maxTokens */
  most(maxTokens) {
    return Math.min(maxTokens + utf8(this.held).length, largestRoom(this.model.config));
  }

  /**
   * For a text of so many tokens, and for what must follow it.
   * @param {number} maxTokens
   */
  room(maxTokens) {
    return Math.min(this.most(maxTokens) + MOST_TAIL + SPARE, largestRoom(this.model.config));
  }

  /**
   * @param {number} maxTokens
   * @param {Stop} stop
   * @param {import('./decoder.mjs').Hopeless | null} hopeless
   * @returns {Work<Decoder>}
   */
  *decoder(maxTokens, stop, hopeless) {
    const { tokenizer, vocabulary } = this.model;
    yield* this.makeRoom(this.context.entries.length, this.room(maxTokens));
    const base = this.context.entries.length;
    const local = this.local();
    return new Decoder(this.stream, base, vocabulary, tokenizer.special(EOS), stop, this.seen, local, hopeless);
  }

  /**
   * How local text bends the model's distribution, and what it guesses to come next; null for a
   * model without a mixer.
   * @returns {import('./decoder.mjs').Local | null}
   */
  local() {
    const { tuning, vocabulary, program } = this.model;
    const { mixer } = tuning;
    if (!mixer) return null;
    const window = this.stream.ids.slice(0, this.context.entries.length);
    this.localText.follow(window);
    const newest = window.slice(-LONGEST);
    /** @type {Map<string, import('./draft.mjs').Found>} */
    const known = new Map();
    /** @param {readonly number[]} ids */
    const found = (ids) => {
      const key = ids.join(' ');
      let matches = known.get(key);
      if (!matches) {
        if (known.size >= MOST_FOUND) known.clear();
        known.set(key, (matches = this.localText.found([...newest, ...ids])));
      }
      return matches;
    };
    return {
      bend: (probabilities, ids) => mixer.mix(probabilities, found(ids), program),
      guess: (ids, most) => draft(found, vocabulary.bytes, ids, most),
    };
  }
}

/**
 * At most `count` of what was proposed beside the first: those that begin otherwise than all before
 * them, and the other texts only where there are too few.
 * @param {readonly (Facts | null)[]} proposed
 * @param {number} count
 * @returns {Facts[]}
 */
function othersOf(proposed, count) {
  const there = proposed.filter((facts) => facts !== null);
  const texts = new Map([...there].reverse().map((facts) => [facts.text, facts]));
  const different = new Map([...texts.values()].map((facts) => [facts.firstWord, facts]));
  const apart = there.filter((facts) => different.get(facts.firstWord) === facts);
  const alike = there.filter((facts) => !apart.includes(facts) && texts.get(facts.text) === facts);
  return [...apart, ...alike].filter(({ text }) => text !== proposed[0]?.text).slice(0, count);
}

/**
 * The tokens of a suggestion with the probability of each.
 * @param {Facts} facts
 * @returns {import('./suggestion.mjs').Part[]}
 */
function partsOf({ text, marks }) {
  /** @type {import('./suggestion.mjs').Part[]} */
  const parts = [];
  let [begin, before] = [0, 0];
  for (const [end, total] of marks) {
    if (begin >= text.length) break;
    if (end <= begin) continue;
    parts.push({ text: text.slice(begin, end), probability: Math.exp(Math.min(0, total - before)) });
    [begin, before] = [end, total];
  }
  if (begin < text.length) parts.push({ text: text.slice(begin), probability: 1 });
  return parts;
}

/**
 * `stop`, or the passing of so many milliseconds from now.
 * @param {number | null} ms
 * @param {Stop} stop
 * @returns {Stop}
 */
function deadline(ms, stop) {
  if (ms === null) return stop;
  const until = performance.now() + ms;
  return () => stop() || performance.now() >= until;
}
