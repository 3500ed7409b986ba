// The bundled extension in plain Node with the real server behind it: node --test scenario.cjs
'use strict';

const { test, before, after } = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const stub = require('./stub.cjs');

const { PYTHON, EXTENSION, PATIENCE_MS } = process.env;
const LONGEST = Number(PATIENCE_MS);
const INVOKE = 0;
const storage = fs.mkdtempSync(path.join(os.tmpdir(), 'codecomplete-'));
const context = { subscriptions: [], globalStorageUri: { fsPath: path.join(storage, 'global') } };
const extension = require(EXTENSION);
let early;

before(async () => {
  // The folder that the process runs in must not be imported from.
  fs.mkdirSync(context.globalStorageUri.fsPath);
  fs.writeFileSync(path.join(context.globalStorageUri.fsPath, 'codecomplete.py'), 'raise SystemExit(9)');
  early = stub.open('file:///project/early.py', 'python', 'import os\nfor name in os.li');
  stub.configure('codecomplete.python', PYTHON);
  stub.configure('codecomplete.deadlineMs', LONGEST); // on a busy machine too
  await extension.activate(context);
  await until(() => stub.status.tooltip === 'codecomplete: on');
});

after(async () => {
  await extension.deactivate();
  fs.rmSync(storage, { recursive: true });
});

