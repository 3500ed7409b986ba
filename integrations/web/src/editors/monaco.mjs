// Ghost text for Monaco, through its own inline completions.
//
//     const ghost = registerGhostText(monaco, ['python', 'java'], { model: engine });
//
// Monaco draws, follows typing and accepts; this module only tells it what to show. A suggestion
// replaces nothing, so its range is empty and on one line.
import { Suggester } from '../serving/engine.mjs';
import { anywhere } from '../serving/rules.mjs';

/**
 * The parts of Monaco that are used, so that this module type-checks without it.
 * @typedef {{ lineNumber: number, column: number }} Position
 * @typedef {{
 *   uri: { toString(): string }, getLanguageId(): string, getValue(eol?: number): string,
 *   getOffsetAt(position: Position): number, onWillDispose(listener: () => void): unknown
 * }} TextModel
 * @typedef {{ isCancellationRequested: boolean, onCancellationRequested(listener: () => void): unknown }} Token
 * @typedef {{ languages: { registerInlineCompletionsProvider(selector: any, provider: any): { dispose(): void } } }} Monaco
 *
 * @typedef {{
 *   model: import('../serving/engine.mjs').Engine, rules?: import('../serving/rules.mjs').Rules,
 *   onAnswer?: (answer: import('../serving/engine.mjs').Answer) => void
 * }} MonacoOptions
 */

const EXPLICIT = 1; // Monaco's InlineCompletionTriggerKind: the user asks for several suggestions
const MOST_OTHERS = 3;
const LINE_FEED = 1; // Monaco's EndOfLinePreference.LF

/**
 * Offer suggestions in all editors of some languages, until `dispose` of the result is called.
 * @param {Monaco} monaco
 * @param {string | readonly string[]} languages
 * @param {MonacoOptions} options
 */
export function registerGhostText(monaco, languages, { model: engine, rules = anywhere, onAnswer }) {
  /** @type {Map<string, Suggester>} */
  const suggesters = new Map();

  /** @param {TextModel} model */
  function suggesterOf(model) {
    const name = model.uri.toString();
    let suggester = suggesters.get(name);
    if (!suggester) {
      suggesters.set(name, (suggester = new Suggester(engine, name)));
      model.onWillDispose(() => {
        suggesters.get(name)?.close();
        suggesters.delete(name);
      });
    }
    return suggester;
  }

  /**
   * @param {TextModel} model
   * @param {Position} position
   * @param {{ triggerKind?: number }} context
   * @param {Token} token
   */
  function provideInlineCompletions(model, position, { triggerKind }, token) {
    const text = model.getValue(LINE_FEED);
    const offset = offsetOf(text, position);
    const suggester = suggesterOf(model);
    const language = model.getLanguageId();
    if (!rules(offset, text.length - offset)) return { items: [] };
    return new Promise((resolve) => {
      token.onCancellationRequested(() => {
        suggester.cancel();
        resolve({ items: [] });
      });
      const around = { before: text.slice(0, offset), after: text.slice(offset), language };
      /** @param {import('../serving/engine.mjs').Suggestion[]} suggestions */
      const show = (suggestions) =>
        resolve({ items: suggestions.map((one) => ({ insertText: one.text, range: emptyAt(position) })) });
      suggester.request(around, (answer) => {
        if (answer.grown) return;
        onAnswer?.(answer);
        const first = answer.suggestion ? [answer.suggestion] : [];
        if (triggerKind !== EXPLICIT) return show(first);
        suggester.alternatives(around, MOST_OTHERS, (others) => show([...first, ...others]));
      });
    });
  }

  const registered = monaco.languages.registerInlineCompletionsProvider(languages, {
    provideInlineCompletions,
    freeInlineCompletions() {},
    disposeInlineCompletions() {},
  });
  return {
    dispose() {
      registered.dispose();
      suggesters.forEach((suggester) => suggester.close());
      suggesters.clear();
    },
  };
}

/**
 * The offset of a position in a text whose lines end with one character.
 * @param {string} text
 * @param {Position} position
 */
function offsetOf(text, { lineNumber, column }) {
  let begin = 0;
  for (let line = 1; line < lineNumber; line++) begin = text.indexOf('\n', begin) + 1;
  return begin + column - 1;
}

/** @param {Position} position */
function emptyAt({ lineNumber, column }) {
  return { startLineNumber: lineNumber, startColumn: column, endLineNumber: lineNumber, endColumn: column };
}
