// Ghost text for CodeMirror 6.
//
//     const ghost = ghostText(view, { model: engine, language: 'python' });
//
// Draws a suggestion after the caret, follows what is typed, and accepts with Tab. Requests nothing
// during a composition (IME), and handles Tab and Esc only while something is shown.
import { isolateHistory } from '@codemirror/commands';
import { Prec, StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, ViewPlugin, WidgetType, keymap } from '@codemirror/view';
import { firstHump, firstWord, partsAfter, typed } from '../engine/suggestion.mjs';
import { Choices } from '../serving/choices.mjs';
import { Suggester } from '../serving/engine.mjs';
import { anywhere } from '../serving/rules.mjs';
import { Announcer } from './announcer.mjs';

/**
 * @typedef {import('../serving/engine.mjs').Engine} Engine
 * @typedef {import('../serving/engine.mjs').Suggestion} Suggestion
 * @typedef {import('../serving/engine.mjs').Answer} Answer
 * @typedef {import('../serving/rules.mjs').Rules} Rules
 *
 * @typedef {{
 *   model: Engine, language?: string | null, buffer?: string, rules?: Rules,
 *   probabilities?: boolean, onAnswer?: (answer: Answer) => void,
 *   onShown?: (suggestion: Suggestion | null) => void, onKey?: (milliseconds: number) => void,
 *   onCaret?: () => void
 * }} GhostOptions `onShown`: what is shown has changed; `onKey`: the time that an edit took on the
 *   page's own thread; `onCaret`: the text or the caret has changed
 *
 * @typedef {{ position: number, suggestion: Suggestion, place?: string }} Ghost `place`: "2/3"
 * @typedef {import('@codemirror/state').EditorState} EditorState
 * @typedef {import('@codemirror/state').Transaction} Transaction
 */

const MOST_BEFORE = 200_000; // characters before the caret that the engine gets
const MOST_AFTER = 60_000; // and after it
const COMPOSED_MS = 80; // until the editor has the text of a composition
const HOW = 'Press Tab to accept, Escape to dismiss.';
let buffers = 0;

/** @type {import('@codemirror/state').StateEffectType<Ghost | null>} */
const setGhost = StateEffect.define();

/** @type {import('@codemirror/state').StateEffectType<boolean>} */
const setProbabilities = StateEffect.define();

/** What is shown, if anything. */
const shown = StateField.define({
  /** @returns {Ghost | null} */
  create: () => null,
  update(ghost, transaction) {
    for (const effect of transaction.effects) if (effect.is(setGhost)) return effect.value;
    return ghost && followed(ghost, transaction);
  },
});

/**
 * The rest of a ghost after a transaction: all of it, its end, or null.
 * @param {Ghost} ghost
 * @param {Transaction} transaction
 * @returns {Ghost | null}
 */
function followed(ghost, transaction) {
  if (!transaction.docChanged) {
    const { main } = transaction.newSelection;
    return main.empty && main.head === ghost.position ? ghost : null;
  }
  let inserted = /** @type {string | null} */ ('');
  transaction.changes.iterChanges((from, to, _, __, text) => {
    const isNext = from === ghost.position && to === from && inserted === '';
    inserted = isNext ? text.toString() : null;
  });
  const suggestion = inserted === null ? null : typed(ghost.suggestion, inserted);
  return suggestion && { position: ghost.position + (inserted ?? '').length, suggestion };
}

const withProbabilities = StateField.define({
  create: () => false,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setProbabilities)) return effect.value;
    return value;
  },
});

class GhostWidget extends WidgetType {
  /**
   * @param {import('../engine/suggestion.mjs').Part[]} parts
   * @param {boolean} probabilities
   * @param {boolean} isBlock
   * @param {string} place
   */
  constructor(parts, probabilities, isBlock, place = '') {
    super();
    this.parts = parts;
    this.probabilities = probabilities;
    this.isBlock = isBlock;
    this.place = place;
  }

  /** @param {GhostWidget} other */
  eq(other) {
    const same = ['probabilities', 'isBlock', 'place'].every((name) => /** @type {any} */ (this)[name] === /** @type {any} */ (other)[name]);
    return same && JSON.stringify(this.parts) === JSON.stringify(other.parts);
  }

