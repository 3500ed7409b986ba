// The extension: connects its parts, and defines what each command does.
import * as fs from 'node:fs';
import * as vscode from 'vscode';
import { Documents, SCHEMES } from './documents.mjs';
import { install } from './install.mjs';
import { federate, personal } from './learning.mjs';
import * as python from './python.mjs';
import { Server } from './server.mjs';
import * as settings from './settings.mjs';
import { Status } from './status.mjs';
import { Suggestions } from './suggestions.mjs';

/** @type {Server | undefined} */
let running;

/** @param {vscode.ExtensionContext} context */
export async function activate(context) {
  const storage = context.globalStorageUri.fsPath;
  fs.mkdirSync(storage, { recursive: true });
  const output = vscode.window.createOutputChannel('codecomplete');
  const status = new Status();
  const log = (/** @type {string} */ line) => output.appendLine(line);
  const server = running = new Server({
    folder: storage,
    find: () => found(storage, status, log),
    greeting,
    ready: () => documents.openAll(),
    state: (state, error) => status.set(state, error),
    log,
  });
  const documents = new Documents(server);
  const suggestions = new Suggestions(server, documents);
  const selector = SCHEMES.map((scheme) => ({ scheme }));
  context.subscriptions.push(
    output, status, documents,
    vscode.languages.registerInlineCompletionItemProvider(selector, suggestions),
    ...follow(server, status),
    ...commands({ storage, server, suggestions, output, log }),
  );
  restartWithPython(context, server);
  await server.start();
}

export async function deactivate() {
  await running?.stop();
  running = undefined;
}

/**
 * The command line of the server. If there is none, undefined, and the status bar says so.
 * @param {string} storage
 * @param {Status} status
 * @param {(line: string) => void} log
 */
async function found(storage, status, log) {
  const { python: program, asked } = await python.find(storage);
  if (program !== undefined) return python.command(program);
  log(`none of these has the package codecomplete: ${asked.join(', ')}`);
  status.set('missing');
  return undefined;
}

/** The parameters of `initialize`. */
function greeting() {
  return {
    processId: process.pid,
    clientInfo: { name: vscode.env.appName, version: vscode.version },
    rootUri: null,
    workspaceFolders: folders(vscode.workspace.workspaceFolders ?? []),
    capabilities: {
      general: { positionEncodings: ['utf-16'] },
      textDocument: { inlineCompletion: {}, synchronization: {} },
      workspace: { workspaceFolders: true },
    },
    initializationOptions: { ...settings.serverSettings(), state: true },
  };
}

/** @param {readonly vscode.WorkspaceFolder[]} given */
function folders(given) {
  return given.map(({ uri, name }) => ({ uri: uri.toString(), name }));
}

/**
 * Keep the server and the status bar up to date with the settings, the active editor and the folders.
 * @param {Server} server
 * @param {Status} status
 */
function follow(server, status) {
  const look = () => {
    const document = vscode.window.activeTextEditor?.document;
    status.language(!document || settings.languageOn(document.languageId));
  };
  look();
  return [
    vscode.window.onDidChangeActiveTextEditor(look),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(settings.SECTION)) return;
      if (event.affectsConfiguration(`${settings.SECTION}.python`)) {
        void server.start();
        return;
      }
      const changed = { [settings.SECTION]: settings.serverSettings() };
      server.notify('workspace/didChangeConfiguration', { settings: changed });
      look();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      const event = { added: folders(added), removed: folders(removed) };
      server.notify('workspace/didChangeWorkspaceFolders', { event });
    }),
  ];
}

/**
 * @param {{ storage: string, server: Server, suggestions: Suggestions,
 *   output: vscode.OutputChannel, log: (line: string) => void }} parts
 */
function commands({ storage, server, suggestions, output, log }) {
  const restart = () => {
    server.failures = 0;
    return server.start();
  };
  const does = {
    toggle: settings.toggle,
    toggleLanguage: async () => {
      const document = vscode.window.activeTextEditor?.document;
      if (document) await settings.toggleLanguage(document.languageId);
    },
    acceptWord: () =>
      vscode.commands.executeCommand('editor.action.inlineSuggest.acceptNextWord'),
    acceptHump: () => suggestions.acceptHump(),
    never: () => suggestions.never(),
    accepted: (/** @type {string} */ text) => server.notify('codecomplete/accepted', { text }),
    status: async () => {
      const answer = await server.request('codecomplete/status', {});
      (answer?.lines ?? ['the server is not running']).forEach(log);
      output.show(true);
    },
    restart,
    install: async () => {
      if (await install(storage, log)) await restart();
    },
    personal: () => personal(storage),
    federate: () => federate(storage),
    menu,
  };
  return Object.entries(does).map(([name, call]) =>
    vscode.commands.registerCommand(`codecomplete.${name}`, call));
}

/** Show the menu that a click on the status bar opens. */
async function menu() {
  const language = vscode.window.activeTextEditor?.document.languageId;
  const off = language && !settings.languageOn(language);
  const entries = [
    { label: settings.enabled() ? 'Switch off' : 'Switch on', command: 'toggle' },
    ...(language
      ? [{ label: `Switch ${off ? 'on' : 'off'} for ${language}`, command: 'toggleLanguage' }] : []),
    { label: 'Show status', command: 'status' },
    { label: 'Restart', command: 'restart' },
    { label: 'Install into its own environment', command: 'install' },
  ];
  const chosen = await vscode.window.showQuickPick(entries, { title: 'codecomplete' });
  if (chosen) await vscode.commands.executeCommand(`codecomplete.${chosen.command}`);
}

/**
 * Restart the server when the user selects another environment in the Python extension: it may have the
 * package, or another version of it.
 * @param {vscode.ExtensionContext} context
 * @param {Server} server
 */
function restartWithPython(context, server) {
  const environments = vscode.extensions.getExtension('ms-python.python')?.exports?.environments;
  const changed = environments?.onDidChangeActiveEnvironmentPath?.(() => void server.start());
  if (changed) context.subscriptions.push(changed);
}
