// Ghost text for a plain textarea.
//
//     const ghost = ghostTextarea(document.querySelector('textarea'), { model: engine });
//
// A textarea cannot draw text in another colour, so a layer with the same metrics covers it, in which
// everything but the ghost is invisible. Accepting uses the browser's own editing command, so that
// undo works.
import { firstHump, firstWord, typed } from '../engine/suggestion.mjs';
import { Choices } from '../serving/choices.mjs';
import { Suggester } from '../serving/engine.mjs';
import { anywhere } from '../serving/rules.mjs';
import { Announcer } from './announcer.mjs';

/**
 * @typedef {import('../serving/engine.mjs').Suggestion} Suggestion
 * @typedef {import('../serving/engine.mjs').Answer} Answer
 * @typedef {{
 *   model: import('../serving/engine.mjs').Engine, language?: string | null, buffer?: string,
 *   rules?: import('../serving/rules.mjs').Rules, onAnswer?: (answer: Answer) => void
 * }} TextareaOptions
 */

const METRICS = [
  'boxSizing', 'fontFamily', 'fontSize', 'fontStyle', 'fontWeight', 'fontVariantLigatures', 'letterSpacing',
  'lineHeight', 'tabSize', 'textAlign', 'textIndent', 'textTransform', 'wordSpacing', 'direction',
  'paddingTop', 'paddingRight', 'paddingBottom', 'paddingLeft',
  'borderTopWidth', 'borderRightWidth', 'borderBottomWidth', 'borderLeftWidth',
];
const MOST_BEFORE = 200_000; // characters before the caret that the engine gets
const MOST_AFTER = 60_000; // and after it
const HOW = 'Press Tab to accept, Escape to dismiss.';
let buffers = 0;

class Textarea {
  /**
   * @param {HTMLTextAreaElement} area
   * @param {TextareaOptions} options
   */
  constructor(area, options) {
    this.area = area;
    this.options = options;
    this.language = options.language ?? null;
    this.rules = options.rules ?? anywhere;
    this.suggester = new Suggester(options.model, options.buffer ?? `textarea ${++buffers}`);
    this.choices = new Choices(this.suggester);
    /** @type {{ position: number, value: string, suggestion: Suggestion, place?: string } | null} */
    this.ghost = null;
    this.isComposing = false;
    this.isTaken = false;
    this.layer = document.createElement('div');
    this.layer.setAttribute('aria-hidden', 'true');
    this.layer.className = 'cc-ghost-layer';
    area.after(this.layer);
    this.announcer = new Announcer(/** @type {HTMLElement} */ (area.parentElement));
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(area);
    this.listening = new AbortController();
    this.listen();
  }

  listen() {
    const { signal } = this.listening;
    const on = (/** @type {string} */ name, /** @type {(event: any) => void} */ act) =>
      this.area.addEventListener(name, act, { signal });
    on('input', (event) => this.edited(event));
    on('keydown', (event) => this.key(event));
    on('pointerdown', () => this.dismiss());
    on('blur', () => this.dismiss());
    on('scroll', () => this.draw());
    on('compositionstart', () => {
      this.isComposing = true;
      this.dismiss();
    });
    on('compositionend', () => {
      this.isComposing = false;
      this.ask();
    });
    document.addEventListener('selectionchange', () => this.moved(), { signal });
  }

  /** @param {InputEvent} event */
  edited(event) {
    this.announcer.clear();
    this.choices.clear();
    if (this.isComposing || event.isComposing) return;
    if (!this.follow()) this.ask();
    this.draw();
  }

  /** Move along if what was typed is the beginning of what is shown; returns whether it is. */
  follow() {
    const { ghost, area } = this;
    const { value, selectionStart: position } = area;
    if (!ghost || position <= ghost.position) return false;
    const before = value.slice(0, ghost.position) + value.slice(position);
    const rest = before === ghost.value ? typed(ghost.suggestion, value.slice(ghost.position, position)) : null;
    this.ghost = rest && { position, value, suggestion: rest };
    return rest !== null;
  }

  moved() {
    const { ghost, area } = this;
    if (!ghost || document.activeElement !== area) return;
    const { selectionStart, selectionEnd, value } = area;
    if (value === ghost.value && (selectionStart !== ghost.position || selectionEnd !== selectionStart)) this.dismiss();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (event.isComposing) return;
    const isPlain = !altKey && !ctrlKey && !metaKey && !shiftKey;
    if (key === '\\' && altKey) this.ask();
    else if ((key === ']' || key === '[') && altKey) this.turn(key === ']' ? 1 : -1);
    else if (key === 'F2' && altKey) this.announcer.say(this.ghost?.suggestion.text ?? '', HOW);
    else if (!this.ghost) return;
    else if (key === 'Tab' && isPlain) this.accept((text) => text);
    else if (key === 'Escape' && isPlain) this.dismiss();
    else if (key === 'ArrowRight' && (ctrlKey || metaKey) && !altKey && !shiftKey) this.accept(firstWord);
    else if (key === 'ArrowRight' && altKey && !shiftKey) this.accept(firstHump);
    else return;
    event.preventDefault();
  }

