// Creates an environment for the server in the extension's own folder, when the user asks for it.
import { execFile } from 'node:child_process';
import * as vscode from 'vscode';
import { ownEnvironment, onPath } from './python.mjs';

const PACKAGE = 'codecomplete';
const FITTING = 'import sys, venv; sys.exit(sys.version_info < (3, 11))';

/**
 * Ask the user, then create the environment and install the package there. Returns whether it did.
 * @param {string} storage
 * @param {(line: string) => void} log
 * @returns {Promise<boolean>}
 */
export async function install(storage, log) {
  const question = `Create a Python environment in ${storage} and run 'pip install ${PACKAGE}' there?`;
  const detail = 'This is the only thing that codecomplete downloads, and only now.';
  const answer = await vscode.window.showInformationMessage(
    question, { modal: true, detail }, 'Install');
  if (answer !== 'Install') return false;
  const location = vscode.ProgressLocation.Notification;
  const title = 'codecomplete: installing';
  return vscode.window.withProgress({ location, title }, async () => {
    try {
      await make(storage, log);
      return true;
    } catch (error) {
      log(String(error));
      await vscode.window.showErrorMessage(`codecomplete could not be installed: ${reason(error)}`);
      return false;
    }
  });
}

/**
 * @param {string} storage
 * @param {(line: string) => void} log
 */
async function make(storage, log) {
  const { folder, python } = ownEnvironment(storage);
  const base = await fitting(storage);
  if (base === undefined) {
    throw new Error('no Python 3.11 or later with venv was found; install one, or set '
      + 'codecomplete.python to a Python that has the package');
  }
  log(await run(base, ['-m', 'venv', '--clear', folder], storage));
  log(await run(python, ['-m', 'pip', 'install', '--upgrade', PACKAGE], storage));
}

/**
 * @param {string} storage
 * @returns {Promise<string | undefined>}
 */
async function fitting(storage) {
  for (const python of onPath()) {
    const good = await run(python, ['-c', FITTING], storage).then(() => true, () => false);
    if (good) return python;
  }
  return undefined;
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} folder
 * @returns {Promise<string>}
 */
function run(program, args, folder) {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd: folder, maxBuffer: 1e8 }, (error, output, errors) => {
      if (error) reject(new Error(errors.trim() || error.message));
      else resolve(output.trim());
    });
  });
}

/** @param {unknown} error */
function reason(error) {
  const lines = error instanceof Error ? error.message.split('\n') : [String(error)];
  return lines[lines.length - 1];
}
