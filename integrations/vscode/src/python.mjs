// Finds a Python that has the server, by running it in the extension's own folder, so that no workspace
// can provide the package instead.
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import * as settings from './settings.mjs';

const PATIENCE = 20_000; // ms, enough to load Python from a slow disk
/** -P: do not import modules from the current folder (Python 3.11). */
export const SAFE = ['-P', '-X', 'utf8'];
const WINDOWS = process.platform === 'win32';

/**
 * The environment that 'Install' creates.
 * @param {string} storage the extension's own folder
 */
export function ownEnvironment(storage) {
  const folder = path.join(storage, 'environment');
  const program = WINDOWS ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  return { folder, python: path.join(folder, ...program) };
}

/**
 * The Pythons to try, the likeliest first. If the user has set one, it is the only one.
 * @param {string} storage
 * @returns {Promise<string[]>}
 */
export async function candidates(storage) {
  const set = settings.python();
  if (set) return [set];
  const own = ownEnvironment(storage).python;
  const selected = await fromPythonExtension();
  const found = [fs.existsSync(own) ? own : undefined, selected, ...onPath()];
  return [...new Set(found.filter((one) => one !== undefined))];
}

/**
 * The interpreter that the Python extension has selected; undefined without that extension.
 * @returns {Promise<string | undefined>}
 */
async function fromPythonExtension() {
  const extension = vscode.extensions.getExtension('ms-python.python');
  if (extension === undefined) return undefined;
  try {
    const api = extension.isActive ? extension.exports : await extension.activate();
    const resource = vscode.workspace.workspaceFolders?.[0]?.uri;
    return api?.environments?.getActiveEnvironmentPath(resource)?.path;
  } catch {
    return undefined; // a version of that extension with another API, or one that fails
  }
}

/** @returns {string[]} */
export function onPath() {
  return WINDOWS ? ['py', 'python'] : ['python3', 'python'];
}

/**
 * The version of the package that a Python has; undefined if it has none.
 * @param {string} python
 * @param {string} storage
 * @returns {Promise<string | undefined>}
 */
function version(python, storage) {
  const ask = [...SAFE, '-c', 'import codecomplete; print(codecomplete.__version__)'];
  return new Promise((resolve) => {
    execFile(python, ask, { cwd: storage, timeout: PATIENCE }, (error, output) => {
      resolve(error ? undefined : output.trim());
    });
  });
}

/**
 * The first Python that has the server, if any, and all candidates.
 * @param {string} storage
 * @returns {Promise<{ python?: string, asked: string[] }>}
 */
export async function find(storage) {
  const asked = await candidates(storage);
  for (const python of asked) {
    if (await version(python, storage)) return { python, asked };
  }
  return { asked };
}

/**
 * The command line of the server.
 * @param {string} python
 */
export function command(python) {
  return { command: python, args: [...SAFE, '-m', 'codecomplete', 'lsp', '--stdio'] };
}
