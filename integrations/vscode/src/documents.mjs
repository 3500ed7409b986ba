// Sends the text of open documents and their changes to the server. Knows no suggestions.
import * as vscode from 'vscode';

/** The URI schemes of documents that users write. */
export const SCHEMES = ['file', 'untitled', 'vscode-notebook-cell'];

/** @param {vscode.TextDocument} document */
export function isServed(document) {
  return SCHEMES.includes(document.uri.scheme);
}

/**
 * A position in LSP's form: VS Code's own objects serialise differently.
 * @param {vscode.Position} position
 */
export function place({ line, character }) {
  return { line, character };
}

/** @param {vscode.Range} range */
export function span(range) {
  return { start: place(range.start), end: place(range.end) };
}

/** @param {vscode.TextDocument} document */
export function name(document) {
  return { uri: document.uri.toString() };
}

export class Documents {
  /** @param {import('./server.mjs').Server} server */
  constructor(server) {
    this.server = server;
    /** @type {Set<string>} the URIs of the documents that the server knows */
    this.known = new Set();
    const { workspace } = vscode;
    this.disposables = [
      workspace.onDidOpenTextDocument((document) => this.open(document)),
      workspace.onDidCloseTextDocument((document) => this.close(document)),
      workspace.onDidChangeTextDocument((event) => this.change(event)),
    ];
  }

  /** Open all documents again, for a new server. */
  openAll() {
    this.known.clear();
    vscode.workspace.textDocuments.forEach((document) => this.open(document));
  }

  /** @param {vscode.TextDocument} document */
  has(document) {
    return this.known.has(document.uri.toString());
  }

  /** @param {vscode.TextDocument} document */
  open(document) {
    if (!isServed(document) || !this.server.ready) return;
    this.known.add(document.uri.toString());
    const { languageId, version } = document;
    const textDocument = { ...name(document), languageId, version, text: document.getText() };
    this.server.notify('textDocument/didOpen', { textDocument });
  }

  /** @param {vscode.TextDocument} document */
  close(document) {
    if (!this.known.delete(document.uri.toString())) return;
    this.server.notify('textDocument/didClose', { textDocument: name(document) });
  }

  /** @param {vscode.TextDocumentChangeEvent} event */
  change({ document, contentChanges }) {
    if (!this.has(document) || contentChanges.length === 0) return;
    this.server.notify('textDocument/didChange', {
      textDocument: { ...name(document), version: document.version },
      contentChanges: contentChanges.map(({ range, text }) => ({ range: span(range), text })),
    });
  }

  dispose() {
    this.disposables.forEach((one) => one.dispose());
  }
}
