// Builds the page: one folder for a web server, and one file that works from disk.
//
//     node build.mjs --kernel kernel.wasm --out dist [--inline NAME,…] MODEL_DIRECTORY …
//     node build.mjs --kernel kernel.wasm --out built
//
// The files that the page loads have a digest in their names, so that they may be cached for ever. The
// single file contains the first model without its specialists, or what `--inline` names: `small` is a
// model, `small/c` its specialist in the folder `c`. Without a model, the folder contains a page to
// which a server adds models, and there is no single file.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const PAGE = join(HERE, 'src', 'page');
const SINGLE = 'codecomplete.html';
const LICENCES = 'licences.txt';
const FILES = ['model.json', 'weights.bin', 'tokenizer.json', 'gate.json'];
const POLICY = "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; worker-src 'self' blob:; "
  + "style-src 'self' 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; connect-src ";

/** @type {Set<string>} packages whose code is in a bundle */
const packages = new Set();

/**
 * @param {string} entry
 * @returns {Promise<string>} the script
 */
async function bundled(entry) {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(HERE, 'src', entry)], bundle: true, minify: true, format: 'iife', target: 'es2023',
    write: false, metafile: true, legalComments: 'none', logLevel: 'warning', charset: 'utf8',
  });
  for (const path of Object.keys(metafile.inputs)) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    if (found) packages.add(found);
  }
  return /** @type {{ text: string }} */ (outputFiles[0]).text;
}

/** The licences of the bundled packages, which every copy must include. */
function licences() {
  return [...packages].sort().map((name) => {
    const folder = join(HERE, 'node_modules', name);
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    if (!file) throw new Error(`${name} has no licence file`);
    return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  }).join('\n\n');
}

/**
 * Make room for the page in a folder that is new, empty or its own.
 * @param {string} out
 */
function clear(out) {
  const names = existsSync(out) ? readdirSync(out) : [];
  if (names.length && !names.includes(LICENCES)) throw new Error(`${out} holds something else: name another folder`);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
}

/** @param {string | Buffer} data */
const digest = (data) => createHash('sha256').update(data).digest('hex').slice(0, 10);

/**
 * The facts about a model directory that a page needs.
 * @param {string} directory
 */
function described(directory) {
  const { name: label, files, specialists = {} } = JSON.parse(readFileSync(join(directory, 'model.json'), 'utf8'));
  const present = FILES.filter((file) => file === 'model.json' || file in files);
  const folders = /** @type {string[]} */ ([...new Set(Object.values(specialists))]);
  return { directory, name: basename(directory), label, present, folders };
}

/** A specialist has no tokenizer of its own. */
const ofSpecialist = (/** @type {string} */ folder) =>
  FILES.filter((file) => file !== 'tokenizer.json').map((file) => `specialists/${folder}/${file}`);

/**
 * The paths of a model's files in its directory, with those of some specialists.
 * @param {ReturnType<typeof described>} model
 * @param {string[]} folders
 */
const pathsOf = ({ present, folders: all }, folders) => [...present, ...all.filter((one) => folders.includes(one)).flatMap(ofSpecialist)];

/**
 * The page with its parts inserted.
 * @param {string} assets the elements at its end
 * @param {string} connect where it may connect to
 */
async function page(assets, connect) {
  const { outputFiles } = await build({
    entryPoints: [join(PAGE, 'page.css')], minify: true, write: false, target: 'es2023', logLevel: 'warning',
  });
  const style = /** @type {{ text: string }} */ (outputFiles[0]).text;
  return readFileSync(join(PAGE, 'page.html'), 'utf8')
    .replace('<!--policy-->', () => POLICY + connect)
    .replace('<!--style-->', () => style)
    .replace('<!--assets-->', () => assets);
}

/** @param {string} script */
const inScript = (script) => script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');

/**
 * @param {string} id
 * @param {string} type
 * @param {string} text
 */
const element = (id, type, text) => `<script id="${id}" type="${type}">${text}</script>\n`;

/**
 * Write the folder, each file under a name with its digest.
 * @param {string} out
 * @param {ReturnType<typeof described>[]} models
 * @param {{ kernel: Buffer, worker: string, main: string }} parts
 */
async function writeFolder(out, models, { kernel, worker, main }) {
  const written = (/** @type {string} */ name, /** @type {string | Buffer} */ data) => {
    const [stem, ending] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.'))];
    const path = `${stem}-${digest(data)}${ending}`;
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), data);
    return { url: path };
  };
  const assets = {
    kernel: written('kernel.wasm', kernel),
    worker: written('worker.js', worker),
    models: models.map((model) => ({
      name: model.name, label: model.label,
      files: Object.fromEntries(
        pathsOf(model, model.folders).map((path) => [path, written(`models/${model.name}/${path}`, readFileSync(join(model.directory, path)))]),
      ),
    })),
  };
  const script = written('page.js', main);
  const parts = element('assets', 'application/json', inScript(JSON.stringify(assets))) + `<script src="${script.url}"></script>`;
  writeFileSync(join(out, 'index.html'), await page(parts, "'self'"));
}

/**
 * Write the single file, which contains everything and may connect to nothing.
 * @param {string} out
 * @param {ReturnType<typeof described>[]} models
 * @param {{ kernel: Buffer, worker: string, main: string }} parts
 * @param {string[]} chosen names of models and of specialists
 */
async function writeFile(out, models, { kernel, worker, main }, chosen) {
  let embedded = '';
  const inside = (/** @type {string} */ id, /** @type {Buffer} */ data) => {
    embedded += element(id, 'text/plain', data.toString('base64'));
    return { element: id };
  };
  const assets = {
    kernel: inside('kernel', kernel),
    worker: { element: 'worker' },
    models: models.map((model) => ({
      name: model.name, label: model.label,
      files: Object.fromEntries(
        pathsOf(model, chosen.map((one) => one.replace(`${model.name}/`, '')))
          .map((path) => [path, inside(`${model.name}/${path}`, readFileSync(join(model.directory, path)))]),
      ),
    })),
  };
  embedded += element('licences', 'text/plain', inScript(licences())) + element('worker', 'text/plain', inScript(worker));
  const parts = embedded + element('assets', 'application/json', inScript(JSON.stringify(assets))) + `<script>${inScript(main)}</script>`;
  writeFileSync(join(out, SINGLE), await page(parts, "'none'"));
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { kernel: { type: 'string' }, out: { type: 'string' }, inline: { type: 'string' } },
});
const { kernel: kernelPath, out, inline } = values;
if (!kernelPath || !out) {
  console.error('usage: node build.mjs --kernel kernel.wasm --out FOLDER [--inline NAME,…] [MODEL_DIRECTORY …]');
  process.exit(2);
}
const models = positionals.map(described);
const parts = { kernel: readFileSync(kernelPath), worker: await bundled('serving/worker.mjs'), main: await bundled('page/main.mjs') };
clear(out);
writeFileSync(join(out, LICENCES), licences());
await writeFolder(out, models, parts);
const chosen = inline?.split(',') ?? models.slice(0, 1).map(({ name }) => name);
if (models.length) await writeFile(out, models.filter(({ name }) => chosen.includes(name)), parts, chosen);