  /** @param {(text: string) => string} part */
  accept(part) {
    const text = this.ghost ? part(this.ghost.suggestion.text) : '';
    this.suggester.accepted(text, !this.isTaken);
    this.isTaken = true;
    insert(this.area, text);
  }

  /** Request a suggestion for the caret. */
  ask() {
    this.ghost = null;
    this.isTaken = false;
    this.choices.clear();
    const { value, selectionStart: position } = this.area;
    if (!this.isPossible()) return this.suggester.cancel();
    this.suggester.request(this.around(), (answer) => this.deliver(answer, value, position));
  }

  /** Whether anything may be suggested at the caret. */
  isPossible() {
    const { value, selectionStart, selectionEnd, readOnly, disabled } = this.area;
    const isFree = selectionStart === selectionEnd && !readOnly && !disabled && !this.isComposing;
    return isFree && this.rules(selectionStart, value.length - selectionStart);
  }

  /** The text around the caret. */
  around() {
    const { value, selectionStart: position } = this.area;
    const before = value.slice(Math.max(0, position - MOST_BEFORE), position);
    const after = value.slice(position, position + MOST_AFTER);
    return { before, after, language: this.language };
  }

  /**
   * Show another suggestion for the caret.
   * @param {number} by
   */
  turn(by) {
    const { value, selectionStart: position } = this.area;
    if (!this.isPossible()) return;
    this.choices.step(by, this.around(), this.ghost?.suggestion ?? null, (suggestion, place) => {
      if (this.isStill(value, position)) this.ghost = { position, value, suggestion, place };
      this.draw();
    });
  }

  /**
   * Whether the text and the caret have not changed.
   * @param {string} value
   * @param {number} position
   */
  isStill(value, position) {
    return this.area.value === value && this.area.selectionStart === position && !this.isComposing;
  }

  /**
   * @param {Answer} answer
   * @param {string} value
   * @param {number} position
   */
  deliver(answer, value, position) {
    if (!this.isStill(value, position)) return;
    this.ghost = answer.suggestion && { position, value, suggestion: answer.suggestion };
    this.draw();
    this.options.onAnswer?.(answer);
  }

  dismiss() {
    this.choices.clear();
    this.suggester.cancel();
    this.ghost = null;
    this.draw();
  }

  draw() {
    const { area, layer, ghost } = this;
    layer.hidden = !ghost;
    if (!ghost) return;
    const style = getComputedStyle(area);
    for (const name of METRICS) layer.style.setProperty(dashed(name), style.getPropertyValue(dashed(name)));
    Object.assign(layer.style, {
      position: 'absolute', pointerEvents: 'none', overflow: 'hidden', whiteSpace: 'pre-wrap',
      overflowWrap: 'break-word', color: 'transparent', borderStyle: 'solid', borderColor: 'transparent',
      left: `${area.offsetLeft}px`, top: `${area.offsetTop}px`,
      width: `${area.clientWidth + parseFloat(style.borderLeftWidth) + parseFloat(style.borderRightWidth)}px`,
      height: `${area.offsetHeight}px`, boxSizing: 'border-box', background: 'none', margin: '0',
    });
    const text = document.createElement('span');
    text.className = 'cc-ghost';
    text.style.color = 'var(--cc-ghost, GrayText)';
    const rest = firstLineOf(ghost.value.slice(ghost.position)) ? firstLineOf(ghost.suggestion.text) : ghost.suggestion.text;
    text.textContent = rest;
    if (ghost.place) text.append(placeOf(ghost.place));
    layer.replaceChildren(ghost.value.slice(0, ghost.position), text);
    layer.scrollTop = area.scrollTop;
  }

  remove() {
    this.listening.abort();
    this.resizing.disconnect();
    this.suggester.close();
    this.announcer.remove();
    this.layer.remove();
  }
}

/**
 * An element that shows which of several suggestions this is.
 * @param {string} place
 */
function placeOf(place) {
  const span = document.createElement('span');
  span.className = 'cc-place';
  span.style.cssText = 'margin-left: 1.5ch; font-size: 80%; opacity: 0.8';
  span.textContent = place;
  return span;
}

/** @param {string} name */
const dashed = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** @param {string} text */
const firstLineOf = (text) => text.split('\n', 1)[0] ?? '';

/**
 * Insert a text into a textarea so that the browser can undo it.
 * @param {HTMLTextAreaElement} area
 * @param {string} text
 */
function insert(area, text) {
  area.focus();
  if (document.execCommand('insertText', false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
  area.dispatchEvent(new InputEvent('input', { inputType: 'insertText', data: text, bubbles: true }));
}

/**
 * Add ghost text to a textarea.
 * @param {HTMLTextAreaElement} area
 * @param {TextareaOptions} options
 */
export function ghostTextarea(area, options) {
  const ghost = new Textarea(area, options);
  return {
    get shown() {
      return ghost.ghost?.suggestion ?? null;
    },
    get statistics() {
      return ghost.suggester.statistics;
    },
    ask: () => ghost.ask(),
    dismiss: () => ghost.dismiss(),
    /** @param {string | null} language */
    setLanguage(language) {
      ghost.language = language;
    },
    /** @param {import('../serving/rules.mjs').Rules} rules */
    setRules(rules) {
      ghost.rules = rules;
    },
    remove: () => ghost.remove(),
  };
}
