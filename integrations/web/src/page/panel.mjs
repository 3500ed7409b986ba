// Shows the model's work: its state, the cost of the last key, and what is likely next.

import { MOST_CHARACTERS } from '../serving/rules.mjs';

/**
 * @typedef {import('../serving/engine.mjs').Answer} Answer
 * @typedef {import('../serving/engine.mjs').ModelFacts} ModelFacts
 */

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** @param {number} milliseconds */
const time = (milliseconds) => `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;

/**
 * @param {string} text
 * @param {'loading' | 'ready' | 'failed'} kind
 */
export function showState(text, kind) {
  const state = element('state');
  if (state.textContent !== text) state.textContent = text;
  state.dataset.kind = kind;
}

/**
 * @param {number} loaded
 * @param {number} total
 */
export function showProgress(loaded, total) {
  const bar = /** @type {HTMLProgressElement} */ (element('progress'));
  bar.hidden = false;
  bar.max = total || 1;
  bar.value = loaded;
  showState(`Loading the model, ${megabytes(loaded)} of ${megabytes(total)}`, 'loading');
}

/**
 * @param {ModelFacts} facts
 * @param {number} milliseconds
 */
export function showReady(facts, milliseconds) {
  element('progress').hidden = true;
  const size = facts.parameters ? `${(facts.parameters / 1e6).toFixed(1)} M parameters, ` : '';
  const which = facts.missing ? ` The base model serves some languages instead of their own: ${facts.missing}.` : '';
  showState(`Ready: ${size}${megabytes(facts.bytes)} of memory, loaded in ${time(milliseconds)}.${which}`, 'ready');
}

/** @param {string} message */
export function showFailure(message) {
  element('progress').hidden = true;
  showState(`No suggestions: ${message}`, 'failed');
}

/** @param {Answer} answer */
export function showAnswer({ cost, likeliest, suggestion, grown }) {
  if (!grown) {
    element('steps').textContent = `${cost.context} + ${cost.suggestion}`;
    element('milliseconds').textContent = time(cost.milliseconds);
  }
  element('confidence').textContent = suggestion ? `${Math.round(100 * suggestion.confidence)} %` : 'nothing shown';
  if (!grown) showLikeliest(likeliest);
}

/** @param {number} milliseconds */
export function showKey(milliseconds) {
  element('key').textContent = time(milliseconds);
}

/**
 * Show whether the strict rules allow a suggestion, and why not.
 * @param {boolean} isOn
 * @param {number} characters
 * @param {boolean} isAtTheEnd
 */
export function showRules(isOn, characters, isAtTheEnd) {
  const note = element('strict-note');
  const count = `${characters.toLocaleString('en')} of ${MOST_CHARACTERS.toLocaleString('en')} characters`;
  const why = characters > MOST_CHARACTERS ? ': nothing is suggested' : isAtTheEnd ? '' : '; the caret is not at the end';
  note.textContent = isOn ? count + why : '';
}

/** @param {{ accepted: number, acceptedCharacters: number }} statistics */
export function showSaved({ accepted, acceptedCharacters }) {
  element('saved').textContent = accepted ? `${accepted} (${acceptedCharacters} characters)` : 'none yet';
}

/** @param {import('../engine/suggestion.mjs').Part[]} likeliest */
function showLikeliest(likeliest) {
  element('likeliest').replaceChildren(
    ...likeliest.map(({ text, probability }) => {
      const row = document.createElement('li');
      const word = document.createElement('code');
      word.textContent = visible(text);
      const share = document.createElement('span');
      share.textContent = probability < 0.005 ? '< 1 %' : `${Math.round(100 * probability)} %`;
      row.style.setProperty('--share', String(Math.min(1, probability)));
      row.append(word, share);
      return row;
    }),
  );
}

/** @param {string} text */
const visible = (text) => text.replaceAll('\n', '↵').replaceAll('\t', '→').replaceAll(' ', '·') || '∅';
