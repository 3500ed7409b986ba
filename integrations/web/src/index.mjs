// The public names of the package; editors are imported from their own modules.
export { Family } from './engine/family.mjs';
export { loadModel } from './engine/model.mjs';
export { finish } from './engine/stream.mjs';
export { firstHump, firstLine, firstWord } from './engine/suggestion.mjs';
export { Engine, Suggester, loadEngine } from './serving/engine.mjs';
export { MOST_CHARACTERS, anywhere, atTheEnd } from './serving/rules.mjs';
