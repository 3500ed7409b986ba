// The user's settings, in the form that the server expects. Knows no server.
import * as vscode from 'vscode';

export const SECTION = 'codecomplete';
/** The server's settings; the others are only for this extension. */
const NAMES = [
  'enabled', 'languages', 'maxTokens', 'deadlineMs', 'threshold', 'debounceMs', 'project', 'unsafe', 'jedi', 'model',
  'maxFileKb', 'maxLine',
];

/** @returns {Record<string, unknown>} */
export function serverSettings() {
  const found = vscode.workspace.getConfiguration(SECTION);
  return Object.fromEntries(NAMES.map((name) => [name, found.get(name)]));
}

/** @returns {string} */
export function python() {
  return vscode.workspace.getConfiguration(SECTION).get('python', '').trim();
}

/** @returns {boolean} */
export function enabled() {
  return vscode.workspace.getConfiguration(SECTION).get('enabled', true);
}

/** Switch everything on or off. */
export async function toggle() {
  await update('enabled', !enabled());
}

/**
 * Switch one language on or off.
 * @param {string} language
 */
export async function toggleLanguage(language) {
  const languages = vscode.workspace.getConfiguration(SECTION).get('languages', {});
  await update('languages', { ...languages, [language]: !languageOn(language) });
}

/**
 * Whether the user's settings leave a language on. Only the server knows which languages are off by
 * default.
 * @param {string} language
 * @returns {boolean}
 */
export function languageOn(language) {
  /** @type {Record<string, boolean>} */
  const languages = vscode.workspace.getConfiguration(SECTION).get('languages', {});
  return languages[language] ?? languages['*'] ?? true;
}

/**
 * @param {string} name
 * @param {unknown} value
 */
async function update(name, value) {
  const found = vscode.workspace.getConfiguration(SECTION);
  // If the user has set it for this workspace, a global value would have no effect.
  const here = found.inspect(name)?.workspaceValue !== undefined;
  const { Global, Workspace } = vscode.ConfigurationTarget;
  await found.update(name, value, here ? Workspace : Global);
}
