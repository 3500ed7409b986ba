// Trains on the workspace's own code, in a terminal where the user can follow and stop it. The trainer
// does the work; this module asks for its arguments, and never builds a shell command.
import * as vscode from 'vscode';
import { SAFE, find } from './python.mjs';

/** @param {string} text */
const isAddress = (text) => /^[\w.:[\]-]+:\d+$/.test(text);

/**
 * Train a model on the folders of the workspace, for this user alone.
 * @param {string} storage
 */
export async function personal(storage) {
  const folders = await chosenFolders('Train a model on this code');
  if (folders) await start(storage, 'codecomplete: training', ['personal', ...folders]);
}

/**
 * Take part in a federation with the folders of the workspace.
 * @param {string} storage
 */
export async function federate(storage) {
  const server = await vscode.window.showInputBox({
    title: 'Federation Server', prompt: 'host:port', ignoreFocusOut: true,
    validateInput: (text) => (isAddress(text) ? undefined : 'expected host:port'),
  });
  if (!server) return;
  const [certificate] = await vscode.window.showOpenDialog({
    title: "The server's certificate, given to you by hand", canSelectMany: false,
    filters: { Certificates: ['crt', 'pem'] },
  }) ?? [];
  if (!certificate) return;
  const folders = await chosenFolders('Take part with this code; the code itself is not sent');
  if (!folders) return;
  const joining = ['federated', 'join', server, ...folders, '--certificate', certificate.fsPath];
  await start(storage, 'codecomplete: federation', joining);
}

/**
 * The folders of the workspace that the user picks; undefined if none.
 * @param {string} title
 * @returns {Promise<string[] | undefined>}
 */
async function chosenFolders(title) {
  const open = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (open.length === 0) {
    void vscode.window.showWarningMessage('codecomplete: open a folder with code first');
    return undefined;
  }
  const items = open.map(({ name, uri }) => ({ label: name, description: uri.fsPath, picked: true }));
  const picked = await vscode.window.showQuickPick(items, { title, canPickMany: true });
  return picked?.length ? picked.map(({ description }) => description) : undefined;
}

/**
 * Run the trainer in a terminal of its own.
 * @param {string} storage
 * @param {string} name
 * @param {string[]} args
 */
async function start(storage, name, args) {
  const { python } = await find(storage);
  if (python === undefined) {
    void vscode.window.showErrorMessage('codecomplete: no Python with the package was found');
    return;
  }
  const shellArgs = [...SAFE, '-m', 'codecomplete', 'trainer', ...args];
  vscode.window.createTerminal({ name, shellPath: python, shellArgs, cwd: storage }).show();
}
