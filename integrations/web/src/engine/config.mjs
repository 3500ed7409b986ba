// The shape of a model, and which tensors that makes; checked before anything is read through it.
import { TABLES } from './tables.mjs';
import { capacityOf } from './window.mjs';

/**
 * @typedef {{
 *   vocabulary_size: number, n_layer: number, n_head: number, n_kv_head: number, head_size: number,
 *   n_embd: number, n_hidden: number, window: number, policy: string, positions: string,
 *   rotary_base: number, norm: string, norm_weights: boolean, activation: string, qk_norm: boolean,
 *   embedding_norm: boolean, skip_gains: boolean, bias: boolean, tied: boolean, softcap: number
 * }} ModelConfig
 * @typedef {{ offset: number, shape: number[], bits: number, block: number }} Tensor
 * @typedef {Record<string, Tensor>} Tensors
 */

const { SLIDING, LEARNED, LAYER, SWIGLU, CHOICES } = /** @type {any} */ (TABLES.config);
const { TABLE_BITS, BITS, BLOCKS, MOST_WINDOW, MOST_SIZE, MOST_STATE } = /** @type {any} */ (TABLES.layout);
export const EMBEDDING = 'embedding.weight';
export const HEAD = 'head.weight';
export const POSITIONS = 'positions.weight';
export const TILE = 16;
export const ALIGNMENT = 64; // of every tensor: a line of the cache

const DEFAULTS = {
  window: 256, policy: 'sliding', positions: 'rotary', rotary_base: 10_000, norm: 'rms',
  norm_weights: false, activation: 'relu2', qk_norm: true, embedding_norm: true, skip_gains: true,
  bias: false, tied: true, softcap: 0,
};
const SIZES = ['vocabulary_size', 'n_layer', 'n_head', 'n_kv_head', 'head_size', 'n_embd', 'n_hidden', 'window'];
const NUMBERS = ['rotary_base', 'softcap'];
const SWITCHES = ['norm_weights', 'qk_norm', 'embedding_norm', 'skip_gains', 'bias', 'tied'];

/**
 * The config in a description, with what it leaves out.
 * @param {any} values
 * @returns {ModelConfig}
 */
export const completed = (values) => ({ ...DEFAULTS, ...values });

/**
 * What keeps a config from being that of a model which is served here.
 * @param {any} config
 * @returns {string[]}
 */
export function configProblems(config) {
  const known = new Set([...SIZES, ...NUMBERS, ...SWITCHES, ...Object.keys(CHOICES)]);
  const problems = [
    ...Object.keys(config).filter((name) => !known.has(name)).map((name) => `unknown setting ${name}`),
    ...SIZES.filter((name) => !(Number.isSafeInteger(config[name]) && config[name] > 0)),
    ...NUMBERS.filter((name) => !Number.isFinite(config[name])),
    ...SWITCHES.filter((name) => typeof config[name] !== 'boolean'),
    ...Object.keys(CHOICES).filter((name) => !CHOICES[name].includes(config[name])),
  ].map((name) => (name in config ? `${name} is ${JSON.stringify(config[name])}` : name));
  return problems.length ? problems : combinationProblems(config);
}

/** @param {ModelConfig} config */
function combinationProblems(config) {
  const problems = [];
  const { n_head: heads, n_kv_head: shared } = config;
  if (heads % shared) problems.push(`${heads} heads cannot share ${shared} key/value heads`);
  if (config.policy === SLIDING && config.positions === LEARNED) problems.push('a sliding window needs rotary positions');
  if (config.tied && config.bias) problems.push('a tied head has no bias');
  if (config.rotary_base <= 0 || config.softcap < 0) problems.push(`rotary_base is ${config.rotary_base}`);
  if (config.window > MOST_WINDOW) problems.push(`a window of ${config.window}`);
  const state = config.n_layer * shared * config.head_size * capacityOf(config);
  const largest = Math.max(config.vocabulary_size, config.n_embd, config.n_hidden, heads * config.head_size);
  if (largest > MOST_SIZE || state > MOST_STATE) problems.push('sizes beyond any that are served');
  if (config.head_size % 2 && config.positions !== LEARNED) problems.push(`heads of ${config.head_size} cannot be rotated`);
  return problems;
}

/**
 * The shape of every tensor of a model, by name.
 * @param {ModelConfig} config
 * @returns {Map<string, number[]>}
 */
export function sizes(config) {
  const { vocabulary_size: size, n_embd: width } = config;
  /** @type {Map<string, number[]>} */
  const found = new Map([[EMBEDDING, [size, width]]]);
  if (config.positions === LEARNED) found.set(POSITIONS, [config.window, width]);
  for (let layer = 0; layer < config.n_layer; layer++) addBlock(found, config, `blocks.${layer}`);
  addNorm(found, config, 'final_norm');
  if (!config.tied) addLinear(found, config, 'head', size, width);
  return found;
}

