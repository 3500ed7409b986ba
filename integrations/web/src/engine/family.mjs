// A model directory with its specialists: weights of the same shape and vocabulary that were trained
// further on some languages. Each is loaded when a session for such a language first needs it, and
// nothing before: a page for one language reads the weights of one model.
//
// Where files come from is the caller's business.
import { ModelError } from './errors.mjs';
import { describe, loadModel } from './model.mjs';

/**
 * @typedef {import('./model.mjs').Model} Model
 * @typedef {import('./model.mjs').Description} Description
 * @typedef {(path: string) => Promise<Uint8Array>} Read a file of the directory by its path in it
 */

const MOST_LOADED = 2; // models in memory; the one used longest ago goes
const TOKENIZER = 'tokenizer.json';
const OWN = ''; // the folder of the directory's own model

export class Family {
  /**
   * @param {Description} description of the directory itself
   * @param {Read} read
   * @param {WebAssembly.Module | Promise<WebAssembly.Module>} kernel
   * @param {(folder: string) => boolean} has whether a specialist's files can be read
   */
  constructor(description, read, kernel, has = () => true) {
    this.description = description;
    this.read = read;
    this.kernel = kernel;
    this.has = has;
    /** @type {Map<string, Model>} by folder, the most recent last */
    this.loaded = new Map();
    /** @type {import('./tokenizer.mjs').Tokenizer | undefined} */
    this.tokenizer = undefined;
    /** @type {Map<string, Error>} specialists that could not be loaded; the model itself serves */
    this.failed = new Map();
    /** @type {(model: Model) => void} */
    this.onDropped = () => {};
  }

  /**
   * @param {Read} read
   * @param {WebAssembly.Module | Promise<WebAssembly.Module>} kernel
   * @param {(folder: string) => boolean} [has]
   */
  static async open(read, kernel, has) {
    const json = new TextDecoder('utf-8', { fatal: true }).decode(await read('model.json'));
    return new Family(describe(json), read, kernel, has);
  }

  /** Languages the model or one of its specialists was trained on. */
  get languages() {
    return [...new Set([...this.description.languages, ...Object.keys(this.description.specialists)])];
  }

  /**
   * The folder of the specialist for a language; empty: the model itself.
   * @param {string | null} language
   */
  folderFor(language) {
    const folder = language !== null && Object.hasOwn(this.description.specialists, language) ? this.description.specialists[language] : undefined;
    return folder !== undefined && this.has(folder) && !this.failed.has(folder) ? folder : OWN;
  }

  /**
   * The model for a language, if it is loaded.
   * @param {string | null} language
   */
  ready(language) {
    const folder = this.folderFor(language);
    const model = this.loaded.get(folder);
    if (!model) return null;
    this.loaded.delete(folder);
    this.loaded.set(folder, model);
    return model;
  }

  /**
   * The model for a language, loaded if it is not. A specialist that cannot be loaded is left out,
   * and the model itself is taken.
   * @param {string | null} language
   * @returns {Promise<Model>}
   */
  async modelFor(language) {
    const found = this.ready(language);
    if (found) return found;
    const folder = this.folderFor(language);
    try {
      return await this.load(folder);
    } catch (error) {
      if (folder === OWN) throw error;
      this.failed.set(folder, /** @type {Error} */ (error));
      return this.modelFor(language);
    }
  }

  /** @param {string} folder */
  async load(folder) {
    const path = folder && `specialists/${folder}/`;
    const own = folder ? await this.described(`${path}model.json`) : this.description;
    if (own.files[TOKENIZER]?.sha256 !== this.description.files[TOKENIZER]?.sha256)
      throw new ModelError(`${path}${TOKENIZER}: another vocabulary than that of the model whose specialist it is`);
    const names = Object.keys(own.files).filter((name) => name !== TOKENIZER);
    const wanted = [`${path}model.json`, ...names.map((name) => path + name), ...(this.tokenizer ? [] : [TOKENIZER])];
    const contents = await Promise.all(wanted.map((one) => this.read(one)));
    const files = Object.fromEntries(contents.map((data, i) => [wanted[i]?.replace(path, '') ?? '', data]));
    const model = await loadModel(files, await this.kernel, this.tokenizer);
    this.tokenizer = model.tokenizer;
    this.keep(folder, model);
    return model;
  }

  /** @param {string} path */
  async described(path) {
    return describe(new TextDecoder('utf-8', { fatal: true }).decode(await this.read(path)));
  }

  /**
   * @param {string} folder
   * @param {Model} model
   */
  keep(folder, model) {
    this.loaded.set(folder, model);
    for (const [oldest, other] of [...this.loaded].slice(0, -MOST_LOADED)) {
      this.loaded.delete(oldest);
      this.onDropped(other);
    }
  }
}
