// Drives pages in one headless Chromium, whose program CHROMIUM names in the environment. Each line
// of the input asks for a scenario, as JSON: its name, and the variables that it is given, PAGE
// among them. A line of the output says what it saw, or how it failed.
import { readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { chromium } from '../../../integrations/web/node_modules/playwright-core/index.mjs';

const { CHROMIUM, PATIENCE_MS = '60000' } = process.env;
const LONG = Number(PATIENCE_MS); // a guard, not an expectation
const SETTLED = 400; // ms in which something unwanted would have come
const addressOf = (page) => (/^https?:/.test(page) ? page : pathToFileURL(page).href);

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--enable-precise-memory-info'],
});

/** An open page: what it asks for and what goes wrong in it is noted. */
async function opened(options = {}, where = addressOf(process.env.PAGE)) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(LONG);
  const notes = { requests: [], errors: [] };
  page.on('request', (request) => notes.requests.push(request.url()));
  page.on('pageerror', (error) => notes.errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && notes.errors.push(message.text()));
  await page.goto(where);
  return { page, context, notes };
}

const isReady = (page) => page.waitForFunction(() => document.documentElement.dataset.ready);
const text = (page) => page.evaluate(() => globalThis.page.view.state.doc.toString());
const shown = (page) => page.evaluate(() => globalThis.page.ghost.shown?.text ?? '');
const drawn = (page) => page.locator('.cc-ghost').allTextContents();
const settled = (page) => page.waitForTimeout(SETTLED);
/** Whatever was asked before has been answered: the worker takes one question after the other. */
const answered = (page) => page.evaluate(() => new Promise((resolve) => {
  globalThis.page.engine.rank({ before: '', after: '', language: null, buffer: 'barrier' }, ['a'], resolve);
}));
const waitShown = (page) => page.waitForFunction(() => globalThis.page.ghost.shown);
const waitGone = (page) => page.waitForFunction(() => !globalThis.page.ghost.shown);
/** Suggestions come whole, and none grows later, however slow the machine is. */
const inFull = (page) => page.evaluate((ms) => {
  const { engine } = globalThis.page;
  Object.assign(engine.options, { deadlineMs: ms });
  const receive = engine.receive.bind(engine);
  engine.replied = new Set();
  engine.receive = (reply) => {
    receive(reply);
    engine.replied.add(reply.id);
  };
}, LONG);
/** The newest request, if there is one, has its answer; after `inFull`. */
const replied = (page) => page.waitForFunction(() => {
  const { engine } = globalThis.page;
  return [...engine.asked.keys()].every((id) => engine.replied.has(id));
});
const waitPlaceOf = (page, place) =>
  page.waitForFunction((place) => document.querySelector('.cc-ghost-layer .cc-place')?.textContent.startsWith(place), place);
const head = (page) => page.evaluate(() => globalThis.page.view.state.selection.main.head);

/** Another text, the caret at its end or at a place; as if it had been typed. */
async function write(page, content, at = content.length) {
  await page.evaluate(([content, at]) => {
    const { view } = globalThis.page;
    view.focus();
    view.dispatch({
      changes: { from: 0, to: view.state.doc.length, insert: content },
      selection: { anchor: at },
      userEvent: 'input',
      scrollIntoView: true,
    });
  }, [content, at]);
}

/**
 * Where the system counts the time of this browser's worker: nobody else's work is in it.
 * @returns {string}
 */
function workerThread() {
  const parents = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      parents.set(pid, stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    } catch {} // it has ended
  }
  const isOurs = (pid) => pid !== undefined && (pid === String(process.pid) || isOurs(parents.get(pid)));
  for (const pid of [...parents.keys()].filter(isOurs))
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const folder = `/proc/${pid}/task/${task}`;
      if (readFileSync(`${folder}/comm`, 'utf8').startsWith('DedicatedWorker')) return `${folder}/schedstat`;
    }
  throw new Error('the worker has no thread here');
}

const cpuMilliseconds = (path) => Number(readFileSync(path, 'utf8').split(' ')[0]) / 1e6;