  toDOM() {
    const dom = document.createElement(this.isBlock ? 'div' : 'span');
    dom.className = this.isBlock ? 'cc-ghost cc-ghost-block' : 'cc-ghost';
    dom.setAttribute('aria-hidden', 'true');
    if (!this.probabilities) dom.textContent = this.parts.map(({ text }) => text).join('');
    else for (const part of this.parts) dom.append(spanOf(part));
    if (this.place) dom.append(placeOf(this.place));
    return dom;
  }

  ignoreEvent() {
    return false;
  }

  get lineBreaks() {
    return this.isBlock ? this.parts.map(({ text }) => text).join('').split('\n').length - 1 : 0;
  }
}

/** @param {import('../engine/suggestion.mjs').Part} part */
function spanOf({ text, probability }) {
  const span = document.createElement('span');
  span.textContent = text;
  span.className = 'cc-token';
  span.dataset.probability = probability.toFixed(2);
  span.style.setProperty('--probability', probability.toFixed(3));
  return span;
}

/**
 * An element that shows which of several suggestions this is.
 * @param {string} place
 */
function placeOf(place) {
  const span = document.createElement('span');
  span.className = 'cc-place';
  span.dataset.place = place; // drawn by its style, because it is not text of the suggestion
  return span;
}

/** The ghost as decorations: the rest of the line at the caret, further lines below it. */
const drawn = EditorView.decorations.compute([shown, withProbabilities], (state) => {
  const ghost = state.field(shown);
  if (!ghost) return Decoration.none;
  const { position, suggestion, place } = ghost;
  const parts = suggestion.parts.length ? suggestion.parts : [{ text: suggestion.text, probability: 1 }];
  const probabilities = state.field(withProbabilities);
  const newline = suggestion.text.indexOf('\n');
  const length = newline < 0 ? suggestion.text.length : newline;
  const first = upTo(parts, length);
  const widget = new GhostWidget(first, probabilities, false, newline < 0 ? place : '');
  const decorations = length ? [Decoration.widget({ widget, side: 1 }).range(position)] : [];
  if (newline >= 0) {
    const below = new GhostWidget(partsAfter(parts, newline + 1), probabilities, true, place);
    const end = state.doc.lineAt(position).to;
    decorations.push(Decoration.widget({ widget: below, side: 2, block: true }).range(end));
  }
  return Decoration.set(decorations);
});

/**
 * The first `length` characters of the parts.
 * @param {import('../engine/suggestion.mjs').Part[]} parts
 * @param {number} length
 */
function upTo(parts, length) {
  return parts.flatMap((part) => {
    const text = part.text.slice(0, Math.max(0, length));
    length -= part.text.length;
    return text ? [{ ...part, text }] : [];
  });
}

/**
 * Accept a part of what is shown. If nothing is shown, the command is false and the key passes on.
 * @param {(text: string) => string} part
 * @returns {import('@codemirror/view').Command}
 */
const accept = (part) => (view) => {
  const ghost = view.state.field(shown, false);
  if (!ghost || view.composing || view.state.readOnly) return false;
  const text = part(ghost.suggestion.text);
  const at = ghost.position;
  view.plugin(asking)?.accepted(text);
  view.dispatch({
    changes: { from: at, insert: text },
    selection: { anchor: at + text.length },
    annotations: isolateHistory.of('full'),
    userEvent: 'input.complete',
    scrollIntoView: true,
  });
  return true;
};

/** @type {import('@codemirror/view').Command} */
export const acceptAll = accept((text) => text);

/** @type {import('@codemirror/view').Command} */
export const acceptWord = accept(firstWord);

/** @type {import('@codemirror/view').Command} */
export const acceptHump = accept(firstHump);

/** @type {import('@codemirror/view').Command} */
export const dismiss = (view) => {
  if (!view.state.field(shown, false)) return false;
  view.plugin(asking)?.cancel();
  view.dispatch({ effects: setGhost.of(null) });
  return true;
};

/** @type {import('@codemirror/view').Command} */
export const askNow = (view) => {
  view.plugin(asking)?.ask();
  return true;
};