async function until(call) {
  const start = Date.now();
  for (;;) {
    const found = await call();
    if (found) return found;
    assert(Date.now() - start < LONGEST, `waited for ${call}; log: ${stub.output.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function token() {
  const calls = [];
  return {
    isCancellationRequested: false,
    onCancellationRequested: (call) => { calls.push(call); return { dispose() {} }; },
    cancel() { this.isCancellationRequested = true; calls.forEach((call) => call()); },
  };
}

async function suggested(document, line, character, more = {}, cancel = token()) {
  const place = new stub.vscode.Position(line, character);
  const asked = { triggerKind: INVOKE, selectedCompletionInfo: undefined, ...more };
  const found = await stub.registered.provider.provideInlineCompletionItems(
    document, place, asked, cancel);
  return found?.items ?? [];
}

test('a document that was open before the server is suggested for', async () => {
  const [item] = await suggested(early, 1, 17);
  assert.match(item.insertText, /^st/);
  assert.deepEqual(item.range.toJSON(), [{ line: 1, character: 17 }, { line: 1, character: 17 }]);
  assert.equal(item.command.command, 'codecomplete.accepted');
});

test('edits reach the server as they are made', async () => {
  const document = stub.open('untitled:One', 'python', 'x = "😀"\n');
  const at = new stub.vscode.Position(1, 0);
  document.replace(new stub.vscode.Range(at, at), 'import os\nfor name in os.lis');
  const [item] = await suggested(document, 2, 18);
  assert.match(item.insertText, /^t/);
});

test('an entry of the menu is continued', async () => {
  const document = stub.open('untitled:Two', 'python', 'import os\nfor name in os.l');
  const range = new stub.vscode.Range(1, 15, 1, 16);
  const [item] = await suggested(document, 1, 16, {
    selectedCompletionInfo: { range, text: 'listdi' },
  });
  assert.match(item.insertText, /^listdir/);
  assert.deepEqual(item.range.toJSON(), range.toJSON());
});

test('what is cancelled, closed, not served or stale gets nothing', async () => {
  const cancelled = token();
  const waiting = suggested(early, 1, 17, {}, cancelled);
  cancelled.cancel();
  assert.deepEqual(await waiting, []);

  const stale = suggested(early, 1, 17);
  early.replace(new stub.vscode.Range(0, 0, 0, 0), '');
  assert.deepEqual(await stale, []);

  const shown = stub.open('output:log', 'python', 'import os\nfor name in os.li');
  assert.deepEqual(await suggested(shown, 1, 17), []);

  const gone = stub.open('untitled:Three', 'python', 'import os\nfor name in os.li');
  stub.fire('close', gone);
  assert.deepEqual(await suggested(gone, 1, 17), []);

  const secret = stub.open('file:///project/.env', 'python', 'import os\nfor name in os.li');
  assert.deepEqual(await suggested(secret, 1, 17), []);
});

test('a hump is accepted, and the rest is still suggested', async () => {
  const editor = stub.look(early, 1, 17);
  const [{ insertText }] = await suggested(early, 1, 17);
  await stub.vscode.commands.executeCommand('codecomplete.acceptHump');
  const typed = early.getText().slice('import os\nfor name in os.li'.length);
  assert(typed.length > 0 && insertText.startsWith(typed) && typed.length < insertText.length);
  const [rest] = await suggested(early, 1, editor.selection.active.character);
  assert.equal(rest.insertText, insertText.slice(typed.length));
});

test('what is never to be suggested again is not, and the next best is', async () => {
  const document = stub.open('untitled:Never', 'python', 'import os\nfor name in os.li');
  stub.look(document, 1, 17);
  const [{ insertText }] = await suggested(document, 1, 17);
  await stub.vscode.commands.executeCommand('codecomplete.never');
  const texts = (await suggested(document, 1, 17)).map((one) => one.insertText);
  assert(!texts.includes(insertText), texts.join());
});

test('the status bar follows the switches, and so does the server', async () => {
  stub.look(early, 1, 17);
  stub.answers.pick = 'Switch off';
  await stub.vscode.commands.executeCommand('codecomplete.menu');
  await until(() => stub.status.tooltip === 'codecomplete: off');
  assert.deepEqual(await suggested(early, 1, 17), []);
  await stub.vscode.commands.executeCommand('codecomplete.toggle');
  await until(() => stub.status.tooltip === 'codecomplete: on');
  stub.answers.pick = 'Switch off for python';
  await stub.vscode.commands.executeCommand('codecomplete.menu');
  assert.equal(stub.status.tooltip, 'codecomplete: off for this language');
  assert.deepEqual(await suggested(early, 1, 17), []);
  await stub.vscode.commands.executeCommand('codecomplete.toggleLanguage');
  assert.notDeepEqual(await suggested(early, 1, 17), []);
});

test('a server that dies is started again and knows every document', async () => {
  await stub.vscode.commands.executeCommand('codecomplete.status');
  assert(stub.output.some((line) => line.startsWith('memory of this process')));
  const started = () => stub.output.filter((line) => line.startsWith('starting ')).length;
  const before = started();
  const { stdout } = require('node:child_process').spawnSync(
    'pgrep', ['-P', String(process.pid), '-f', 'codecomplete lsp'], { encoding: 'utf8' });
  process.kill(Number(stdout.trim().split('\n')[0]), 'SIGKILL');
  await until(() => started() > before);
  await until(() => stub.status.tooltip === 'codecomplete: on');
  assert.notDeepEqual(await suggested(early, 1, 17), []);
});

test('a Python without the package is no server, and the status bar offers to install it', async () => {
  const python = path.join(storage, 'python');
  fs.writeFileSync(python, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  stub.configure('codecomplete.python', python);
  await until(() => /not installed/.test(stub.status.tooltip));
  assert.deepEqual(await suggested(early, 1, 17), []);
  stub.answers.message = undefined; // the user says no
  await stub.vscode.commands.executeCommand('codecomplete.install');
  assert(!fs.existsSync(path.join(context.globalStorageUri.fsPath, 'environment')));
});

test("the Python extension's interpreter is asked before the one on the path", async () => {
  stub.pythonExtension.api = {
    environments: { getActiveEnvironmentPath: () => ({ path: PYTHON }) },
  };
  stub.configure('codecomplete.python', '');
  await until(() => stub.status.tooltip === 'codecomplete: on');
  assert(stub.output.at(-1).startsWith(`starting ${PYTHON}`)
    || stub.output.some((line) => line.startsWith(`starting ${PYTHON} -P`)));
  assert.notDeepEqual(await suggested(early, 1, 17), []);
});

test('training and federations run in a terminal that no shell reads', async () => {
  const folder = path.join(storage, 'my code; rm -rf');
  const before = stub.vscode.workspace.workspaceFolders;
  stub.vscode.workspace.workspaceFolders = [
    { name: 'mine', uri: { scheme: 'file', fsPath: folder } },
    { name: 'elsewhere', uri: { scheme: 'ssh', fsPath: '/there' } },
  ];
  await stub.vscode.commands.executeCommand('codecomplete.personal');
  const { terminal } = stub.registered;
  assert.equal(terminal.shellPath, PYTHON);
  assert.deepEqual(terminal.shellArgs.slice(-5), ['-m', 'codecomplete', 'trainer', 'personal', folder]);
  assert(terminal.shown);
  Object.assign(stub.answers, { input: 'host:8765', files: [{ fsPath: '/keys/ca.crt' }] });
  await stub.vscode.commands.executeCommand('codecomplete.federate');
  assert.deepEqual(stub.registered.terminal.shellArgs.slice(-7),
    ['trainer', 'federated', 'join', 'host:8765', folder, '--certificate', '/keys/ca.crt']);
  stub.answers.files = undefined;
  stub.registered.terminal = undefined;
  await stub.vscode.commands.executeCommand('codecomplete.federate');
  assert.equal(stub.registered.terminal, undefined, 'who closes a dialog starts nothing');
  stub.vscode.workspace.workspaceFolders = before;
});

test('every command of the manifest is there, and no process stays', async () => {
  const { contributes } = require(process.env.MANIFEST);
  for (const { command } of contributes.commands) assert(stub.registered.commands[command], command);
  const { SCHEMES } = { SCHEMES: stub.registered.selector.map(({ scheme }) => scheme) };
  assert.deepEqual(SCHEMES, ['file', 'untitled', 'vscode-notebook-cell']);
  await extension.deactivate();
  const children = () => require('node:child_process').spawnSync(
    'pgrep', ['-P', String(process.pid), '-f', 'codecomplete lsp'], { encoding: 'utf8' }).stdout;
  await until(() => children() === '');
});
