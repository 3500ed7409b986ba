// Ghost text in CodeMirror from any language server with inline completion: what a web page needs.
import { Prec, StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, keymap, ViewPlugin, WidgetType } from '@codemirror/view';
import { LSPPlugin } from '@codemirror/lsp-client';

const AUTOMATIC = 2; // LSP's InlineCompletionTriggerKind

const show = StateEffect.define();

/** What is left of the suggestion, and where it stands; null if there is none. */
const ghost = StateField.define({
  create: () => null,
  update(now, transaction) {
    for (const effect of transaction.effects) if (effect.is(show)) return effect.value;
    if (now === null || (!transaction.docChanged && !transaction.selection)) return now;
    return follow(now, transaction);
  },
  provide: (field) => EditorView.decorations.from(field, (value) => value === null
    ? Decoration.none
    : Decoration.set(Decoration.widget({ widget: new Ghost(value.text), side: 1 }).range(value.at))),
});

/** Typed along with what is suggested, the rest stays; anything else takes it away. */
function follow({ at, text }, transaction) {
  const caret = transaction.state.selection.main;
  const typed = caret.head > at ? transaction.newDoc.sliceString(at, caret.head) : '';
  const grew = transaction.newDoc.length - transaction.startState.doc.length;
  const along = transaction.docChanged && caret.empty && typed.length === grew
    && text.startsWith(typed) && typed.length < text.length;
  return along ? { at: caret.head, text: text.slice(typed.length) } : null;
}

class Ghost extends WidgetType {
  constructor(text) {
    super();
    this.text = text;
  }
  eq(other) { return other.text === this.text; }
  toDOM() {
    const span = document.createElement('span');
    span.className = 'cm-ghost';
    span.textContent = this.text;
    return span;
  }
}

/** Asks after each edit; the newest question cancels the one before. */
const asking = ViewPlugin.fromClass(class {
  constructor(view) {
    this.view = view;
    this.asked = null;
  }
  update(update) {
    if (update.docChanged) setTimeout(() => this.ask());
  }
  async ask() {
    const { view } = this;
    const plugin = LSPPlugin.get(view);
    if (plugin === null) return;
    const { client } = plugin;
    await client.initializing;
    const { state } = view;
    const at = state.selection.main.head;
    client.sync();
    if (this.asked !== null) client.cancelRequest(this.asked);
    const params = this.asked = {
      textDocument: { uri: plugin.uri },
      position: plugin.toPosition(at),
      context: { triggerKind: AUTOMATIC },
    };
    const found = await client.request('textDocument/inlineCompletion', params).catch(() => null);
    if (this.asked !== params) return;
    this.asked = null;
    if (view.state.doc !== state.doc || view.state.selection.main.head !== at) return;
    const text = found?.items[0]?.insertText ?? '';
    view.dispatch({ effects: show.of(text ? { at, text } : null) });
  }
});

/** One change, which is one step of undo. */
function accept(view) {
  const value = view.state.field(ghost);
  if (value === null) return false;
  view.dispatch({
    changes: { from: value.at, insert: value.text },
    selection: { anchor: value.at + value.text.length },
    effects: show.of(null),
    userEvent: 'input.complete',
  });
  return true;
}

function dismiss(view) {
  if (view.state.field(ghost) === null) return false;
  view.dispatch({ effects: show.of(null) });
  return true;
}

export const ghostText = [
  ghost, asking,
  Prec.highest(keymap.of([{ key: 'Tab', run: accept }, { key: 'Escape', run: dismiss }])),
];