/**
 * Show another suggestion for the caret.
 * @param {number} by
 * @returns {import('@codemirror/view').Command}
 */
const turn = (by) => (view) => {
  view.plugin(asking)?.turn(by);
  return true;
};

export const showNext = turn(1);
export const showPrevious = turn(-1);

/** @type {import('@codemirror/view').Command} */
export const announce = (view) => {
  view.plugin(asking)?.announce();
  return true;
};

/** The default keys; a page may also call their commands itself. */
export const ghostKeys = [
  { key: 'Tab', run: acceptAll },
  { key: 'Mod-ArrowRight', run: acceptWord },
  { key: 'Alt-ArrowRight', mac: 'Ctrl-Alt-ArrowRight', run: acceptHump },
  { key: 'Escape', run: dismiss },
  { key: 'Alt-\\', run: askNow },
  { key: 'Alt-]', run: showNext },
  { key: 'Alt-[', run: showPrevious },
  { key: 'Alt-F2', run: announce },
];

/** Requests suggestions after edits, and shows each if the text is still the same. */
class Asking {
  /**
   * @param {EditorView} view
   * @param {GhostOptions} options
   */
  constructor(view, options) {
    this.view = view;
    this.options = options;
    this.rules = options.rules ?? anywhere;
    this.language = options.language ?? null;
    this.suggester = new Suggester(options.model, options.buffer ?? `codemirror ${++buffers}`);
    this.choices = new Choices(this.suggester);
    this.announcer = new Announcer(view.dom);
    this.isTaken = false; // whether a part of this suggestion was accepted
    this.isOn = true;
  }

  /** @param {import('@codemirror/view').ViewUpdate} update */
  update(update) {
    const ghost = update.state.field(shown);
    if (ghost !== update.startState.field(shown, false)) this.options.onShown?.(ghost?.suggestion ?? null);
    if (!update.docChanged && !update.selectionSet) return;
    const begin = performance.now();
    this.announcer.clear();
    this.choices.clear();
    if (!ghost && update.docChanged && this.isWanted(update)) this.ask();
    else if (!ghost) this.suggester.cancel();
    if (update.docChanged) this.options.onKey?.(performance.now() - begin);
    this.options.onCaret?.();
  }

  /**
   * Whether the user has edited the text, and is not composing (IME): see `composed` for that.
   * @param {import('@codemirror/view').ViewUpdate} update
   */
  isWanted(update) {
    const isTyped = update.transactions.some((one) =>
      ['input', 'delete', 'undo', 'redo', 'move'].some((event) => one.isUserEvent(event)),
    );
    return isTyped && !update.view.composing;
  }

  /** Request a suggestion for the caret. */
  ask() {
    const { doc, selection } = this.view.state;
    this.isTaken = false;
    this.choices.clear();
    if (!this.isPossible()) return this.suggester.cancel();
    this.suggester.request(this.around(), (answer) => this.deliver(answer, doc, selection.main.head));
  }

  /** Whether anything may be suggested at the caret. */
  isPossible() {
    const { doc, readOnly, selection } = this.view.state;
    const { head, empty } = selection.main;
    return this.isOn && empty && !readOnly && this.rules(head, doc.length - head);
  }

  /** The text around the caret. */
  around() {
    const { doc, selection } = this.view.state;
    const { head } = selection.main;
    const before = doc.sliceString(Math.max(0, head - MOST_BEFORE), head, '\n');
    const after = doc.sliceString(head, Math.min(doc.length, head + MOST_AFTER), '\n');
    return { before, after, language: this.language };
  }

  /**
   * Show another suggestion for the caret.
   * @param {number} by
   */
  turn(by) {
    const { view } = this;
    const { doc, selection } = view.state;
    if (!this.isPossible() || view.composing) return;
    const position = selection.main.head;
    this.choices.step(by, this.around(), view.state.field(shown)?.suggestion ?? null, (suggestion, place) => {
      if (this.isStill(doc, position)) view.dispatch({ effects: setGhost.of({ position, suggestion, place }) });
    });
  }

