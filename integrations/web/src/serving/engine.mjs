// The page's side: loads a model, and requests suggestions.
//
// The model runs in a worker or, where a page may not have one, on the page's own thread in slices of
// a few milliseconds. Knows no editor.
import { breathing } from './breath.mjs';
import { Service } from './service.mjs';

/**
 * @typedef {import('./service.mjs').Suggestion} Suggestion
 * @typedef {import('./service.mjs').Part} Part
 * @typedef {import('./service.mjs').Cost} Cost
 * @typedef {import('./service.mjs').Loading} Loading
 * @typedef {import('./service.mjs').ModelFacts} ModelFacts
 *
 * What the user sees: the text around the caret, its language and its buffer.
 * @typedef {{ before: string, after: string, language: string | null, buffer: string }} Snapshot
 *
 * @typedef {{ suggestion: Suggestion | null, cost: Cost, likeliest: Part[], grown: boolean }} Answer
 * @typedef {(answer: Answer) => void} Deliver
 * @typedef {import('./service.mjs').Ranked} Ranked
 *
 * What a user may set: the longest suggestion in tokens, the milliseconds for one, the lowest confidence
 * that is shown (null: the model's own threshold), and how many likely beginnings to report with it.
 * @typedef {{ maxTokens?: number, deadlineMs?: number, threshold?: number | null, likeliest?: number }} Options
 *
 * The worker's script, by its text or its address; null: the page's own thread.
 * @typedef {{ script: string } | { url: string | URL } | null} WorkerSource
 */

const OWN_THREAD = { slice: 3, chunk: 8 }; // milliseconds, and tokens of one call

/** One model in one worker. Create it with `loadEngine`, or with `new` and then `load`. */
export class Engine {
  /** @param {WorkerSource} source */
  constructor(source) {
    this.options = /** @type {Options} */ ({});
    /** @type {ModelFacts | null} */
    this.facts = null;
    /** @type {(loaded: number, total: number) => void} */
    this.onProgress = () => {};
    /** @type {(message: string) => void} */
    this.onFailure = () => {};
    /** @type {(facts: ModelFacts) => void} called for each model loaded: the first, or one for another language */
    this.onReady = () => {};
    /** @type {Map<number, (reply: any) => void>} */
    this.asked = new Map();
    this.last = 0;
    this.failure = '';
    /** @type {{ what: Loading, resolve: (facts: ModelFacts) => void, reject: (error: Error) => void } | null} */
    this.loading = null;
    this.isOnOwnThread = true;
    this.send = this.start(source);
  }

  /**
   * @param {WorkerSource} source
   * @returns {(request: import('./service.mjs').Request) => void}
   */
  start(source) {
    const worker = source && makeWorker(source);
    if (!worker) {
      const service = new Service((reply) => this.receive(reply), breathing(), OWN_THREAD.slice);
      return (request) => service.receive(request);
    }
    this.isOnOwnThread = false;
    this.worker = worker;
    let isHeard = false;
    worker.addEventListener('message', ({ data }) => {
      isHeard = true;
      this.receive(data);
    });
    worker.addEventListener('error', (event) => {
      if (isHeard) this.fail(event.message || 'the worker failed');
      else this.goOnAlone();
    });
    return (request) => worker.postMessage(request);
  }

  /** The page's policy forbids the worker after all: load the model on the page's own thread. */
  goOnAlone() {
    this.worker?.terminate();
    this.isOnOwnThread = true;
    this.send = this.start(null);
    if (this.loading) this.sendLoading(this.loading.what);
  }

  /** @param {Loading} what */
  sendLoading(what) {
    this.send({ kind: 'load', loading: this.isOnOwnThread ? { ...what, chunk: OWN_THREAD.chunk } : what });
  }

  /**
   * Load a model in place of the current one.
   * @param {Loading} loading
   * @returns {Promise<ModelFacts>}
   */
  load(loading) {
    this.facts = null;
    this.failure = '';
    this.asked.clear();
    return new Promise((resolve, reject) => {
      this.loading = { what: loading, resolve, reject };
      this.sendLoading(loading);
    });
  }

  /**
   * Request a suggestion; replaces the request before. Returns the request's number, 0 after a failure.
   * @param {Snapshot} snapshot
   * @param {Deliver} deliver
   */
  ask(snapshot, deliver) {
    const id = this.next(deliver);
    if (id) this.send({ kind: 'ask', question: { id, ...snapshot, ...this.options } });
    return id;
  }

  /**
   * Request further suggestions, which begin differently; replaces the request before. Returns the
   * request's number, 0 after a failure.
   * @param {Snapshot} snapshot
   * @param {number} count
   * @param {(suggestions: Suggestion[]) => void} deliver
   */
  alternatives(snapshot, count, deliver) {
    const id = this.next(({ suggestions }) => deliver(suggestions));
    if (id) this.send({ kind: 'others', question: { id, count, ...snapshot, ...this.options } });
    return id;
  }

