// The page's assets: kernel, worker and models, inside the file or beside it.
import { LANGUAGES } from './samples.mjs';

/**
 * @typedef {import('../serving/service.mjs').Source} Source
 * @typedef {{
 *   name: string, title: string, family: string, language: string | null,
 *   files: Record<string, Source>
 * }} PageModel `language`: the only one that the model is for, by its name
 * @typedef {{ kernel: Source, worker: import('../serving/engine.mjs').WorkerSource, models: PageModel[] }} Assets
 */

/**
 * A file as the build wrote it: `{ "url": … }`, or `{ "element": ID }` for one inside the page.
 * @param {{ url?: string, element?: string }} entry
 * @returns {Source}
 */
const sourceOf = ({ url, element }) => (element ? { base64: textOf(element) } : { url: new URL(url ?? '', document.baseURI).href });

/** @param {string} id */
const textOf = (id) => document.getElementById(id)?.textContent ?? '';

const TITLES = /** @type {Record<string, string>} */ ({
  small: 'Words, 4 M', characters: 'Characters, 6 M', 'characters-small': 'Characters, 2 M', 'characters-tiny': 'Characters, 1 M',
});

/**
 * Family and language of a model by its name: `characters-tiny-python` is of the family
 * `characters-tiny`, for Python.
 * @param {string} label
 */
function named(label) {
  const language = Object.keys(LANGUAGES).find((one) => label.endsWith(`-${one}`)) ?? null;
  const family = language ? label.slice(0, -language.length - 1) : label;
  return { family, language, title: TITLES[family] ?? family };
}

/** @returns {Assets} */
export function readAssets() {
  const { kernel, worker, models } = JSON.parse(textOf('assets'));
  return {
    kernel: sourceOf(kernel),
    worker: worker.element ? { script: textOf(worker.element) } : { url: worker.url },
    models: models.map((/** @type {any} */ model) => ({
      name: model.name,
      ...named(model.label),
      files: lazily(model.files),
    })),
  };
}

/**
 * Files that are only read on access: a model in the page is megabytes of text.
 * @param {Record<string, { url?: string, element?: string }>} entries
 * @returns {Record<string, Source>}
 */
function lazily(entries) {
  const files = {};
  for (const [name, entry] of Object.entries(entries))
    Object.defineProperty(files, name, { enumerable: true, get: () => sourceOf(entry) });
  return files;
}
