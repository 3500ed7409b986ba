// Monaco with ghost text, without its own workers: only what is typed matters here.
import * as monaco from 'monaco-editor';
import { loadEngine } from 'codecomplete-web';
import { registerGhostText } from 'codecomplete-web/monaco';

globalThis.MonacoEnvironment = { getWorker: () => new Worker(URL.createObjectURL(new Blob(['']))) };
const model = await loadEngine({ base: 'small', kernel: 'kernel.wasm', worker: { url: 'worker.js' } });
registerGhostText(monaco, ['python'], { model });
const editor = monaco.editor.create(document.querySelector('#monaco'), {
  value: '', language: 'python', quickSuggestions: false, wordBasedSuggestions: 'off', inlineSuggest: { enabled: true },
});
Object.assign(globalThis, { editor, model });
document.documentElement.dataset.ready = model.facts.name;
