// node workbench.mjs: opens a folder in VS Code's workbench in a browser, types into a file, accepts
// ghost text, and prints one line of JSON with what was seen.
import { createRequire } from 'node:module';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';

const { CODE_SERVER, CHROMIUM, MODULES, HOME_FOLDER, FOLDER, VSIX, PICTURE, TYPED } = process.env;
const { chromium } = createRequire(`${MODULES}/`)('playwright-core');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const LONGEST = 120_000;
const GHOST = '[class*=ghost-text]';

const free = () => new Promise((resolve) => {
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

const program = `${CODE_SERVER}/node_modules/code-server/out/node/entry.js`;
const common = ['--config', `${HOME_FOLDER}/config.yaml`, '--user-data-dir', `${HOME_FOLDER}/data`,
  '--extensions-dir', `${HOME_FOLDER}/extensions`];
const env = { ...process.env, HOME: HOME_FOLDER, XDG_DATA_HOME: HOME_FOLDER, XDG_CONFIG_HOME: HOME_FOLDER };
const done = spawnSync('node', [program, ...common, '--install-extension', VSIX], { env, encoding: 'utf8' });
if (!/successfully installed/.test(done.stdout)) throw new Error(done.stdout + done.stderr);

const port = await free();
const server = spawn('node', [program, ...common, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`,
  '--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', FOLDER],
{ env, stdio: ['ignore', 'pipe', 'pipe'] });
let log = '';
server.stdout.on('data', (data) => { log += data; });
server.stderr.on('data', (data) => { log += data; });
const start = Date.now();
while (!/listening on/.test(log)) {
  if (Date.now() - start > LONGEST) throw new Error(log);
  await new Promise((resolve) => setTimeout(resolve, 100));
}

const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, headless: true });
const page = await browser.newPage({ viewport: { width: 1000, height: 560 } });
page.setDefaultTimeout(LONGEST);
const seen = {};
/** The last line of the file, which is saved: on the screen ghost text looks like text. */
const line = async () => {
  await page.keyboard.press('Control+s');
  await page.waitForTimeout(500);
  return fs.readFileSync(`${FOLDER}/example.py`, 'utf8').split('\n').at(-1);
};
const ghost = async () => (await page.locator(GHOST).allInnerTexts()).join('').replace(/\u00a0/g, ' ');
const status = () => page.locator('[id*="codecomplete"] a').first().getAttribute('aria-label');

try {
  await page.goto(`http://127.0.0.1:${port}/`);
  const trust = page.getByRole('button', { name: /Yes, I trust/ });
  await trust.waitFor();
  await page.waitForTimeout(3000); // an extension that starts before it is trusted would be there
  seen.before = await page.locator('[id*="codecomplete"]').count();
  await trust.click();
  await page.getByText('example.py').first().dblclick();
  await page.locator('.view-line').first().waitFor();
  await page.locator('[id*="codecomplete"] .codicon-check').waitFor();
  seen.status = await status();
  await page.locator('.monaco-editor').first().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(TYPED, { delay: 80 });
  await page.locator(GHOST).first().waitFor();
  await page.waitForTimeout(500);
  seen.ghost = await ghost();
  await page.screenshot({ path: PICTURE });
  await page.keyboard.type(seen.ghost[0]);
  await page.waitForFunction(([query, rest]) => [...document.querySelectorAll(query)]
    .map((one) => one.innerText).join('').replace(/\u00a0/g, ' ') === rest, [GHOST, seen.ghost.slice(1)]);
  seen.along = await ghost();
  await page.keyboard.press('Alt+ArrowRight');
  await page.waitForTimeout(500);
  seen.hump = await line();
  seen.rest = await ghost();
  await page.keyboard.press('Tab');
  await page.waitForTimeout(300);
  seen.accepted = await line();
  await page.keyboard.press('Control+z');
  await page.waitForTimeout(300);
  seen.undone = await line();
} catch (error) {
  await page.screenshot({ path: PICTURE });
  seen.error = String(error);
} finally {
  await browser.close();
  server.kill();
}
console.log(JSON.stringify(seen));
process.exit(0);
