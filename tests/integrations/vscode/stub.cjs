// What the extension uses of VS Code's API, as the real one behaves: ranges serialise as arrays,
// documents may have been open before, configuration changes are told.
'use strict';

const Module = require('node:module');

class Position {
  constructor(line, character) { Object.assign(this, { line, character }); }
  isBefore(other) {
    return this.line < other.line || (this.line === other.line && this.character < other.character);
  }
}
class Range {
  constructor(...given) {
    const [start, end] = given.length === 2 ? given
      : [new Position(given[0], given[1]), new Position(given[2], given[3])];
    Object.assign(this, { start, end });
  }
  toJSON() { return [this.start, this.end]; }
}
class InlineCompletionItem {
  constructor(insertText, range, command) { Object.assign(this, { insertText, range, command }); }
}

const listeners = {};
const event = (name) => (call) => {
  (listeners[name] ??= new Set()).add(call);
  return { dispose: () => listeners[name].delete(call) };
};
const fire = (name, value) => [...(listeners[name] ?? [])].forEach((call) => call(value));

class Document {
  constructor(uri, languageId, text) {
    this.uri = { toString: () => uri, scheme: uri.split(':')[0] };
    Object.assign(this, { languageId, text, version: 1 });
  }
  offset({ line, character }) {
    const lines = this.text.split('\n');
    return lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
  }
  getText(range) {
    return range ? this.text.slice(this.offset(range.start), this.offset(range.end)) : this.text;
  }
  replace(range, text) {
    const [from, to] = [this.offset(range.start), this.offset(range.end)];
    this.text = this.text.slice(0, from) + text + this.text.slice(to);
    this.version++;
    fire('change', { document: this, contentChanges: [{ range, rangeLength: to - from, text }] });
  }
}

const set = {};
const registered = { commands: {}, provider: undefined, selector: undefined };
const status = { show() {}, dispose() {} };
const output = [];
const answers = { pick: undefined, message: undefined };
const pythonExtension = { api: undefined };

const vscode = {
  Position, Range, InlineCompletionItem,
  StatusBarAlignment: { Right: 2 }, ConfigurationTarget: { Global: 1, Workspace: 2 },
  ProgressLocation: { Notification: 15 },
  env: { appName: 'stub' }, version: '1.91.0',
  workspace: {
    textDocuments: [], workspaceFolders: [{ uri: 'file:///project', name: 'project' }],
    onDidOpenTextDocument: event('open'), onDidCloseTextDocument: event('close'),
    onDidChangeTextDocument: event('change'), onDidChangeConfiguration: event('configuration'),
    onDidChangeWorkspaceFolders: event('folders'),
    getConfiguration: (section) => ({
      get: (name, otherwise) => set[`${section}.${name}`]
        ?? defaults[`${section}.${name}`] ?? otherwise,
      inspect: () => ({}),
      update: async (name, value) => configure(`${section}.${name}`, value),
    }),
  },
  window: {
    activeTextEditor: undefined,
    onDidChangeActiveTextEditor: event('editor'),
    createOutputChannel: () => ({ appendLine: (line) => output.push(line), show() {}, dispose() {} }),
    createStatusBarItem: () => status,
    showQuickPick: async (entries, { canPickMany } = {}) => (canPickMany
      ? entries.filter(({ picked }) => picked)
      : entries.find(({ label }) => label === answers.pick)),
    showInformationMessage: async () => answers.message,
    showErrorMessage: async () => undefined,
    showWarningMessage: async () => undefined,
    showInputBox: async () => answers.input,
    showOpenDialog: async () => answers.files,
    createTerminal: (options) => {
      registered.terminal = options;
      return { show: () => { registered.terminal.shown = true; } };
    },
    withProgress: async (_, work) => work(),
  },
  commands: {
    registerCommand: (name, call) => {
      registered.commands[name] = call;
      return { dispose: () => delete registered.commands[name] };
    },
    executeCommand: async (name, ...given) => registered.commands[name]?.(...given), // or VS Code's own
  },
  languages: {
    registerInlineCompletionItemProvider: (selector, provider) => {
      Object.assign(registered, { selector, provider });
      return { dispose() {} };
    },
  },
  extensions: {
    getExtension: (id) => (id === 'ms-python.python' && pythonExtension.api
      ? { isActive: true, exports: pythonExtension.api } : undefined),
  },
};

const manifest = require(process.env.MANIFEST);
const defaults = Object.fromEntries(
  Object.entries(manifest.contributes.configuration.properties).map(([k, v]) => [k, v.default]));

function configure(name, value) {
  set[name] = value;
  fire('configuration', { affectsConfiguration: (part) => name.startsWith(part) });
}

function open(uri, languageId, text) {
  const document = new Document(uri, languageId, text);
  vscode.workspace.textDocuments.push(document);
  fire('open', document);
  return document;
}

/** Look at a document, with the caret at a place. */
function look(document, line, character) {
  const active = new Position(line, character);
  const editor = {
    document,
    selection: { active },
    edit: async (build) => build({ insert: (at, text) => {
      document.replace(new Range(at, at), text);
      editor.selection.active = new Position(at.line, at.character + text.length);
    } }),
  };
  vscode.window.activeTextEditor = editor;
  fire('editor', editor);
  return editor;
}

const load = Module._load;
Module._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));

module.exports = {
  vscode, configure, open, look, fire, set, status, output, registered, answers, pythonExtension,
};
