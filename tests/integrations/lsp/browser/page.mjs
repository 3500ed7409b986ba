// An editor on a page, connected to the server over a websocket.
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { LSPClient, LSPPlugin } from '@codemirror/lsp-client';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { ghostText } from './ghost.mjs';

const socket = new WebSocket(`ws://${location.host}/`);
const handlers = new Set();
socket.onmessage = ({ data }) => handlers.forEach((handler) => handler(data));

const client = new LSPClient({
  timeout: 60_000,
  extensions: [{ clientCapabilities: { textDocument: { inlineCompletion: {} } } }],
});
socket.onopen = () => client.connect({
  send: (message) => socket.send(message),
  subscribe: (handler) => handlers.add(handler),
  unsubscribe: (handler) => handlers.delete(handler),
});

const view = window.view = new EditorView({
  parent: document.body,
  state: EditorState.create({
    doc: '',
    extensions: [
      lineNumbers(), history({ newGroupDelay: 0 }), ghostText,
      keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
      LSPPlugin.create(client, 'file:///page/example.py', 'python'),
    ],
  }),
});
window.client = client;
view.focus();