  /**
   * Whether the text and the caret have not changed.
   * @param {import('@codemirror/state').Text} doc
   * @param {number} position
   */
  isStill(doc, position) {
    const { state, composing } = this.view;
    const { main } = state.selection;
    return state.doc === doc && main.empty && main.head === position && !composing;
  }

  /**
   * @param {Answer} answer
   * @param {import('@codemirror/state').Text} doc
   * @param {number} position
   */
  deliver(answer, doc, position) {
    if (!this.isStill(doc, position)) return;
    const ghost = answer.suggestion && { position, suggestion: answer.suggestion };
    if (ghost || this.view.state.field(shown)) this.view.dispatch({ effects: setGhost.of(ghost) });
    this.options.onAnswer?.(answer);
  }

  /** @param {string} text */
  accepted(text) {
    this.suggester.accepted(text, !this.isTaken);
    this.isTaken = true;
  }

  /** Ask after a composition, once the editor has read its text. */
  composed() {
    setTimeout(() => {
      const { composing, state } = this.view;
      if (!composing && !state.field(shown)) this.ask();
    }, COMPOSED_MS);
  }

  cancel() {
    this.choices.clear();
    this.suggester.cancel();
  }

  announce() {
    const ghost = this.view.state.field(shown);
    this.announcer.say(ghost?.suggestion.text ?? '', HOW);
  }

  destroy() {
    this.suggester.close();
    this.announcer.remove();
  }
}

/** @type {ViewPlugin<Asking, GhostOptions>} */
const asking = ViewPlugin.define((view, options) => new Asking(view, options), {
  eventHandlers: {
    compositionstart() {
      this.cancel();
    },
    compositionend() {
      this.composed();
    },
    blur(_, view) {
      dismiss(view);
    },
  },
});

/** Dim but readable; a page may set its own colour with `--cc-ghost`. */
const look = EditorView.baseTheme({
  '.cc-ghost': { color: 'var(--cc-ghost, #6a737d)', pointerEvents: 'none', whiteSpace: 'pre-wrap' },
  '.cc-ghost-block': { padding: '0 2px 0 6px' },
  '&dark .cc-ghost': { color: 'var(--cc-ghost, #8b949e)' },
  '.cc-token': {
    textDecoration: 'underline',
    textDecorationThickness: '2px',
    textUnderlineOffset: '4px',
    textDecorationColor: 'color-mix(in oklab, var(--cc-sure, #1a7f37) calc(var(--probability) * 100%), var(--cc-unsure, #cf222e))',
  },
  '.cc-place::after': { content: 'attr(data-place)', marginLeft: '1.5ch', fontSize: '80%', opacity: '0.8' },
  '@media (forced-colors: active)': { '.cc-ghost': { color: 'GrayText' } },
});

/**
 * Ghost text as an extension, for the creation of an editor.
 * @param {GhostOptions} options
 * @returns {import('@codemirror/state').Extension}
 */
export const ghostTextExtension = (options) => [
  shown,
  withProbabilities.init(() => options.probabilities ?? false),
  drawn,
  asking.of(options),
  Prec.highest(keymap.of(ghostKeys)),
  look,
];

/**
 * Add ghost text to an existing editor.
 * @param {EditorView} view
 * @param {GhostOptions} options
 */
export function ghostText(view, options) {
  if (!view.plugin(asking)) view.dispatch({ effects: StateEffect.appendConfig.of(ghostTextExtension(options)) });
  const plugin = /** @type {Asking} */ (view.plugin(asking));
  return {
    /** What is shown now. */
    get shown() {
      return view.state.field(shown)?.suggestion ?? null;
    },
    get statistics() {
      return plugin.suggester.statistics;
    },
    ask: () => plugin.ask(),
    dismiss: () => dismiss(view),
    /** @param {string | null} language */
    setLanguage(language) {
      plugin.language = language;
    },
    /** @param {Rules} rules */
    setRules(rules) {
      plugin.rules = rules;
    },
    /** @param {boolean} on */
    setProbabilities(on) {
      view.dispatch({ effects: setProbabilities.of(on) });
    },
    /** @param {boolean} on */
    setEnabled(on) {
      plugin.isOn = on;
      if (!on) dismiss(view);
    },
  };
}
