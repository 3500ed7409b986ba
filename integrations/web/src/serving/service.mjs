// Serves suggestions: one request at a time, the newest wins, work in slices.
//
// The same in a worker and, where there is none, on the page's own thread; `post` sends replies, and
// `breathe` lets other tasks run. Knows no editor.
import { Stopped } from '../engine/errors.mjs';
import { Family } from '../engine/family.mjs';
import { Project } from '../engine/project.mjs';
import { Progress, read } from './files.mjs';

/**
 * Where a model directory is: its files one by one, or the address of its folder. `language` is the
 * language whose model is needed first.
 * @typedef {{
 *   kernel: Source, files?: Record<string, Source>, base?: string, chunk?: number,
 *   language?: string | null
 * }} Loading
 *
 * @typedef {{
 *   id: number, buffer: string, language: string | null, before: string, after: string,
 *   maxTokens?: number, deadlineMs?: number, threshold?: number | null, likeliest?: number
 * }} Question
 *
 * A request for further suggestions, or for the order of some names at the caret.
 * @typedef {Question & { count: number }} Others
 * @typedef {Question & { candidates: string[], typed?: string | null }} Ranking
 *
 * What a suggestion cost: tokens run for the text and for the suggestion, and milliseconds.
 * @typedef {{ context: number, suggestion: number, milliseconds: number, kept: number }} Cost
 *
 * @typedef {import('./files.mjs').Source} Source
 * @typedef {import('../engine/suggestion.mjs').Suggestion} Suggestion
 * @typedef {import('../engine/suggestion.mjs').Ranked} Ranked
 * @typedef {import('../engine/suggestion.mjs').Part} Part
 * @typedef {{
 *   name: string, languages: string[], parameters: number, window: number, bytes: number,
 *   characters: boolean, missing: string
 * }} ModelFacts `missing`: why specialists could not be loaded, or empty
 *
 * @typedef {{ kind: 'load', loading: Loading } | { kind: 'ask', question: Question }
 *   | { kind: 'others', question: Others } | { kind: 'rank', question: Ranking }
 *   | { kind: 'learn', name: string, text: string } | { kind: 'unlearn', name: string }
 *   | { kind: 'cancel' } | { kind: 'forget', buffer: string }} Request `learn`: a file beside the
 *   open ones
 * @typedef {{ kind: 'progress', loaded: number, total: number }
 *   | { kind: 'ready', facts: ModelFacts }
 *   | { kind: 'answer', id: number, suggestion: Suggestion | null, cost: Cost, likeliest: Part[], grown: boolean }
 *   | { kind: 'others', id: number, suggestions: Suggestion[] }
 *   | { kind: 'ranked', id: number, ranked: Ranked[] }
 *   | { kind: 'failed', message: string }} Reply
 */

/**
 * @template T
 * @typedef {import('../engine/stream.mjs').Work<T>} Work
 */

const MOST_SESSIONS = 2;
const REFINED_MS = 1_000; // to extend a suggestion that its deadline has cut short, and for alternatives
const WARMING = 'def warm(up):\n    return up\n';

/** @typedef {(session: import('../engine/session.mjs').Session, stop: () => boolean) => Promise<void>} Answering */

export class Service {
  /**
   * @param {(reply: Reply) => void} post
   * @param {() => Promise<void>} breathe lets other waiting tasks run, new requests among them
   * @param {number} slice milliseconds of work between two breaths
   */
  constructor(post, breathe, slice) {
    this.post = post;
    this.breathe = breathe;
    this.slice = slice;
    /** @type {Family | null} */
    this.family = null;
    /** @type {import('../engine/project.mjs').Project | null} */
    this.project = null;
    this.chunk = /** @type {number | undefined} */ (undefined);
    /** @type {Map<string, import('../engine/session.mjs').Session>} the most recent last */
    this.sessions = new Map();
    /** @type {{ question: Question, answer: Answering } | null} */
    this.wanted = null;
    /** @type {Map<string, string>} texts of the files beside the open one */
    this.files = new Map();
    /** @type {Set<string>} names of those that are not learned yet */
    this.pending = new Set();
    /** @type {Question | null} */
    this.last = null;
    /** @type {Map<string | null, { wanted: { question: Question, answer: Answering }, generation: number }>} */
    this.fetching = new Map(); // by language: the request that waits for its model
    /** @type {Progress | null} */
    this.progress = null;
    this.generation = 0;
    this.isBusy = false;
  }