  /**
   * Rank names that are known to be possible at the caret, the likeliest first; those that do not
   * begin with `typed`, by default the letters before the caret, are left out. Replaces the request
   * before.
   * @param {Snapshot} snapshot
   * @param {string[]} candidates
   * @param {(ranked: Ranked[]) => void} deliver
   * @param {string | null} [typed]
   */
  rank(snapshot, candidates, deliver, typed = null) {
    const id = this.next(({ ranked }) => deliver(ranked));
    if (id) this.send({ kind: 'rank', question: { id, candidates, typed, ...snapshot, ...this.options } });
  }

  /**
   * The number of a new request, whose answer `deliver` gets; 0 after a failure.
   * @param {(reply: any) => void} deliver
   */
  next(deliver) {
    if (this.failure) return 0;
    this.asked.clear();
    this.asked.set(++this.last, deliver);
    return this.last;
  }

  /**
   * Learn from a file beside the open ones; its text replaces an older one.
   * @param {string} name
   * @param {string} text
   */
  learn(name, text) {
    this.send({ kind: 'learn', name, text });
  }

  /** @param {string} name */
  unlearn(name) {
    this.send({ kind: 'unlearn', name });
  }

  /**
   * Cancel a request; does nothing if there is a newer one.
   * @param {number} [id] its number: by default that of the newest
   */
  cancel(id = this.last) {
    if (id !== this.last) return;
    this.asked.clear();
    this.send({ kind: 'cancel' });
  }

  /**
   * Drop the session of a buffer that was closed.
   * @param {string} buffer
   */
  forget(buffer) {
    this.send({ kind: 'forget', buffer });
  }

  close() {
    this.asked.clear();
    this.worker?.terminate();
  }

  /** @param {import('./service.mjs').Reply} reply */
  receive(reply) {
    if (reply.kind === 'progress') this.onProgress(reply.loaded, reply.total);
    else if (reply.kind === 'ready') {
      this.facts = reply.facts;
      this.loading?.resolve(reply.facts);
      this.loading = null;
      this.onReady(reply.facts);
    } else if (reply.kind === 'failed') this.fail(reply.message);
    else this.asked.get(reply.id)?.(reply);
  }

  /** @param {string} message */
  fail(message) {
    this.failure = message;
    this.asked.clear();
    if (this.loading) this.loading.reject(new Error(message));
    else this.onFailure(message);
    this.loading = null;
  }
}

/**
 * A worker; null where the page may not have one.
 * @param {{ script: string } | { url: string | URL }} source
 */
function makeWorker(source) {
  try {
    if ('url' in source) return new Worker(source.url, { type: 'module' });
    return new Worker(URL.createObjectURL(new Blob([source.script], { type: 'text/javascript' })));
  } catch {
    return null;
  }
}

/**
 * Load the model directory at the address `base`. Its model for `language` is loaded now, others when
 * they are first needed.
 * @param {{ base: string | URL, kernel: string | URL, worker?: WorkerSource, language?: string | null,
 *   onProgress?: (loaded: number, total: number) => void }} where
 */
export async function loadEngine({ base, kernel, worker = null, language = null, onProgress }) {
  const engine = new Engine(worker);
  if (onProgress) engine.onProgress = onProgress;
  const address = (/** @type {string | URL} */ one) => new URL(String(one), globalThis.location?.href).href;
  await engine.load({ kernel: { url: address(kernel) }, base: address(base).replace(/\/?$/, '/'), language });
  return engine;
}

/** Requests suggestions for one buffer, and counts them. */
export class Suggester {
  /**
   * @param {Engine} engine
   * @param {string} buffer
   */
  constructor(engine, buffer) {
    this.engine = engine;
    this.buffer = buffer;
    this.newest = 0; // number of the newest request made here
    this.statistics = { requests: 0, shown: 0, accepted: 0, acceptedCharacters: 0 };
  }

  /**
   * Request a suggestion. `deliver` gets it unless it is cancelled or a newer request is made.
   * @param {{ before: string, after: string, language: string | null }} text
   * @param {Deliver} deliver
   */
  request(text, deliver) {
    this.statistics.requests++;
    this.newest = this.engine.ask({ ...text, buffer: this.buffer }, (answer) => {
      if (answer.suggestion && !answer.grown) this.statistics.shown++;
      deliver(answer);
    });
  }

  /**
   * Request further suggestions for a text.
   * @param {{ before: string, after: string, language: string | null }} text
   * @param {number} count
   * @param {(suggestions: Suggestion[]) => void} deliver
   */
  alternatives(text, count, deliver) {
    this.statistics.requests++;
    this.newest = this.engine.alternatives({ ...text, buffer: this.buffer }, count, deliver);
  }

  /** Cancel the request made here; that of another editor of the page goes on. */
  cancel() {
    this.engine.cancel(this.newest);
  }

  /**
   * Count an accept; several parts of one suggestion count once.
   * @param {string} text
   * @param {boolean} isFirst
   */
  accepted(text, isFirst) {
    if (isFirst) this.statistics.accepted++;
    this.statistics.acceptedCharacters += text.length;
  }

  close() {
    this.cancel();
    this.engine.forget(this.buffer);
  }
}
