// Replays traces in Node: node replay_node.mjs KERNEL FOLDER; prints a report as JSON.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { replay } from './replay.mjs';

const [kernel, folder] = process.argv.slice(2);
const traces = JSON.parse(readFileSync(join(folder, 'vectors.json'), 'utf8'));
const filesOf = async (model) => {
  const directory = join(folder, model);
  const names = readdirSync(directory).filter((name) => /\.(json|bin)$/.test(name));
  return Object.fromEntries(names.map((name) => [name, new Uint8Array(readFileSync(join(directory, name)))]));
};
console.log(JSON.stringify(await replay(traces, filesOf, await WebAssembly.compile(readFileSync(kernel)))));
