// The files beside the open one: the user chooses them, and suggestions follow their text.

const MOST_BYTES = 1_000_000; // of one file: a larger one is not source code
const NOTHING = 'Suggestions follow the names and style of files that you add. The files stay in this page.';

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class Beside {
  /** @param {import('../serving/engine.mjs').Engine} engine */
  constructor(engine) {
    this.engine = engine;
    /** @type {string[]} */
    this.names = [];
    const input = /** @type {HTMLInputElement} */ (element('add-files'));
    input.onchange = async () => {
      await this.add([...(input.files ?? [])]);
      input.value = ''; // so that the same file can be chosen again
    };
    this.draw([]);
  }

  /** @param {File[]} files */
  async add(files) {
    /** @type {string[]} */
    const left = [];
    for (const file of files) {
      const text = file.size <= MOST_BYTES ? await readText(file) : null;
      if (text === null) left.push(file.name);
      else {
        this.engine.learn(file.name, text);
        this.names = [...this.names.filter((name) => name !== file.name), file.name];
      }
    }
    this.draw(left);
  }

  /** @param {string} name */
  remove(name) {
    this.engine.unlearn(name);
    this.names = this.names.filter((one) => one !== name);
    this.draw([]);
  }

  /** @param {string[]} left names of files that are not text, or too large */
  draw(left) {
    element('beside-files').replaceChildren(...this.names.map((name) => this.row(name)));
    const note = left.length ? `Left out (not text, or too large): ${left.join(', ')}` : NOTHING;
    element('beside-note').textContent = this.names.length && !left.length ? '' : note;
  }

  /** @param {string} name */
  row(name) {
    const row = document.createElement('li');
    const label = document.createElement('code');
    label.textContent = name;
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = '×';
    button.setAttribute('aria-label', `Leave out ${name}`);
    button.onclick = () => this.remove(name);
    row.append(label, button);
    return row;
  }
}

/**
 * The text of a file; null if it is not text.
 * @param {File} file
 */
async function readText(file) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    return text.includes('\0') ? null : text.replaceAll('\r\n', '\n');
  } catch {
    return null;
  }
}