  /** @param {Request} request */
  receive(request) {
    if (request.kind === 'load') this.load(request.loading);
    else if (request.kind === 'forget') this.forget(request.buffer);
    else if (request.kind === 'learn') this.learn(request.name, request.text);
    else if (request.kind === 'unlearn') this.unlearn(request.name);
    else {
      this.generation++;
      this.wanted = request.kind === 'cancel' ? null : { question: request.question, answer: this.answering(request) };
      this.work();
    }
  }

  /**
   * A function that answers the request with a session for its buffer.
   * @param {Extract<Request, { question: Question }>} request
   * @returns {Answering}
   */
  answering(request) {
    if (request.kind === 'others') return (session, stop) => this.alternatives(session, request.question, stop);
    if (request.kind === 'rank') return (session, stop) => this.rank(session, request.question, stop);
    return (session, stop) => this.suggest(session, request.question, stop);
  }

  /** @param {Loading} loading */
  async load(loading) {
    try {
      this.generation++;
      this.family = null;
      this.project = null;
      this.pending = new Set(this.files.keys());
      this.sessions.clear();
      const { kernel, files, base, chunk, language = null } = loading;
      const progress = (this.progress = new Progress((loaded, total) => this.post({ kind: 'progress', loaded, total })));
      /** @param {string} path */
      const source = (path) => files?.[path] ?? { url: base + path };
      /** @param {string} folder */
      const has = (folder) => Boolean(base || files?.[`specialists/${folder}/model.json`]);
      const module = read(kernel, progress).then((data) => WebAssembly.compile(/** @type {BufferSource} */ (data)));
      const family = await Family.open((path) => read(source(path), progress), module, has);
      this.chunk = chunk;
      family.onDropped = (model) => this.dropSessionsOf(model);
      await this.ready(family, language);
      this.family = family;
      this.work();
    } catch (error) {
      this.post({ kind: 'failed', message: messageOf(error) });
    }
  }

  /**
   * Load and warm up the model for a language, and report it.
   * @param {Family} family
   * @param {string | null} language
   */
  async ready(family, language) {
    const model = await family.modelFor(language);
    await this.warm(model);
    const missing = [...family.failed.values()].map(({ message }) => message).join('; ');
    this.post({ kind: 'ready', facts: factsOf(model, missing) });
  }

  /**
   * Run some steps: the first ones are slow, until the browser has optimised the kernel.
   * @param {import('../engine/model.mjs').Model} model
   */
  async warm(model) {
    const session = model.session(null, { chunk: this.chunk });
    await this.carry(session.sync(WARMING));
    await this.carry(session.suggest({ maxTokens: 4, threshold: 0 }));
    session.release();
  }

  /** Answer the newest request and learn files, until nothing is left to do. */
  async work() {
    if (this.isBusy || !this.family) return;
    this.isBusy = true;
    try {
      while (this.family && (this.wanted || this.pending.size)) {
        const { wanted } = this;
        this.wanted = null;
        await (wanted ? this.answer(this.family, wanted, this.generation) : this.learnFiles(this.family));
      }
    } catch (error) {
      this.sessions.clear();
      this.post({ kind: 'failed', message: messageOf(error) });
    } finally {
      this.isBusy = false;
    }
  }

