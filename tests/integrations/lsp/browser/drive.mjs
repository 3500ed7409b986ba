// node drive.mjs SCENARIO …: serves the page, starts the language server for each websocket, and types
// into the page in a real browser, each scenario in a context of its own. Prints one line of JSON with
// what each of them saw, or how it failed.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { WebSocketServer } from 'ws';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const LONGEST = Number(process.env.PATIENCE_MS);
const STYLE = `body { margin: 0; background: #1e1e1e; }
  .cm-editor { font-size: 16px; color: #d4d4d4; height: 220px; width: 640px; }
  .cm-editor .cm-gutters { background: #1e1e1e; color: #858585; border: 0; }
  .cm-editor .cm-cursor { border-left: 2px solid #fff; }
  .cm-ghost { color: #808080; white-space: pre; }`;

const script = await build({
  entryPoints: [new URL('page.mjs', import.meta.url).pathname],
  bundle: true, write: false, format: 'esm', logLevel: 'warning',
});

const pages = {
  '/': ['text/html', `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>`
    + '<body><script type="module" src="/page.js"></script>'],
  '/page.js': ['text/javascript', script.outputFiles[0].text],
};
const server = http.createServer((request, response) => {
  const [type, text] = pages[request.url] ?? ['text/plain', ''];
  response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(text);
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));

/** Messages in both directions, as JSON, of the scenario that runs. */
let wire;

new WebSocketServer({ server }).on('connection', (socket) => {
  const { in: received, out: sent } = wire;
  const [program, ...rest] = JSON.parse(process.env.SERVER);
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'], cwd: process.env.ROOT });
  socket.on('message', (data) => {
    sent.push(JSON.parse(String(data)));
    child.stdin.write(`Content-Length: ${data.length}\r\n\r\n`);
    child.stdin.write(data);
  });
  socket.on('close', () => child.stdin.end());
  let buffer = Buffer.alloc(0);
  child.stdout.on('data', (data) => {
    buffer = Buffer.concat([buffer, data]);
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/\d+/.exec(buffer.subarray(0, end).toString())[0]);
      if (buffer.length < end + 4 + length) return;
      const body = buffer.subarray(end + 4, end + 4 + length).toString();
      buffer = buffer.subarray(end + 4 + length);
      received.push(JSON.parse(body));
      socket.send(body);
    }
  });
});

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM, args: FLAGS, headless: true,
});
let page;

/** A new page, which nothing has been typed into; returns what goes wrong in it. */
async function opened() {
  wire = { in: [], out: [] };
  page = await browser.newPage({ viewport: { width: 640, height: 220 } });
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForSelector('.cm-content');
  await page.waitForFunction(() => window.client.connected);
  await page.evaluate(() => window.client.initializing);
  return errors;
}

const text = () => page.evaluate(() => window.view.state.doc.toString());
const ghost = () => page.evaluate(() => document.querySelector('.cm-ghost')?.textContent ?? '');
const shows = (wanted) => page.waitForFunction(
  (one) => (document.querySelector('.cm-ghost')?.textContent ?? '') === one, wanted,
  { timeout: LONGEST });
const some = () => page.waitForSelector('.cm-ghost', { timeout: LONGEST });

const scenarios = {
  async typing() {
    const seen = {};
    await page.keyboard.type('é = "😀"\nfo');
    await shows('r index in range(10):');
    seen.drawn = await ghost();
    const asked = wire.out.length;
    await page.keyboard.type('r i', { delay: 20 });
    await shows('ndex in range(10):');
    seen.along = await ghost();
    await page.keyboard.press('Tab');
    seen.accepted = await text();
    await page.keyboard.press('Control+z');
    seen.undone = await text();
    await page.keyboard.press('Control+y');
    await page.keyboard.type('\nif re');
    await shows("ady:\n    print('first')\n    print('second')");
    seen.lines = await ghost();
    await page.keyboard.press('Escape');
    seen.dismissed = await ghost();
    await page.keyboard.type('x');
    await page.keyboard.press('Tab'); // nothing is shown: an ordinary Tab
    seen.tab = await text();
    seen.versions = wire.out.filter((one) => one.method === 'textDocument/didChange').length;
    seen.requests = wire.out.length - asked;
    return seen;
  },
  async hurry() {
    for (let count = 0; count < 30; count++) {
      await page.keyboard.type('fo');
      await page.keyboard.press('Backspace');
      await page.keyboard.press('Backspace');
    }
    await page.keyboard.type('fo');
    await shows('r index in range(10):');
    const ids = wire.out.filter((one) => one.id !== undefined).map((one) => one.id);
    const replies = () => wire.in.filter((one) => one.id !== undefined).map((one) => one.id);
    const until = Date.now() + LONGEST;
    while (new Set(replies()).size < ids.length && Date.now() < until) await page.waitForTimeout(20);
    await page.keyboard.type('r'); // whatever is answered twice has been by the next answer
    await shows(' index in range(10):');
    const answered = replies().filter((id) => ids.includes(id));
    return { asked: ids.length, answered: answered.length, once: new Set(answered).size };
  },
  async picture() {
    await page.keyboard.type(process.env.CODE);
    await page.waitForTimeout(1500);
    await page.keyboard.type(process.env.MORE, { delay: 60 });
    await some();
    await page.waitForTimeout(300);
    await page.screenshot({ path: process.env.PICTURE });
    return { ghost: await ghost(), text: await text() };
  },
};

async function saw(scenario) {
  try {
    const errors = await opened();
    return { ...(await scenarios[scenario]()), errors };
  } catch (error) {
    return { failed: String(error?.stack ?? error) };
  } finally {
    await page?.close();
  }
}

try {
  const seen = {};
  for (const scenario of process.argv.slice(2)) seen[scenario] = await saw(scenario);
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
  server.closeAllConnections();
  server.close();
}
process.exit(0);
