// Provides VS Code's inline completions, and accepts the next part of one. Draws nothing: VS Code shows a
// suggestion, follows what is typed and accepts it.
import * as vscode from 'vscode';
import { name, place, span } from './documents.mjs';

/** LSP numbers the trigger kinds from 1, VS Code from 0. */
const LSP_TRIGGER = 1;
const HUMP = /^\s*(?:[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|_+|[^\w\s]+|\S)/u;

/**
 * The leading white space, and the part of a name, number or run of punctuation after it.
 * @param {string} text
 */
export function firstHump(text) {
  return HUMP.exec(text)?.[0] ?? text;
}

/** @implements {vscode.InlineCompletionItemProvider} */
export class Suggestions {
  /**
   * @param {import('./server.mjs').Server} server
   * @param {import('./documents.mjs').Documents} documents
   */
  constructor(server, documents) {
    this.server = server;
    this.documents = documents;
    /** @type {{ uri: string, position: vscode.Position, text: string } | undefined} */
    this.last = undefined; // the newest answer
  }

  /**
   * @param {vscode.TextDocument} document
   * @param {vscode.Position} position
   * @param {vscode.InlineCompletionContext} context
   * @param {vscode.CancellationToken} token
   */
  async provideInlineCompletionItems(document, position, context, token) {
    if (!this.documents.has(document)) return undefined;
    const { version } = document;
    const selected = context.selectedCompletionInfo;
    const asked = {
      textDocument: name(document),
      position: place(position),
      context: {
        triggerKind: context.triggerKind + LSP_TRIGGER,
        ...(selected && {
          selectedCompletionInfo: { range: span(selected.range), text: selected.text },
        }),
      },
    };
    const found = await this.server.request('textDocument/inlineCompletion', asked, token);
    if (!found || token.isCancellationRequested || document.version !== version) return undefined;
    const items = (found.items ?? found).map(item);
    const text = found.items?.[0]?.insertText;
    this.last = selected || !text ? undefined : { uri: document.uri.toString(), position, text };
    return { items };
  }

  /** Insert the next part of a name from what is shown; VS Code then requests the rest again. */
  async acceptHump() {
    const editor = vscode.window.activeTextEditor;
    const rest = editor && this.rest(editor);
    if (!editor || !rest) return;
    const hump = firstHump(rest);
    await editor.edit((edit) => edit.insert(editor.selection.active, hump));
    this.server.notify('codecomplete/accepted', { text: hump });
  }

  /** Never suggest again what is shown. */
  async never() {
    const editor = vscode.window.activeTextEditor;
    const text = editor && this.rest(editor);
    if (!editor || !text) return;
    const { document, selection } = editor;
    const where = { textDocument: name(document), position: place(selection.active) };
    this.server.notify('codecomplete/never', { ...where, text });
    this.last = undefined;
    await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
  }

  /**
   * The rest of the newest answer, if what was typed since is its beginning.
   * @param {vscode.TextEditor} editor
   * @returns {string | undefined}
   */
  rest({ document, selection }) {
    const { last } = this;
    const caret = selection.active;
    if (!last || last.uri !== document.uri.toString() || caret.isBefore(last.position)) {
      return undefined;
    }
    const typed = document.getText(new vscode.Range(last.position, caret));
    return last.text.startsWith(typed) ? last.text.slice(typed.length) : undefined;
  }
}

/** @param {{ insertText: string, range: { start: any, end: any } }} found */
function item({ insertText, range: { start, end } }) {
  const range = new vscode.Range(start.line, start.character, end.line, end.character);
  const accepted = { title: '', command: 'codecomplete.accepted', arguments: [insertText] };
  return new vscode.InlineCompletionItem(insertText, range, accepted);
}