  /**
   * @param {Family} family
   * @param {{ question: Question, answer: Answering }} wanted
   * @param {number} generation
   */
  async answer(family, { question, answer }, generation) {
    const stop = () => generation !== this.generation;
    const model = family.ready(question.language);
    if (!model) {
      this.fetchFor(family, { question, answer }, generation);
      return;
    }
    this.leave(question);
    try {
      await answer(this.session(model, question), stop);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  }

  /**
   * Load a language's model while other requests are answered; then answer, unless there is a newer one.
   * @param {Family} family
   * @param {{ question: Question, answer: Answering }} wanted
   * @param {number} generation
   */
  async fetchFor(family, wanted, generation) {
    const { language } = wanted.question;
    const isFirst = !this.fetching.has(language);
    this.fetching.set(language, { wanted, generation });
    if (!isFirst) return;
    try {
      this.progress?.restart();
      await this.ready(family, language);
      const newest = this.fetching.get(language);
      if (family === this.family && newest?.generation === this.generation) this.wanted ??= newest.wanted;
    } catch (error) {
      this.post({ kind: 'failed', message: messageOf(error) });
    } finally {
      this.fetching.delete(language);
    }
    this.work();
  }

  /**
   * @param {import('../engine/session.mjs').Session} session
   * @param {Question} question
   * @param {() => boolean} stop
   */
  async suggest(session, question, stop) {
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
  }

  /**
   * @param {import('../engine/session.mjs').Session} session
   * @param {Others} question
   * @param {() => boolean} stop
   */
  async alternatives(session, { id, before, after, maxTokens, count }, stop) {
    await this.carry(session.sync(before, after, stop));
    const suggestions = await this.carry(session.alternatives(count, { maxTokens, deadlineMs: REFINED_MS, stop }));
    if (!stop()) this.post({ kind: 'others', id, suggestions });
  }

  /**
   * @param {import('../engine/session.mjs').Session} session
   * @param {Ranking} question
   * @param {() => boolean} stop
   */
  async rank(session, { id, before, after, deadlineMs, candidates, typed }, stop) {
    await this.carry(session.sync(before, after, stop));
    const ranked = await this.carry(session.rank(candidates, { deadlineMs, typed, stop }));
    if (!stop()) this.post({ kind: 'ranked', id, ranked });
  }

  /**
   * When the buffer changes, make the text of the old one a file beside the new one.
   * @param {Question} question
   */
  leave(question) {
    const { last } = this;
    this.last = question;
    if (last && last.buffer !== question.buffer) this.keep(last.buffer, last.before + last.after);
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  learn(name, text) {
    this.keep(name, text);
    this.work();
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  keep(name, text) {
    if (this.files.get(name) === text) return;
    this.files.set(name, text);
    this.pending.add(name);
  }

  /** @param {string} name */
  unlearn(name) {
    this.files.delete(name);
    this.pending.delete(name);
    this.project?.forget(name);
    this.forgetSeen();
  }

  /**
   * Index files beside the open ones, until a request arrives.
   * @param {Family} family
   */
  async learnFiles(family) {
    const generation = this.generation;
    const stop = () => generation !== this.generation;
    const project = this.projectOf(family);
    for (const name of this.pending) {
      const text = this.files.get(name) ?? '';
      try {
        if (project) await this.carry(project.learn(name, text, { newest: true, stop }));
      } catch (error) {
        if (error instanceof Stopped) return;
        throw error;
      }
      if (!this.files.has(name)) project?.forget(name);
      else if (this.files.get(name) === text) this.pending.delete(name);
    }
    this.forgetSeen();
  }

  /** Drop cached probabilities, which depend on the files beside the open ones. */
  forgetSeen() {
    for (const session of this.sessions.values()) session.seen.clear();
  }

  /** @param {Family} family */
  projectOf(family) {
    this.project ??= family.tokenizer ? new Project(family.tokenizer) : null;
    return this.project;
  }

  /**
   * While the caret rests, find what the deadline has cut off. What is shown may only grow, so that it
   * never flickers.
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

  /**
   * @param {import('../engine/model.mjs').Model} model
   * @param {Question} question
   */
  session(model, { buffer, language }) {
    const key = `${language} ${buffer}`;
    let session = this.sessions.get(key);
    this.sessions.delete(key);
    const project = this.family && this.projectOf(this.family);
    if (session?.model !== model) session = model.session(language, { chunk: this.chunk, project, name: buffer });
    this.sessions.set(key, session);
    for (const [oldest] of [...this.sessions].slice(0, -MOST_SESSIONS)) this.drop(oldest);
    return session;
  }

  /** @param {import('../engine/model.mjs').Model} model */
  dropSessionsOf(model) {
    for (const [key, session] of [...this.sessions]) if (session.model === model) this.drop(key);
  }

  /** @param {string} buffer */
  forget(buffer) {
    for (const key of [...this.sessions.keys()]) if (key.endsWith(` ${buffer}`)) this.drop(key);
    this.unlearn(buffer);
    if (this.last?.buffer === buffer) this.last = null;
  }

  /** @param {string} key */
  drop(key) {
    this.sessions.get(key)?.release();
    this.sessions.delete(key);
  }

  /**
   * Run work in slices.
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

/**
 * @param {import('../engine/model.mjs').Model} model
 * @param {string} missing
 * @returns {ModelFacts}
 */
function factsOf({ name, languages, training, config, program, tokenizer }, missing) {
  const parameters = Number(training?.plan?.parameters ?? 0);
  const characters = !tokenizer.isByteLevel;
  return { name, languages, parameters, window: config.window, bytes: program.bytes, characters, missing };
}

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
