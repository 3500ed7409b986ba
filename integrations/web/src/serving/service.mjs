// Serves suggestions: one request at a time, the newest wins, work in slices.
//
// The same in a worker and, where there is none, on the page's own thread; `post` and `breathe` say
// how it talks and how it lets others run. Knows no editor.
import { Stopped } from '../engine/errors.mjs';
import { loadModel } from '../engine/model.mjs';

/**
 * @typedef {{ bytes: Uint8Array } | { base64: string } | { url: string }} Source where a file is
 * @typedef {{ kernel: Source, files: Record<string, Source>, chunk?: number }} Loading
 *
 * @typedef {{
 *   id: number, buffer: string, language: string | null, before: string, after: string,
 *   maxTokens?: number, deadlineMs?: number, threshold?: number | null, likeliest?: number
 * }} Question
 *
 * What a suggestion cost: tokens run for the text and for the suggestion, and milliseconds.
 * @typedef {{ context: number, suggestion: number, milliseconds: number, kept: number }} Cost
 *
 * @typedef {import('../engine/suggestion.mjs').Suggestion} Suggestion
 * @typedef {import('../engine/suggestion.mjs').Part} Part
 * @typedef {{
 *   name: string, languages: string[], parameters: number, window: number, bytes: number,
 *   characters: boolean
 * }} ModelFacts
 *
 * @typedef {{ kind: 'load', loading: Loading } | { kind: 'ask', question: Question }
 *   | { kind: 'cancel' } | { kind: 'forget', buffer: string }} Request
 * @typedef {{ kind: 'progress', loaded: number, total: number }
 *   | { kind: 'ready', facts: ModelFacts }
 *   | { kind: 'answer', id: number, suggestion: Suggestion | null, cost: Cost, likeliest: Part[], grown: boolean }
 *   | { kind: 'failed', message: string }} Reply
 */

/**
 * @template T
 * @typedef {import('../engine/stream.mjs').Work<T>} Work
 */

const MOST_SESSIONS = 2;
const REFINED_MS = 1_000; // for a suggestion that its deadline has cut short, while the caret rests
const WARMING = 'def warm(up):\n    return up\n';

export class Service {
  /**
   * @param {(reply: Reply) => void} post
   * @param {() => Promise<void>} breathe lets whatever waits run, requests among it
   * @param {number} slice milliseconds of work between two breaths
   */
  constructor(post, breathe, slice) {
    this.post = post;
    this.breathe = breathe;
    this.slice = slice;
    /** @type {import('../engine/model.mjs').Model | null} */
    this.model = null;
    this.chunk = /** @type {number | undefined} */ (undefined);
    /** @type {Map<string, import('../engine/session.mjs').Session>} the most recent last */
    this.sessions = new Map();
    /** @type {Question | null} */
    this.wanted = null;
    this.generation = 0;
    this.isBusy = false;
  }

  /** @param {Request} request */
  receive(request) {
    if (request.kind === 'load') this.load(request.loading);
    else if (request.kind === 'forget') this.forget(request.buffer);
    else {
      this.generation++;
      this.wanted = request.kind === 'ask' ? request.question : null;
      this.work();
    }
  }

  /** @param {Loading} loading */
  async load(loading) {
    try {
      this.generation++;
      this.model = null;
      this.sessions.clear();
      const loaded = new Progress(this.post);
      const [kernel, ...files] = await Promise.all(
        [loading.kernel, ...Object.values(loading.files)].map((source) => read(source, loaded)),
      );
      const names = Object.keys(loading.files);
      const module = await WebAssembly.compile(/** @type {BufferSource} */ (kernel));
      const found = Object.fromEntries(names.map((name, i) => [name, /** @type {Uint8Array} */ (files[i])]));
      const model = await loadModel(found, module);
      this.chunk = loading.chunk;
      await this.warm(model);
      this.model = model;
      this.post({ kind: 'ready', facts: factsOf(model) });
      this.work();
    } catch (error) {
      this.post({ kind: 'failed', message: messageOf(error) });
    }
  }

  /**
   * The first steps are slow, until the browser has compiled them well.
   * @param {import('../engine/model.mjs').Model} model
   */
  async warm(model) {
    const session = model.session(null, this.chunk);
    await this.carry(session.sync(WARMING));
    await this.carry(session.suggest({ maxTokens: 4, threshold: 0 }));
    session.release();
  }

  /** Answer what is wanted, until nothing is. */
  async work() {
    if (this.isBusy || !this.model) return;
    this.isBusy = true;
    try {
      while (this.wanted && this.model) {
        const question = this.wanted;
        this.wanted = null;
        await this.answer(question, this.generation);
      }
    } catch (error) {
      this.sessions.clear();
      this.post({ kind: 'failed', message: messageOf(error) });
    } finally {
      this.isBusy = false;
    }
  }