const CODE = `import os


def names(folder):
    """The Python files of a folder."""
    found = []
    for name in os.listdir(folder):
        if name.endswith(".py"):
            found.append(name)
    return found


def sizes(folder):
    found = []
    for name in os.listdir(folder):
        found.ap`;

const scenarios = {
  /** The traces of vectors.py, each from its beginning, in this browser. */
  async replay() {
    const { page } = await opened();
    return page.evaluate(async (share) => {
      const { replay } = await import('/tests/integrations/web/replay.mjs');
      const traces = await (await fetch('/vectors.json')).json();
      const bytes = async (path) => {
        const response = await fetch(path);
        if (!response.ok) throw new Error(`${path}: ${response.status}`);
        return new Uint8Array(await response.arrayBuffer());
      };
      const read = (model, path) => bytes(`/${model}/${path}`);
      return replay(traces, read, await WebAssembly.compile(await bytes('/kernel.wasm')), share);
    }, Number(process.env.SHARE));
  },

  /** Load, type, accept, undo: each as a user does it. */
  async typing() {
    const { page, notes } = await opened();
    await isReady(page);
    await inFull(page);
    const loaded = notes.requests.length;
    await write(page, CODE);
    await waitShown(page);
    await settled(page);
    const seen = { ghost: await shown(page), drawn: (await drawn(page)).join('') };
    await page.keyboard.type(seen.ghost.slice(0, 3));
    seen.along = await shown(page);
    await page.keyboard.press('Tab');
    seen.accepted = await text(page);
    seen.focused = await page.evaluate(() => globalThis.page.view.hasFocus);
    await page.keyboard.press('Control+z');
    seen.undone = await text(page);
    await page.keyboard.press('Control+z');
    seen.undoneTwice = await text(page);
    await write(page, CODE);
    await waitShown(page);
    await page.keyboard.press('Control+ArrowRight');
    seen.word = (await text(page)).slice(CODE.length);
    await write(page, CODE);
    await waitShown(page);
    seen.other = await page.evaluate(() => {
      const { view, ghost } = globalThis.page;
      const at = view.state.selection.main.head;
      view.dispatch({ changes: { from: at, insert: '@' }, selection: { anchor: at + 1 }, userEvent: 'input.type' });
      return [ghost.shown, document.querySelectorAll('.cc-ghost').length];
    });
    seen.asked = notes.requests.slice(loaded);
    return { ...seen, errors: notes.errors };
  },

  /** What clears a suggestion, and what Tab does then. */
  async clearing() {
    const { page, notes } = await opened();
    await isReady(page);
    const seen = {};
    const again = async () => {
      await write(page, CODE);
      await waitShown(page);
    };
    for (const key of ['Escape', 'ArrowLeft', 'ArrowUp', 'Home']) {
      await again();
      await page.keyboard.press(key);
      await waitGone(page);
      await settled(page);
      seen[key] = [await shown(page), (await text(page)) === CODE];
    }
    await again();
    await page.locator('.cm-line').nth(3).click();
    await waitGone(page);
    await settled(page);
    seen.click = [await shown(page), (await text(page)) === CODE];
    await again();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    seen.tabAfterEscape = [await text(page), await page.evaluate(() => globalThis.page.view.hasFocus)];
    await write(page, '');
    await settled(page);
    await page.evaluate(() => globalThis.page.ghost.dismiss());
    await page.keyboard.press('Tab');
    seen.tabWithNothing = [await text(page), await page.evaluate(() => globalThis.page.view.hasFocus)];
    await again();
    await page.locator('#language').focus();
    seen.blurred = await shown(page);
    return { ...seen, errors: notes.errors };
  },

  /** Text that is being composed is left alone, and asked about when it is there. */
  async composing() {
    const { page, context, notes } = await opened();
    await isReady(page);
    await write(page, CODE);
    await waitShown(page);
    const session = await context.newCDPSession(page);
    const seen = { during: [] };
    for (const part of ['に', 'にほ', 'にほん']) {
      await session.send('Input.imeSetComposition', { text: part, selectionStart: part.length, selectionEnd: part.length });
      await settled(page);
      seen.during.push([(await text(page)).slice(CODE.length), await shown(page)]);
    }
    const before = await page.evaluate(() => globalThis.page.ghost.statistics.requests);
    await session.send('Input.insertText', { text: '日本' });
    await page.waitForFunction((before) => globalThis.page.ghost.statistics.requests > before, before);
    seen.after = (await text(page)).slice(CODE.length);
    await write(page, CODE);
    await waitShown(page);
    await session.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
    await page.keyboard.press('Tab');
    seen.tab = (await text(page)).slice(CODE.length);
    return { ...seen, errors: notes.errors };
  },

  /** Around and beyond 2,048 characters, in both rules. */
  async length() {
    const { page, notes } = await opened();
    await isReady(page);
    await inFull(page);
    const line = 'total = total + value\n';
    const long = (count) => (line.repeat(Math.ceil(count / line.length) + 1)).slice(-count);
    const seen = { anywhere: {}, strict: {} };
    for (const rules of ['anywhere', 'strict']) {
      if (rules === 'strict') await page.locator('#strict').check();
      for (const count of [1024, 2047, 2048, 2049, 40_000]) {
        const content = `${long(count - 6)}total `;
        const before = await page.evaluate(() => globalThis.page.ghost.statistics.requests);
        await write(page, content);
        await settled(page);
        await replied(page);
        const asked = await page.evaluate(() => globalThis.page.ghost.statistics.requests);
        if (rules === 'anywhere') await waitShown(page);
        seen[rules][count] = [asked - before, await shown(page), (await text(page)) === content];
        if (rules === 'strict') seen[`note ${count}`] = await page.locator('#strict-note').textContent();
      }
    }
    await write(page, `${CODE}\n`, CODE.length);
    await settled(page);
    seen.notAtTheEnd = await shown(page);
    seen.noteNotAtTheEnd = await page.locator('#strict-note').textContent();
    await page.locator('#plain').check();
    const area = page.locator('#area');
    for (const count of [2048, 2049]) {
      await area.fill('');
      await page.keyboard.insertText(`${long(count - 6)}total `);
      await settled(page);
      if (count === 2048) await page.waitForFunction(() => globalThis.page.plain.shown);
      seen[`field ${count}`] = [await page.evaluate(() => globalThis.page.plain.shown?.text ?? ''), await page.locator('#strict-note').textContent()];
    }
    await page.locator('#plain').uncheck();
    await page.locator('#strict').uncheck();
    await write(page, `${CODE}\n`, CODE.length);
    await waitShown(page);
    return { ...seen, errors: notes.errors };
  },

  /** A hurried typist in a long file: what keys cost on the page's own thread. */
  async hurry() {
    const { page, notes } = await opened();
    await isReady(page);
    const line = 'def sum_of(values):\n    total = 0\n    for value in values:\n        total = total + value\n    return total\n\n\n';
    await write(page, line.repeat(400));
    await page.evaluate(() => {
      globalThis.costs = [];
      const asking = globalThis.page;
      const { view } = asking;
      const dispatch = view.dispatch.bind(view);
      globalThis.typed = (character) => {
        const begin = performance.now();
        const at = view.state.selection.main.head;
        dispatch({ changes: { from: at, insert: character }, selection: { anchor: at + 1 }, userEvent: 'input.type' });
        globalThis.costs.push([globalThis.page.lastKey, performance.now() - begin]);
      };
    });
    const typed = 'def mean_of(values):\n    total = sum_of(values)\n    count = len(values)\n    return total / count\n';
    for (const character of typed) {
      await page.evaluate((character) => globalThis.typed(character), character);
      await page.waitForTimeout(12);
    }
    await settled(page);
    const seen = await page.evaluate(() => {
      return { costs: globalThis.costs, own: globalThis.page.engine.isOnOwnThread, text: globalThis.page.view.state.doc.toString().slice(-400) };
    });
    return { ...seen, typed, errors: notes.errors };
  },

  /**
   * What a key costs the page's own thread, with ghost text and without, block by block in one run:
   * the processor's time on that thread, so that other work on the machine is not in it, and how
   * long a key had to wait for it. Tasks of 50 ms and more are counted by the browser.
   */
  async keys() {
    const { page, context, notes } = await opened();
    await isReady(page);
    const line = 'def sum_of(values):\n    total = 0\n    for value in values:\n        total = total + value\n    return total\n\n\n';
    await write(page, line.repeat(400));
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const spent = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return 1000 * metrics.find(({ name }) => name === 'TaskDuration').value;
    };
    await page.evaluate(() => {
      const seen = { waits: [], long: [], answers: [] };
      addEventListener('keydown', (event) => seen.waits.push(performance.now() - event.timeStamp), { capture: true });
      new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => seen.long.push(duration))).observe({ type: 'longtask' });
      const { engine } = globalThis.page;
      const receive = engine.receive.bind(engine);
      engine.receive = (reply) => {
        const begin = performance.now();
        receive(reply);
        seen.answers.push(performance.now() - begin);
      };
      globalThis.seen = seen;
    });
    const take = () => page.evaluate(() => {
      const { waits, long, answers } = globalThis.seen;
      return { waits: waits.splice(0), long: long.splice(0), answers: answers.splice(0) };
    });
    const typed = 'def mean_of(values):\ntotal = sum_of(values)\n';
    const seen = { on: { spent: [], waits: [], long: [], answers: [] }, off: { spent: [], waits: [], long: [], answers: [] } };
    for (let block = 0; block < 6; block++) {
      const kind = block % 2 ? 'on' : 'off';
      await page.evaluate((on) => globalThis.page.ghost.setEnabled(on), kind === 'on');
      await answered(page);
      await take();
      for (const character of typed) {
        const before = await spent();
        await page.keyboard.press(character === '\n' ? 'Enter' : character);
        await page.waitForTimeout(60);
        seen[kind].spent.push((await spent()) - before);
      }
      await settled(page);
      for (const [name, values] of Object.entries(await take())) seen[kind][name].push(...values);
    }
    seen.own = await page.evaluate(() => globalThis.page.engine.isOnOwnThread);
    return { ...seen, errors: notes.errors };
  },

  /** What a key costs in the worker, for a file typed from top to bottom; and what the page takes. */
  async cost() {
    const { page, context, notes } = await opened();
    const begin = Date.now();
    await isReady(page);
    const ready = Date.now() - begin;
    const content = readFileSync(process.env.TYPED, 'utf8');
    const from = Number(process.env.FROM);
    const to = Number(process.env.TO);
    const thread = workerThread();
    const seen = [];
    for (let at = from; at < to; at++) {
      const below = content.indexOf('\n', at);
      const question = { before: content.slice(0, at), after: below < 0 ? '' : content.slice(below), language: 'python', buffer: 'cost' };
      const begin = cpuMilliseconds(thread);
      const answer = await page.evaluate((question) => {
        const { engine } = globalThis.page;
        engine.options = { deadlineMs: 60_000 };
        const begin = performance.now();
        return new Promise((resolve) => engine.ask(question, (answer) => resolve([answer.cost, performance.now() - begin])));
      }, question);
      const [cost, whole] = answer;
      seen.push([cpuMilliseconds(thread) - begin, whole, cost.context, cost.suggestion]);
      await page.waitForTimeout(50); // the file is indexed
    }
    const memory = await page.evaluate(() => globalThis.page.engine.facts.bytes);
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable');
    const { metrics } = await session.send('Performance.getMetrics');
    const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize').value;
    return { costs: seen, ready, state: await page.locator('#state').textContent(), memory, heap, requests: notes.requests, errors: notes.errors };
  },

  /** No network at all: the page is loaded, then the line is cut. */
  async offline() {
    const { page, context, notes } = await opened();
    await isReady(page);
    await context.setOffline(true);
    const loaded = notes.requests.length;
    await write(page, CODE);
    await waitShown(page);
    const seen = { ghost: await shown(page), asked: notes.requests.slice(loaded), requests: notes.requests };
    return { ...seen, errors: notes.errors };
  },

  /** What assistive technology gets, and what it is told on request. */
  async accessibility() {
    const { page, notes } = await opened({ reducedMotion: 'reduce' });
    await isReady(page);
    await inFull(page);
    await write(page, CODE);
    await waitShown(page);
    const seen = { ghost: await shown(page), tree: await page.locator('body').ariaSnapshot() };
    const region = page.locator('.cm-editor [role=status]');
    seen.before = await region.textContent();
    await page.keyboard.press('Alt+F2');
    seen.told = await region.textContent();
    await page.keyboard.type('x');
    seen.afterwards = await region.textContent();
    seen.animations = await page.evaluate(() => document.getAnimations().length);
    seen.contrast = {};
    for (const theme of ['light', 'dark']) {
      await page.evaluate((theme) => (document.documentElement.dataset.theme = theme), theme);
      await write(page, CODE);
      await waitShown(page);
      seen.contrast[theme] = await page.evaluate(() => {
        const luminance = (colour) => {
          const context = new OffscreenCanvas(1, 1).getContext('2d');
          context.fillStyle = colour;
          context.fillRect(0, 0, 1, 1);
          const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((value) => {
            const share = value / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const style = (selector, name) => getComputedStyle(document.querySelector(selector))[name];
        const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const card = luminance(style('.desk', 'backgroundColor'));
        const paper = luminance(style('body', 'backgroundColor'));
        return {
          ghost: ratio(luminance(style('.cc-ghost', 'color')), card),
          comment: ratio(luminance(getComputedStyle(document.documentElement).getPropertyValue('--code-comment').trim()), card),
          muted: ratio(luminance(style('.promise', 'color')), paper),
          ink: ratio(luminance(style('.cm-editor', 'color')), card),
        };
      });
    }
    return { ...seen, errors: notes.errors };
  },

  /** Models, languages and switches of the page. */
  async choices() {
    const { page, notes } = await opened();
    await isReady(page);
    await inFull(page);
    const seen = { languages: await page.locator('#language option').allTextContents() };
    seen.samples = {};
    for (const language of seen.languages) {
      await page.locator('#language').selectOption({ label: language });
      await settled(page);
      seen.samples[language] = [(await text(page)).length, await page.locator('#steps').textContent()];
    }
    await page.locator('#language').selectOption('python');
    await write(page, CODE);
    await page.locator('#language').selectOption('c');
    seen.kept = (await text(page)) === CODE;
    await page.locator('#language').selectOption('python');
    await page.locator('#probabilities').check();
    await write(page, CODE);
    await waitShown(page);
    seen.tokens = await page.locator('.cc-token').evaluateAll((all) => all.map((one) => [one.textContent, one.dataset.probability]));
    seen.likeliest = await page.locator('#likeliest li').allTextContents();
    seen.shares = await page.locator('#likeliest li span').allTextContents();
    seen.steps = await page.locator('#steps').textContent();
    seen.key = await page.locator('#key').textContent();
    seen.state = await page.locator('#state').textContent();
    return { ...seen, errors: notes.errors };
  },

  /** A plain field in the editor's place. */
  async field() {
    const { page, context, notes } = await opened();
    await isReady(page);
    await inFull(page);
    await page.locator('#plain').check();
    const area = page.locator('#area');
    const ghost = () => page.evaluate(() => globalThis.page.plain.shown?.text ?? '');
    const waitGhost = () => page.waitForFunction(() => globalThis.page.plain.shown);
    const value = () => area.inputValue();
    const fill = async (content) => {
      await area.fill('');
      await page.keyboard.insertText(content);
    };
    await fill(CODE);
    await waitGhost();
    const seen = { ghost: await ghost(), drawn: await page.locator('.cc-ghost-layer .cc-ghost').textContent() };
    seen.hidden = await page.locator('.cc-ghost-layer').getAttribute('aria-hidden');
    seen.place = await page.evaluate(() => {
      const span = document.querySelector('.cc-ghost-layer .cc-ghost').getBoundingClientRect();
      const area = document.querySelector('#area').getBoundingClientRect();
      return { inside: span.left > area.left && span.right < area.right && span.top > area.top, height: span.height };
    });
    await page.keyboard.type(seen.ghost.slice(0, 2));
    seen.along = await ghost();
    await page.keyboard.press('Tab');
    seen.accepted = await value();
    await page.keyboard.press('Control+z');
    seen.undone = await value();
    await fill(CODE);
    await waitGhost();
    await page.keyboard.press('ArrowLeft');
    await settled(page);
    seen.arrow = await ghost();
    await fill(CODE);
    await waitGhost();
    await page.keyboard.press('Escape');
    seen.escape = [await ghost(), await value()];
    await page.keyboard.press('Tab');
    seen.left = [await value(), await page.evaluate(() => document.activeElement.id)];
    await area.focus();
    await fill(CODE);
    await waitGhost();
    const session = await context.newCDPSession(page);
    await session.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
    await settled(page);
    seen.composing = await ghost();
    await session.send('Input.insertText', { text: '日' });
    await settled(page);
    seen.composed = (await value()).slice(CODE.length);
    return { ...seen, errors: notes.errors };
  },

  /** A page that may have no worker does the work itself, in slices. */
  async alone() {
    const { page, notes } = await opened({}, 'about:blank');
    await page.addInitScript(() => {
      globalThis.Worker = class {
        constructor() {
          throw new Error('no workers here');
        }
      };
    });
    await page.goto(addressOf(process.env.PAGE));
    await isReady(page);
    await write(page, CODE);
    await waitShown(page);
    const seen = { own: await page.evaluate(() => globalThis.page.engine.isOnOwnThread), ghost: await shown(page) };
    return { ...seen, errors: notes.errors };
  },

  /** A character model: characters outside its vocabulary, and more than its window. */
  async characters() {
    const { page, notes } = await opened();
    await isReady(page);
    const seen = { facts: await page.evaluate(() => globalThis.page.engine.facts) };
    const ask = (before) =>
      page.evaluate((before) => new Promise((resolve) => {
        const { engine } = globalThis.page;
        engine.options = { threshold: 0, likeliest: 3, deadlineMs: 2000 };
        engine.ask({ before, after: '', language: 'python', buffer: 'characters' }, (answer) => resolve(answer));
      }), before);
    const { PROMPT } = process.env;
    seen.first = await ask(PROMPT);
    seen.next = await ask(`${PROMPT}${seen.first.suggestion?.text.slice(0, 1) ?? ''}`);
    seen.other = await ask(`# naïve 数据 \u{1f600}\n${PROMPT}`);
    const long = `${PROMPT}\n`.repeat(Math.ceil(5000 / PROMPT.length));
    seen.long = await ask(long);
    seen.longer = await ask(`${long}${PROMPT}`);
    await write(page, `naïve 数据 \u{1f600} ${PROMPT}`);
    await settled(page);
    seen.kept = await text(page);
    return { ...seen, errors: notes.errors };
  },

  /** Several models: which one is taken, and taking another. */
  async models() {
    const { page, notes } = await opened();
    await isReady(page);
    const ready = () => page.evaluate(() => document.documentElement.dataset.ready);
    const waitFor = (name) => page.waitForFunction((name) => document.documentElement.dataset.ready === name, name);
    const seen = { titles: await page.locator('#model option').allTextContents(), first: await ready() };
    await page.locator('#model').selectOption('small');
    await waitFor('small');
    await write(page, CODE);
    await waitShown(page);
    seen.second = await ready();
    seen.ghost = await shown(page);
    await page.locator('#model').selectOption('letters');
    await waitFor('letters-python');
    seen.back = await ready();
    return { ...seen, errors: notes.errors };
  },

  /** Keys that step through the suggestions for one place. */
  async others() {
    const { page, notes } = await opened();
    await isReady(page);
    await inFull(page);
    await write(page, CODE);
    await waitShown(page);
    await settled(page);
    const places = () => page.locator('.cc-place').evaluateAll((all) => all.map((one) => one.dataset.place));
    const waitPlace = (place) => page.waitForFunction((place) => document.querySelector('.cc-place')?.dataset.place.startsWith(place), place);
    const seen = { first: await shown(page), noPlace: await places() };
    await page.keyboard.press('Alt+]');
    await waitPlace('2/');
    seen.second = [await shown(page), (await drawn(page)).join('')];
    [seen.place] = await places();
    await page.keyboard.press('Alt+[');
    await waitPlace('1/');
    seen.back = await shown(page);
    const count = Number(seen.place.split('/')[1]);
    seen.all = [seen.back];
    for (let at = 1; at <= count; at++) {
      await page.keyboard.press('Alt+]');
      await waitPlace(`${(at % count) + 1}/`);
      seen.all.push(await shown(page));
    }
    await page.keyboard.press('Alt+[');
    await waitPlace(`${count}/`);
    seen.last = await shown(page);
    await page.keyboard.press('Tab');
    seen.accepted = await text(page);
    await write(page, CODE);
    await waitShown(page);
    await page.keyboard.press('Alt+]');
    await waitPlace('2/');
    await page.keyboard.type((await shown(page)).slice(0, 1));
    seen.typedAlong = [await shown(page), await places()];
    await write(page, CODE);
    await waitShown(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+]');
    await waitShown(page);
    seen.afterEscape = await shown(page);
    await page.locator('#plain').check();
    const area = page.locator('#area');
    await page.waitForFunction(() => globalThis.page.plain.shown);
    seen.field = [await page.evaluate(() => globalThis.page.plain.shown.text)];
    await area.press('Alt+]');
    await waitPlaceOf(page, '2/');
    seen.field.push(await page.evaluate(() => globalThis.page.plain.shown.text));
    return { ...seen, errors: notes.errors };
  },

  /** Files beside the open one: chosen, followed, left out again. */
  async beside() {
    const { page, notes } = await opened();
    await isReady(page);
    await inFull(page);
    const loaded = notes.requests.length;
    const name = 'reconcile_quarterly_balances';
    const begun = 'def report(year):\n    return [row for row in led';
    const ask = async () => {
      await write(page, begun);
      await replied(page);
      return shown(page);
    };
    const seen = { without: await ask() };
    const content = `def ${name}(year):\n    return [row for row in ledger if row.year == year]\n\n\n`;
    await page.locator('#add-files').setInputFiles([
      { name: 'ledger.py', mimeType: 'text/x-python', buffer: Buffer.from(content.repeat(3)) },
      { name: 'picture.png', mimeType: 'image/png', buffer: Buffer.from([0x89, 0x50, 0, 0xff]) },
    ]);
    await page.locator('#beside-files li').waitFor();
    await settled(page);
    seen.listed = await page.locator('#beside-files code').allTextContents();
    seen.note = await page.locator('#beside-note').textContent();
    const until = Date.now() + LONG;
    do seen.with = await ask(); // the file is learned when nothing else is to be done
    while (seen.with === seen.without && Date.now() < until);
    await page.locator('#beside-files button').click();
    seen.left = await page.locator('#beside-files li').count();
    seen.again = await ask();
    seen.asked = notes.requests.slice(loaded);
    return { ...seen, errors: notes.errors };
  },

  /** What is loaded for which language, and what happens where that cannot be had. */
  async specialists() {
    const { page, context, notes } = await opened();
    await isReady(page);
    const [first, second] = process.env.LANGUAGES.split(' ');
    const model = () => page.evaluate(() => document.documentElement.dataset.model);
    const waitModel = (names) => page.waitForFunction((names) => names.includes(document.documentElement.dataset.model), names);
    const seen = { first: await model(), loaded: [...notes.requests] };
    const choose = async (language, names) => {
      const before = notes.requests.length;
      await page.locator('#language').selectOption(language);
      if (names) await waitModel(names);
      await settled(page);
      await page.evaluate(() => globalThis.page.ghost.ask());
      await settled(page);
      return { model: await model(), asked: notes.requests.slice(before), state: await page.locator('#state').textContent() };
    };
    seen.second = await choose(first, [process.env.NAME]);
    seen.back = await choose('python');
    if (!second) return { ...seen, errors: notes.errors };
    await context.setOffline(true);
    seen.offline = await choose(second);
    await write(page, 'for (const item of items) {\n  items.pu');
    await waitShown(page);
    seen.ghost = await shown(page);
    return { ...seen, errors: notes.errors.filter((one) => !one.includes('ERR_INTERNET_DISCONNECTED')) };
  },

  /** Somebody else's page with the package in it. */
  async embedded() {
    const { page, notes } = await opened();
    await isReady(page);
    const { TYPED } = process.env;
    await page.locator('.cm-content').focus();
    await page.keyboard.insertText(TYPED);
    await page.waitForFunction(() => globalThis.ghost.shown);
    await settled(page);
    const seen = { ghost: await page.evaluate(() => globalThis.ghost.shown.text) };
    await page.keyboard.press('Tab');
    const content = () => page.evaluate(() => globalThis.view.state.doc.toString());
    seen.accepted = await content();
    await page.evaluate(() => globalThis.undo());
    seen.undone = await content();
    await page.locator('textarea').focus();
    await page.evaluate((typed) => {
      const area = document.querySelector('textarea');
      area.setRangeText(typed, 0, 0, 'end');
      area.dispatchEvent(new InputEvent('input'));
      globalThis.view.dispatch({ selection: { anchor: 0 } }); // the editor that was left hears of it late
    }, TYPED);
    await page.waitForFunction(() => globalThis.field.shown);
    await settled(page);
    seen.field = await page.evaluate(() => globalThis.field.shown.text);
    await page.keyboard.press('Tab');
    seen.fieldAccepted = await page.locator('textarea').inputValue();
    seen.removed = await page.evaluate(() => {
      globalThis.field.remove();
      return document.querySelectorAll('.cc-ghost-layer').length;
    });
    return { ...seen, errors: notes.errors };
  },

  /** Monaco with the package in it. */
  async monaco() {
    const { page, notes } = await opened();
    await isReady(page);
    await page.evaluate(() => globalThis.editor.focus());
    await page.keyboard.type(process.env.TYPED, { delay: 30 });
    const ghost = page.locator('.ghost-text-decoration');
    await ghost.first().waitFor();
    await settled(page);
    const content = () => page.evaluate(() => globalThis.editor.getValue());
    const drawnThere = async () => (await ghost.allTextContents()).join('').replaceAll('\u00a0', ' ');
    const seen = { ghost: await drawnThere(), before: await content(), others: [] };
    for (const key of ['Alt+]', 'Alt+]', 'Alt+[', 'Alt+[']) {
      await page.keyboard.press(key);
      await settled(page);
      seen.others.push(await drawnThere());
    }
    await page.keyboard.press('Tab');
    seen.accepted = await content();
    await page.evaluate(() => globalThis.editor.trigger('test', 'undo'));
    seen.undone = await content();
    return { ...seen, errors: notes.errors };
  },

  /** Pictures to look at, in PICTURE's folder. */
  async pictures() {
    const { PICTURE } = process.env;
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
    for (const [name, options] of Object.entries({ desk: {}, phone }))
      for (const colorScheme of ['light', 'dark']) {
        const { page, context } = await opened({ ...options, colorScheme });
        await isReady(page);
        if (colorScheme === 'dark') await page.locator('#probabilities').check();
        await write(page, CODE);
        await waitShown(page);
        await settled(page);
        await page.evaluate(() => scrollTo(0, 0));
        await page.screenshot({ path: `${PICTURE}/${name}-${colorScheme}.png` });
        await page.evaluate(() => globalThis.page.view.focus());
        await page.keyboard.press('Alt+]');
        await page.waitForFunction(() => document.querySelector('.cc-place'));
        await page.screenshot({ path: `${PICTURE}/${name}-${colorScheme}-other.png` });
        await page.keyboard.press('Escape');
        await page.screenshot({ path: `${PICTURE}/${name}-${colorScheme}-escape.png` });
        await page.locator('#strict').check();
        await write(page, 'total = total + value\n'.repeat(100));
        await settled(page);
        await page.screenshot({ path: `${PICTURE}/${name}-${colorScheme}-strict.png`, fullPage: true });
        await page.locator('#plain').check();
        await settled(page);
        await page.screenshot({ path: `${PICTURE}/${name}-${colorScheme}-field.png` });
        await context.close();
      }
    return {};
  },
};

/** What a scenario saw; the pages that it has opened are closed, with all that they kept. */
async function saw({ scenario, given }) {
  Object.assign(process.env, given);
  try {
    return { seen: await scenarios[scenario]() };
  } catch (error) {
    return { failed: String(error?.stack ?? error) };
  } finally {
    for (const context of browser.contexts()) await context.close();
  }
}

try {
  for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(await saw(JSON.parse(line))));
} finally {
  await browser.close();
}
