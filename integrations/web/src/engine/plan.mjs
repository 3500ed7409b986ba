// The plan of a model for the kernel (`engine/kernel/kernel.h`): sizes and offsets, no pointers. The
// same bytes as from `engine/kernel/plan.py`.
import { EMBEDDING, HEAD, POSITIONS } from './config.mjs';
import { TABLES } from './tables.mjs';
import { capacityOf, isSliding } from './window.mjs';

/**
 * @typedef {import('./config.mjs').ModelConfig} ModelConfig
 * @typedef {import('./config.mjs').Tensors} Tensors
 */

const ABI = 1;
const ABSENT = 0xffff_ffff_ffff_ffffn;
const MATRIX_BYTES = 32;
const HEADER_BYTES = 16 * 4 + 2 * MATRIX_BYTES + 3 * 8;
const LAYER_BYTES = 5 * MATRIX_BYTES + 6 * 8;
const { ROTARY, LAYER, CHOICES } = /** @type {any} */ (TABLES.config);

/** Writes numbers one after another, little-endian. */
class Writer {
  /** @param {number} size */
  constructor(size) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
    this.at = 0;
  }

  /** @param {...(number | boolean)} values */
  u32(...values) {
    for (const value of values) this.view.setUint32((this.at += 4) - 4, Number(value), true);
  }

  /** @param {number} value */
  f32(value) {
    this.view.setFloat32((this.at += 4) - 4, value, true);
  }

  /** @param {number} value */
  f64(value) {
    this.view.setFloat64((this.at += 8) - 8, value, true);
  }

  /** @param {number | undefined} value */
  offset(value) {
    this.view.setBigUint64((this.at += 8) - 8, value === undefined ? ABSENT : BigInt(value), true);
  }

  /**
   * @param {Tensors} tensors
   * @param {string} name
   */
  matrix(tensors, name) {
    const tensor = tensors[name];
    this.offset(tensor?.offset);
    this.offset(tensor && tensors[name.replace(/weight$/, 'bias')]?.offset);
    const [rows = 0, columns = 0] = tensor?.shape ?? [];
    this.u32(rows, columns, tensor?.bits ?? 32, tensor?.block ?? 0);
  }
}

/**
 * The plan of a model whose layout is valid.
 * @param {ModelConfig} config
 * @param {Tensors} tensors
 */
export function makePlan(config, tensors) {
  const half = config.head_size >> 1;
  const writer = new Writer(HEADER_BYTES + config.n_layer * LAYER_BYTES + 8 * half);
  writeHeader(writer, config, tensors);
  for (let layer = 0; layer < config.n_layer; layer++) writeLayer(writer, tensors, `blocks.${layer}`);
  for (let i = 0; i < half; i++) writer.f64(config.rotary_base ** (-i / half));
  return writer.bytes;
}

/**
 * @param {Writer} writer
 * @param {ModelConfig} config
 * @param {Tensors} tensors
 */
function writeHeader(writer, config, tensors) {
  const { n_layer: layers, n_head: heads, n_kv_head: shared, head_size: size } = config;
  writer.u32(ABI, layers, heads, shared, size, config.n_embd, config.n_hidden, config.vocabulary_size);
  writer.u32(isSliding(config) ? config.window : capacityOf(config), capacityOf(config));
  writer.u32(config.positions === ROTARY, config.norm === LAYER);
  writer.u32(CHOICES.activation.indexOf(config.activation), config.qk_norm, config.embedding_norm);
  writer.f32(config.softcap);
  writer.matrix(tensors, EMBEDDING);
  writer.matrix(tensors, config.tied ? EMBEDDING : HEAD);
  writer.offset(tensors[POSITIONS]?.offset);
  writer.offset(tensors['final_norm.weight']?.offset);
  writer.offset(tensors['final_norm.bias']?.offset);
}

/**
 * @param {Writer} writer
 * @param {Tensors} tensors
 * @param {string} name
 */
function writeLayer(writer, tensors, name) {
  for (const part of ['attention.qkv', 'attention.projection', 'ffn.up', 'ffn.gate', 'ffn.down'])
    writer.matrix(tensors, `${name}.${part}.weight`);
  for (const part of ['attention_norm', 'ffn_norm'])
    for (const kind of ['weight', 'bias']) writer.offset(tensors[`${name}.${part}.${kind}`]?.offset);
  writer.offset(tensors[`${name}.attention.q_gain`]?.offset);
  writer.offset(tensors[`${name}.skip_gains`]?.offset);
}
