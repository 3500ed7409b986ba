// A page of somebody else's that embeds ghost text, as docs/web.md shows it.
import { history, undo } from '@codemirror/commands';
import { EditorView } from '@codemirror/view';
import { ghostText } from 'codecomplete-web/codemirror';
import { ghostTextarea } from 'codecomplete-web/textarea';
import { loadEngine } from 'codecomplete-web';

const model = await loadEngine({ base: 'small', kernel: 'kernel.wasm', worker: { url: 'worker.js' } });
const view = new EditorView({ parent: document.body, extensions: [history()] });
const ghost = ghostText(view, { model, language: 'python' });
const field = ghostTextarea(document.querySelector('textarea'), { model, language: 'python' });
Object.assign(globalThis, { view, ghost, field, model, undo: () => undo(view) });
document.documentElement.dataset.ready = model.facts.name;
