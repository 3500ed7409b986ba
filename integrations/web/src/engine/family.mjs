// A model directory with its specialists: weights of the same shape and vocabulary that were trained
// further on some languages. Each is loaded when a session for such a language first needs it: a page
// for one language reads the weights of one model.
//
// Does not know where files come from.
import { ModelError } from './errors.mjs';
import { describe, loadModel } from './model.mjs';

/**
 * @typedef {import('./model.mjs').Model} Model
 * @typedef {(path: string) => Promise<Uint8Array>} Read a file of the directory by its path in it
 */

const MOST_LOADED = 2; // models in memory; the least recently used is dropped
const DESCRIPTION = 'model.json';
const TOKENIZER = 'tokenizer.json';
const OWN = ''; // the folder of the directory's own model

export class Family {
  /**
   * @param {Uint8Array} json the directory's own `model.json`
   * @param {Read} read
   * @param {WebAssembly.Module | Promise<WebAssembly.Module>} kernel
   * @param {(folder: string) => boolean} has whether a specialist's files can be read
   */
  constructor(json, read, kernel, has = () => true) {
    this.json = json;
    this.description = described(json);
    this.read = read;
    this.kernel = kernel;
    this.has = has;
    /** @type {Map<string, Model>} by folder, the most recent last */
    this.loaded = new Map();
    /** @type {import('./tokenizer.mjs').Tokenizer | undefined} */
    this.tokenizer = undefined;
    /** @type {Map<string, Error>} specialists that could not be loaded; the base model replaces them */
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
    return new Family(await read(DESCRIPTION), read, kernel, has);
  }

  /** Languages the model or one of its specialists was trained on. */
  get languages() {
    return [...new Set([...this.description.languages, ...Object.keys(this.description.specialists)])];
  }

  /**
   * The folder of the specialist for a language; empty for the base model.
   * @param {string | null} language
   */
  folderFor(language) {
    const folder = language !== null && Object.hasOwn(this.description.specialists, language) ? this.description.specialists[language] : undefined;
    return folder !== undefined && this.has(folder) && !this.failed.has(folder) ? folder : OWN;
  }

  /**
   * The model for a language; null if it is not loaded.
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
   * The model for a language, loaded if necessary. The base model replaces a specialist that cannot be
   * loaded.
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
      this.failed.set(folder, new ModelError(`specialists/${folder}: ${/** @type {Error} */ (error).message}`));
      return this.modelFor(language);
    }
  }

  /** @param {string} folder */
  async load(folder) {
    const path = folder && `specialists/${folder}/`;
    const json = folder ? await this.read(path + DESCRIPTION) : this.json;
    const own = described(json);
    if (own.files[TOKENIZER]?.sha256 !== this.description.files[TOKENIZER]?.sha256)
      throw new ModelError(`${path}${TOKENIZER}: another vocabulary than that of the base model`);
    const names = Object.keys(own.files).filter((name) => name !== TOKENIZER || !this.tokenizer);
    /** A specialist uses the tokenizer of the base model. */
    const place = (/** @type {string} */ name) => (name === TOKENIZER ? name : path + name);
    const contents = await Promise.all(names.map((name) => this.read(place(name))));
    /** @type {import('./model.mjs').Files} */
    const files = { [DESCRIPTION]: json };
    names.forEach((name, i) => (files[name] = /** @type {Uint8Array} */ (contents[i])));
    const model = await loadModel(files, await this.kernel, this.tokenizer);
    this.tokenizer = model.tokenizer;
    this.keep(folder, model);
    return model;
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

/** @param {Uint8Array} json */
const described = (json) => describe(new TextDecoder('utf-8', { fatal: true }).decode(json));
