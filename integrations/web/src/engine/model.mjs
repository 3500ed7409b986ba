// A loaded model: shared by every session, never changed after loading. Specialists are models like
// any other: see family.mjs.
//
// It is made from the files of a model directory, the same as the terminal's. Every file is what
// its digest says, and every tensor lies inside `weights.bin` and has the shape that the
// architecture wants, before anything is read through it.
import { completed, configProblems, layoutProblems } from './config.mjs';
import { ModelError } from './errors.mjs';
import { Program } from './kernel.mjs';
import { makePlan } from './plan.mjs';
import { Project } from './project.mjs';
import { Session } from './session.mjs';
import { Tokenizer } from './tokenizer.mjs';
import { readTuning } from './tuning.mjs';
import { Vocabulary } from './vocabulary.mjs';

const FORMAT = 2;
const REQUIRED = ['weights.bin', 'tokenizer.json'];
const FOLDER_NAME = /^[a-z0-9][a-z0-9_-]*$/;

/**
 * The files of a model directory by name: `model.json` and those that it lists.
 * @typedef {Record<string, Uint8Array>} Files
 *
 * @typedef {{
 *   name: string, config: import('./config.mjs').ModelConfig, tensors: import('./config.mjs').Tensors,
 *   languages: string[], training: any, files: Record<string, { bytes: number, sha256: string }>,
 *   specialists: Record<string, string>
 * }} Description `specialists`: folders by language
 */

export class Model {
  /**
   * @param {Description} description
   * @param {Files} files
   * @param {WebAssembly.Module} kernel
   * @param {Tokenizer} [tokenizer] of its vocabulary, if it is loaded already
   */
  constructor(description, files, kernel, tokenizer) {
    const { name, config, languages, tensors } = description;
    this.name = name;
    this.config = config;
    this.languages = languages;
    this.training = description.training;
    this.tokenizer = tokenizer ?? new Tokenizer(JSON.parse(text(files, 'tokenizer.json')));
    if (this.tokenizer.size > config.vocabulary_size)
      throw new ModelError(`tokenizer.json: ${this.tokenizer.size} tokens, the weights know ${config.vocabulary_size}`);
    this.program = new Program(kernel, makePlan(config, tensors), file(files, 'weights.bin'), config.vocabulary_size);
    this.vocabulary = new Vocabulary(this.tokenizer, config.vocabulary_size);
    this.tuning = readTuning('gate.json' in files ? text(files, 'gate.json') : null);
  }

  /** An empty project: what the files beside the open ones say, for several sessions. */
  project() {
    return new Project(this.tokenizer);
  }

  /**
   * A session for one open buffer; the model is told only of languages it was trained on. `name` is
   * what the buffer's own file is called in `project`; `chunk`: tokens of one call, of which fewer
   * let whoever calls do something else sooner.
   * @param {string | null} [language]
   * @param {{ chunk?: number | undefined, project?: Project | null, name?: string }} [more]
   */
  session(language = null, more = {}) {
    return new Session(this, language, more);
  }
}

/**
 * Check the files of a model directory, and load the model. Digests are compared where the page may
 * (`crypto.subtle` is there in a secure context: HTTPS, localhost, a file), sizes always.
 * @param {Files} files
 * @param {WebAssembly.Module} kernel
 * @param {Tokenizer} [tokenizer] of its vocabulary, if it is loaded already: its file is not read
 */
export async function loadModel(files, kernel, tokenizer) {
  const description = describe(text(files, 'model.json'));
  for (const [name, facts] of Object.entries(description.files))
    if (!(tokenizer && name === 'tokenizer.json')) await checkFile(name, files[name], facts);
  const problems = layoutProblems(description.config, description.tensors, file(files, 'weights.bin').length);
  if (problems.length) throw new ModelError(`model.json: ${problems.slice(0, 3).join('; ')}`);
  return new Model(description, files, kernel, tokenizer);
}

/**
 * What `model.json` says, as far as it can be known to be right by itself.
 * @param {string} json
 * @returns {Description}
 */
export function describe(json) {
  /** @type {any} */
  let found;
  try {
    found = JSON.parse(json);
  } catch (error) {
    throw new ModelError(`model.json: not JSON (${/** @type {Error} */ (error).message})`);
  }
  if (found?.format !== FORMAT) throw new ModelError(`model.json: format ${found?.format}, expected ${FORMAT}`);
  const config = completed(found.config);
  const problems = configProblems(config);
  if (problems.length) throw new ModelError(`model.json: impossible model: ${problems.join('; ')}`);
  const { name, tensors, languages, training = {}, files, specialists = {} } = found;
  if (!Array.isArray(languages) || typeof tensors !== 'object' || typeof files !== 'object')
    throw new ModelError('model.json: no languages, tensors or files');
  for (const required of REQUIRED)
    if (!(required in files)) throw new ModelError(`model.json: no digest for ${required}`);
  for (const folder of Object.values(specialists))
    if (!FOLDER_NAME.test(String(folder))) throw new ModelError(`model.json: a specialist's folder is named ${folder}`);
  return { name: String(name), config, tensors, languages, training, files, specialists };
}

/**
 * @param {string} name
 * @param {Uint8Array | undefined} data
 * @param {{ bytes: number, sha256: string }} facts
 */
async function checkFile(name, data, facts) {
  if (!data) throw new ModelError(`${name}: missing; the page is incomplete`);
  if (data.length !== facts.bytes)
    throw new ModelError(`${name}: ${data.length} bytes, expected ${facts.bytes}; load the page again`);
  if (!globalThis.crypto?.subtle) return;
  const digest = await crypto.subtle.digest('SHA-256', /** @type {BufferSource} */ (data));
  const found = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (found !== facts.sha256) throw new ModelError(`${name}: SHA-256 ${found.slice(0, 12)}…, expected ${facts.sha256.slice(0, 12)}…`);
}

/**
 * @param {Files} files
 * @param {string} name
 */
function file(files, name) {
  const found = files[name];
  if (!found) throw new ModelError(`${name}: missing`);
  return found;
}

/**
 * @param {Files} files
 * @param {string} name
 */
const text = (files, name) => new TextDecoder('utf-8', { fatal: true }).decode(file(files, name));
