// Runs the cases of a file (cases.py, write_vectors) in WebAssembly, and compares bit by bit.
//
//     node run_vectors.mjs kernel.wasm vectors.bin
import { readFileSync } from "node:fs";

const [wasm, vectors] = process.argv.slice(2).map((path) => readFileSync(path));
const { exports: kernel } = new WebAssembly.Instance(new WebAssembly.Module(wasm));

let at = 0;
const numbers = (count) => {
  const found = [];
  for (let i = 0; i < count; i++, at += 4) found.push(vectors.readUInt32LE(at));
  return found;
};
const bytes = (size) => vectors.subarray(at, (at += size));

let free;
const take = (size) => {
  const start = free;
  free = Math.ceil((free + Number(size)) / 64) * 64;
  const missing = free - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / 65536));
  return start;
};
const put = (data) => {
  const start = take(data.length);
  new Uint8Array(kernel.memory.buffer, start, data.length).set(data);
  return start;
};

let cases = 0;
let differing = 0;
let milliseconds = 0;
while (at < vectors.length) {
  free = Math.ceil(kernel.__heap_base.value / 64) * 64;
  const [planSize, weightsSize, length] = numbers(3);
  const plan = put(bytes(planSize));
  const vocabulary = new DataView(kernel.memory.buffer).getUint32(plan + 7 * 4, true);
  const width = Math.ceil(vocabulary / 16) * 16;
  const weights = put(bytes(weightsSize));
  const state = take(kernel.kernel_state_bytes(plan));
  const arena = take(kernel.kernel_arena_bytes(plan, 1));
  const call = take(44);
  const ids = take(32 * 4);
  const logits = take(32 * width * 4);
  for (let i = 0; i < length; i++) {
    const [count, past, position, wanted] = numbers(5);
    if (!count) {
      if (kernel.kernel_move(plan, state, past, position)) differing++;
      continue;
    }
    const view = new DataView(kernel.memory.buffer);
    const fields = [plan, weights, state, arena, logits, ids, 0, count, past, position, wanted];
    fields.forEach((value, index) => view.setUint32(call + 4 * index, value, true));
    new Uint8Array(kernel.memory.buffer, ids, 4 * count).set(bytes(4 * count));
    const begin = performance.now();
    const result = kernel.kernel_step(0, call);
    milliseconds += performance.now() - begin;
    let same = result === 0;
    for (let row = 0; row < wanted; row++) {
      const expected = bytes(4 * width).subarray(0, 4 * vocabulary);
      const found = Buffer.from(kernel.memory.buffer, logits + 4 * width * row, 4 * vocabulary);
      same = same && expected.equals(found);
    }
    if (!same) {
      differing++;
      console.error(`case ${cases}, step ${i} differs (result ${result})`);
    }
  }
  cases++;
}
console.log(`wasm: ${cases} cases, ${milliseconds.toFixed(1)} ms`);
process.exit(differing ? 1 : 0);
