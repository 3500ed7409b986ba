// Replays traces in Node: node replay_node.mjs KERNEL FOLDER; prints a report as JSON.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replay } from './replay.mjs';

const [kernel, folder] = process.argv.slice(2);
const traces = JSON.parse(readFileSync(join(folder, 'vectors.json'), 'utf8'));
const read = async (model, path) => new Uint8Array(readFileSync(join(folder, model, path)));
console.log(JSON.stringify(await replay(traces, read, await WebAssembly.compile(readFileSync(kernel)))));