  /**
   * @param {Question} question
   * @param {number} generation
   */
  async answer(question, generation) {
    const stop = () => generation !== this.generation;
    const session = this.session(question);
    try {
      const begin = performance.now();
      const { steps } = session;
      const { kept, stepped } = await this.carry(session.sync(question.before, question.after, stop));
      const { maxTokens, deadlineMs, threshold } = question;
      const suggestion = await this.carry(session.suggest({ maxTokens, deadlineMs, threshold, stop }));
      if (stop()) return;
      const milliseconds = performance.now() - begin;
      const cost = { context: stepped, suggestion: session.steps - steps - stepped, milliseconds, kept };
      const likeliest = question.likeliest ? await this.carry(session.beginnings(question.likeliest)) : [];
      const { id } = question;
      this.post({ kind: 'answer', id, suggestion, cost, likeliest, grown: false });
      if (session.hurried) await this.refine(session, question, suggestion, cost, stop);
      await this.carry(session.learn(stop));
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  }

  /**
   * While the caret rests, find what the deadline has cut off. What is shown may only grow, so that
   * nothing flickers under the user's eyes.
   * @param {import('../engine/session.mjs').Session} session
   * @param {Question} question
   * @param {Suggestion | null} shown
   * @param {Cost} cost
   * @param {() => boolean} stop
   */
  async refine(session, { id, maxTokens, threshold }, shown, cost, stop) {
    const better = await this.carry(session.suggest({ maxTokens, deadlineMs: REFINED_MS, threshold, stop }));
    if (stop() || !better || better.text.length <= (shown?.text.length ?? 0)) return;
    if (better.text.startsWith(shown?.text ?? ''))
      this.post({ kind: 'answer', id, suggestion: better, cost, likeliest: [], grown: true });
  }

  /** @param {Question} question */
  session({ buffer, language }) {
    const key = `${language} ${buffer}`;
    let session = this.sessions.get(key);
    this.sessions.delete(key);
    session ??= /** @type {import('../engine/model.mjs').Model} */ (this.model).session(language, this.chunk);
    this.sessions.set(key, session);
    for (const [oldest] of [...this.sessions].slice(0, -MOST_SESSIONS)) this.drop(oldest);
    return session;
  }

  /** @param {string} buffer */
  forget(buffer) {
    for (const key of [...this.sessions.keys()]) if (key.endsWith(` ${buffer}`)) this.drop(key);
  }

  /** @param {string} key */
  drop(key) {
    this.sessions.get(key)?.release();
    this.sessions.delete(key);
  }

  /**
   * Carry out work in slices.
   * @template T
   * @param {Work<T>} work
   * @returns {Promise<T>}
   */
  async carry(work) {
    let until = performance.now() + this.slice;
    for (;;) {
      const { done, value } = work.next();
      if (done) return /** @type {T} */ (value);
      if (performance.now() < until) continue;
      await this.breathe();
      until = performance.now() + this.slice;
    }
  }
}

/** How much of all files is there; said as they arrive. */
class Progress {
  /** @param {(reply: Reply) => void} post */
  constructor(post) {
    this.post = post;
    this.loaded = 0;
    this.total = 0;
  }

  /**
   * @param {number} loaded
   * @param {number} [total]
   */
  add(loaded, total = 0) {
    this.loaded += loaded;
    this.total += total;
    this.post({ kind: 'progress', loaded: this.loaded, total: Math.max(this.total, this.loaded) });
  }
}

/**
 * The bytes of a file.
 * @param {Source} source
 * @param {Progress} progress
 * @returns {Promise<Uint8Array>}
 */
async function read(source, progress) {
  if ('bytes' in source) return source.bytes;
  if ('base64' in source) return fromBase64(source.base64);
  const response = await fetch(source.url);
  if (!response.ok || !response.body) throw new Error(`${source.url}: ${response.status} ${response.statusText}`);
  const length = Number(response.headers.get('content-length') ?? 0);
  progress.add(0, response.headers.has('content-encoding') ? 0 : length);
  /** @type {Uint8Array[]} */
  const parts = [];
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return joined(parts);
    parts.push(value);
    progress.add(value.length);
  }
}

/** @param {string} text */
function fromBase64(text) {
  const decode = /** @type {any} */ (Uint8Array).fromBase64;
  if (decode) return /** @type {Uint8Array} */ (decode.call(Uint8Array, text));
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** @param {Uint8Array[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * @param {import('../engine/model.mjs').Model} model
 * @returns {ModelFacts}
 */
function factsOf({ name, languages, training, config, program, tokenizer }) {
  const parameters = Number(training?.plan?.parameters ?? 0);
  const characters = !tokenizer.isByteLevel;
  return { name, languages, parameters, window: config.window, bytes: program.bytes, characters };
}

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