/**
 * @param {Map<string, number[]>} found
 * @param {ModelConfig} config
 * @param {string} name
 */
function addBlock(found, config, name) {
  const { n_embd: width, n_hidden: hidden, n_head: heads, n_kv_head: shared, head_size: size } = config;
  addLinear(found, config, `${name}.attention.qkv`, (heads + 2 * shared) * size, width);
  addLinear(found, config, `${name}.attention.projection`, width, heads * size);
  addLinear(found, config, `${name}.ffn.up`, hidden, width);
  addLinear(found, config, `${name}.ffn.down`, width, hidden);
  if (config.activation === SWIGLU) addLinear(found, config, `${name}.ffn.gate`, hidden, width);
  addNorm(found, config, `${name}.attention_norm`);
  addNorm(found, config, `${name}.ffn_norm`);
  if (config.qk_norm) found.set(`${name}.attention.q_gain`, [heads]);
  if (config.skip_gains) found.set(`${name}.skip_gains`, [2]);
}

/**
 * @param {Map<string, number[]>} found
 * @param {ModelConfig} config
 * @param {string} name
 * @param {number} rows
 * @param {number} columns
 */
function addLinear(found, config, name, rows, columns) {
  found.set(`${name}.weight`, [rows, columns]);
  if (config.bias) found.set(`${name}.bias`, [rows]);
}

/**
 * @param {Map<string, number[]>} found
 * @param {ModelConfig} config
 * @param {string} name
 */
function addNorm(found, config, name) {
  if (!config.norm_weights) return;
  found.set(`${name}.weight`, [config.n_embd]);
  if (config.norm === LAYER) found.set(`${name}.bias`, [config.n_embd]);
}

/**
 * What keeps tensors from being those of a model, inside a file of so many bytes.
 * @param {ModelConfig} config
 * @param {Tensors} tensors
 * @param {number} fileBytes
 * @returns {string[]}
 */
export function layoutProblems(config, tensors, fileBytes) {
  if (config.n_layer > Object.keys(tensors).length) return [`${config.n_layer} layers`];
  const wanted = sizes(config);
  const problems = [...wanted.keys()].filter((name) => !(name in tensors)).map((name) => `no tensor ${name}`);
  for (const [name, tensor] of Object.entries(tensors)) {
    const shape = wanted.get(name);
    problems.push(...(shape ? tensorProblems(name, tensor, shape, fileBytes) : [`an unknown tensor ${name}`]));
  }
  return problems;
}

/**
 * @param {string} name
 * @param {Tensor} tensor
 * @param {number[]} shape
 * @param {number} fileBytes
 * @returns {string[]}
 */
function tensorProblems(name, tensor, shape, fileBytes) {
  const { offset, bits, block } = tensor;
  const numbers = [offset, bits, block, ...(Array.isArray(tensor.shape) ? tensor.shape : [NaN])];
  if (!numbers.every((number) => Number.isSafeInteger(number) && number >= 0)) return [`${name} has no whole numbers`];
  const allowed = name === EMBEDDING ? TABLE_BITS : isMatrix(name, shape) ? BITS : [32];
  if (String(tensor.shape) !== String(shape)) return [`${name} is ${tensor.shape}, expected ${shape}`];
  if (!allowed.includes(bits)) return [`${name} has ${bits} bits`];
  if (bits !== 32 && !BLOCKS.includes(block)) return [`${name} has blocks of ${block}`];
  if (offset % ALIGNMENT) return [`${name} begins at ${offset}`];
  const end = offset + storedBytes(name, tensor);
  return end > fileBytes ? [`${name} ends at ${end}, the file at ${fileBytes}`] : [];
}

/**
 * @param {string} name
 * @param {number[]} shape
 */
const isMatrix = (name, shape) => shape.length === 2 && name !== POSITIONS;

/**
 * @param {string} name
 * @param {Tensor} tensor
 */
function storedBytes(name, tensor) {
  const { shape, bits, block } = tensor;
  if (!isMatrix(name, shape)) return 4 * rounded(shape.reduce((a, b) => a * b, 1), TILE);
  const [rows = 0, columns = 0] = shape;
  return Math.ceil(rows / TILE) * tileBytes(columns, bits, block);
}

/**
 * @param {number} columns
 * @param {number} bits
 * @param {number} block
 */
function tileBytes(columns, bits, block) {
  if (bits === 32) return columns * TILE * 4;
  const whole = rounded(columns, block);
  return rounded((whole / block) * TILE * (bits === 8 ? 4 : 2), ALIGNMENT) + (whole * TILE * bits) / 8;
}

/**
 * The next multiple.
 * @param {number} number
 * @param {number} multiple
 */
export const rounded = (number, multiple) => Math.ceil(number / multiple) * multiple;
