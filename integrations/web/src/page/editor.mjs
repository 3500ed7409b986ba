// The page's editor: CodeMirror with the colours of the page.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { cpp } from '@codemirror/lang-cpp';
import { go } from '@codemirror/lang-go';
import { java } from '@codemirror/lang-java';
import { javascript } from '@codemirror/lang-javascript';
import { php } from '@codemirror/lang-php';
import { python } from '@codemirror/lang-python';
import { rust } from '@codemirror/lang-rust';
import { HighlightStyle, StreamLanguage, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { kotlin } from '@codemirror/legacy-modes/mode/clike';
import { lua } from '@codemirror/legacy-modes/mode/lua';
import { shell } from '@codemirror/legacy-modes/mode/shell';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** @type {Record<string, () => import('@codemirror/state').Extension>} */
const GRAMMARS = {
  python, c: cpp, cpp, java, go, rust,
  javascript: () => javascript(),
  typescript: () => javascript({ typescript: true }),
  php: () => php(),
  kotlin: () => StreamLanguage.define(kotlin),
  shell: () => StreamLanguage.define(shell),
  lua: () => StreamLanguage.define(lua),
};
const UNITS = { go: '\t', javascript: '  ', typescript: '  ', shell: '  ', lua: '  ' };

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string), tags.character], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--code-number)' },
  { tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.className, tags.namespace], color: 'var(--code-type)' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--code-function)' },
  { tag: [tags.meta, tags.processingInstruction], color: 'var(--code-meta)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'transparent', fontSize: 'var(--code-size)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6', overscrollBehavior: 'contain' },
  '.cm-content': { padding: '14px 0 40vh', caretColor: 'var(--accent)' },
  '.cm-line': { padding: '0 16px 0 6px' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--faint)', border: 'none', paddingLeft: '8px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--active)' },
  '.cm-activeLineGutter': { color: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--selection)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--selection)', outline: 'none' },
});

const grammar = new Compartment();

/**
 * @param {string} language
 * @returns {import('@codemirror/state').Extension}
 */
function grammarOf(language) {
  const unit = UNITS[/** @type {keyof typeof UNITS} */ (language)] ?? '    ';
  return [GRAMMARS[language]?.() ?? [], indentUnit.of(unit)];
}

/**
 * @param {HTMLElement} parent
 * @param {string} text
 * @param {string} language
 * @param {import('@codemirror/state').Extension} ghost
 */
export function makeEditor(parent, text, language, ghost) {
  const state = EditorState.create({
    doc: text,
    selection: { anchor: text.length },
    extensions: [
      ghost, lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(),
      highlightActiveLine(), highlightActiveLineGutter(), syntaxHighlighting(colours),
      EditorState.tabSize.of(4), EditorView.lineWrapping, look, grammar.of(grammarOf(language)),
      keymap.of([...defaultKeymap, ...historyKeymap]),
      EditorView.contentAttributes.of({
        'aria-label': 'Code', spellcheck: 'false', autocapitalize: 'off', autocorrect: 'off', translate: 'no',
      }),
    ],
  });
  const view = new EditorView({ state, parent });
  view.dispatch({ effects: atCaret(text.length) });
  return view;
}

/**
 * Scroll the caret's line to the middle, where the suggestion is visible.
 * @param {number} at
 */
const atCaret = (at) => EditorView.scrollIntoView(at, { y: 'center' });

/**
 * Set the language, and the text unless it is null.
 * @param {EditorView} view
 * @param {string} language
 * @param {string | null} text
 */
export function setContent(view, language, text) {
  view.dispatch({
    effects: [grammar.reconfigure(grammarOf(language)), ...(text === null ? [] : [atCaret(text.length)])],
    ...(text === null ? {} : { changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: text.length } }),
  });
}
