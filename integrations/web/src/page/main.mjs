// The page: an editor with ghost text, a choice of model and language, and what suggestions cost.
import { acceptAll, acceptWord, dismiss, ghostText, ghostTextExtension, showNext } from '../editors/codemirror.mjs';
import { ghostTextarea } from '../editors/textarea.mjs';
import { Engine } from '../serving/engine.mjs';
import { anywhere, atTheEnd } from '../serving/rules.mjs';
import { readAssets } from './assets.mjs';
import { Beside } from './beside.mjs';
import { makeEditor, setContent } from './editor.mjs';
import { showAnswer, showFailure, showKey, showProgress, showReady, showRules, showSaved, showState } from './panel.mjs';
import { LANGUAGES } from './samples.mjs';

const LIKELIEST = 5;
const FIRST_LANGUAGE = 'python';
const BUFFER = 'page'; // for both the editor and the plain field, which have the same text

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @param {string} id */
const select = (id) => /** @type {HTMLSelectElement} */ (element(id));
/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (element(id));

/** The page as a whole: it owns the editor and the engine. */
class Page {
  constructor() {
    this.assets = readAssets();
    this.engine = new Engine(this.assets.worker);
    this.engine.options = { likeliest: LIKELIEST };
    this.engine.onProgress = showProgress;
    this.engine.onReady = (facts) => this.ready(facts);
    this.engine.onFailure = showFailure;
    this.language = FIRST_LANGUAGE;
    this.lastKey = 0;
    this.begun = 0;
    this.model = /** @type {import('./assets.mjs').PageModel | null} */ (null);
    const ghost = ghostTextExtension({
      model: this.engine,
      language: this.language,
      buffer: BUFFER,
      onAnswer: (answer) => this.answered(answer),
      onShown: (suggestion) => this.shown(suggestion),
      onKey: (milliseconds) => this.keyed(milliseconds),
      onCaret: () => this.tellRules(),
    });
    this.view = makeEditor(element('editor'), sample(this.language), this.language, ghost);
    this.ghost = ghostText(this.view, { model: this.engine });
    this.plain = /** @type {ReturnType<typeof ghostTextarea> | null} */ (null);
    this.beside = new Beside(this.engine);
    this.fillChoices();
    this.listen();
    this.choose();
  }

  fillChoices() {
    const families = new Map(this.assets.models.map(({ family, title }) => [family, title]));
    select('model').replaceChildren(...[...families].map(([family, title]) => new Option(title, family)));
    select('language').replaceChildren(...Object.entries(LANGUAGES).map(([name, { title }]) => new Option(title, name)));
    element('model-choice').hidden = families.size < 2;
  }

  listen() {
    select('model').onchange = () => this.choose();
    select('language').onchange = () => this.setLanguage(select('language').value);
    input('probabilities').onchange = () => this.setProbabilities(input('probabilities').checked);
    input('strict').onchange = () => this.setRules(input('strict').checked);
    this.area().oninput = () => this.tellRules();
    input('plain').onchange = () => this.setPlain(input('plain').checked);
    element('theme').onclick = () => turnTheme();
    for (const [id, command] of /** @type {const} */ ([['accept', acceptAll], ['accept-word', acceptWord], ['another', showNext], ['dismiss', dismiss]])) {
      element(id).onpointerdown = (event) => event.preventDefault(); // the editor keeps the focus
      element(id).onclick = () => {
        command(this.view);
        showSaved(this.ghost.statistics);
      };
    }
  }

  /** Load the model of the chosen family for the chosen language. */
  async choose() {
    const family = select('model').value;
    const fitting = this.assets.models.filter((model) => model.family === family);
    const model = fitting.find((one) => one.language === this.language) ?? fitting.find((one) => !one.language) ?? fitting[0];
    if (!model || model === this.model) return;
    this.model = model;
    showState('Loading the model', 'loading');
    this.begun = performance.now();
    try {
      await this.engine.load({ kernel: this.assets.kernel, files: model.files, language: this.language });
      if (model !== this.model) return;
      document.documentElement.dataset.ready = model.name;
      this.plain ? this.plain.ask() : this.ghost.ask();
    } catch (error) {
      showFailure(/** @type {Error} */ (error).message);
    }
  }

  /**
   * Called when a model is loaded: the first, or that for another language.
   * @param {import('../serving/engine.mjs').ModelFacts} facts
   */
  ready(facts) {
    showReady(facts, performance.now() - this.begun);
    document.documentElement.dataset.model = facts.name;
  }

  /** @param {string} language */
  setLanguage(language) {
    const isUntouched = this.text() === sample(this.language);
    this.language = language;
    this.ghost.setLanguage(language);
    this.ghost.dismiss();
    this.plain?.setLanguage(language);
    setContent(this.view, language, isUntouched ? sample(language) : null);
    if (isUntouched && this.plain) this.area().value = sample(language);
    this.begun = performance.now();
    this.choose();
    this.plain ? this.plain.ask() : this.ghost.ask();
  }

  /** @param {boolean} on */
  setProbabilities(on) {
    this.ghost.setProbabilities(on);
    element('likely').hidden = !on;
  }

  /** @param {boolean} on */
  setRules(on) {
    for (const ghost of [this.ghost, ...(this.plain ? [this.plain] : [])]) ghost.setRules(on ? atTheEnd : anywhere);
    this.tellRules();
    this.ghost.dismiss();
    this.plain?.dismiss();
    this.plain ? this.plain.ask() : this.ghost.ask();
  }

  /**
   * Replace the editor by a plain text field with the same text, or the field by the editor.
   * @param {boolean} on
   */
  setPlain(on) {
    const area = this.area();
    element('editor').hidden = on;
    element('field').hidden = !on;
    if (on) {
      this.ghost.dismiss();
      area.value = this.view.state.doc.toString();
      const { language } = this;
      this.plain = ghostTextarea(area, { model: this.engine, language, buffer: BUFFER, onAnswer: (answer) => this.answered(answer) });
      this.plain.setRules(input('strict').checked ? atTheEnd : anywhere);
      area.focus();
      this.plain.ask();
    } else {
      this.plain?.remove();
      this.plain = null;
      setContent(this.view, this.language, area.value);
      this.view.focus();
    }
  }

  /** @param {number} milliseconds */
  keyed(milliseconds) {
    this.lastKey = milliseconds;
    showKey(milliseconds);
  }

  tellRules() {
    if (!this.view) return; // the editor is being created
    const length = this.text().length;
    const caret = this.plain ? this.area().selectionStart : this.view.state.selection.main.head;
    showRules(input('strict').checked, length, caret === length);
  }

  area() {
    return /** @type {HTMLTextAreaElement} */ (element('area'));
  }

  text() {
    return this.plain ? this.area().value : this.view.state.doc.toString();
  }

  /** @param {import('../serving/engine.mjs').Answer} answer */
  answered(answer) {
    showAnswer(answer);
    showSaved((this.plain ?? this.ghost).statistics);
  }

  /** @param {import('../serving/engine.mjs').Suggestion | null} suggestion */
  shown(suggestion) {
    for (const id of ['accept', 'accept-word', 'another', 'dismiss']) /** @type {HTMLButtonElement} */ (element(id)).disabled = !suggestion;
  }
}

/** @param {string} language */
const sample = (language) => LANGUAGES[language]?.text ?? '';

/** Switch from the system's theme to the opposite one, then to the same one set explicitly, and back. */
function turnTheme() {
  const { dataset } = document.documentElement;
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const [first, second] = isDark ? ['light', 'dark'] : ['dark', 'light'];
  if (dataset.theme === undefined) dataset.theme = first;
  else if (dataset.theme === first) dataset.theme = second;
  else delete dataset.theme;
}

Object.assign(globalThis, { page: new Page() });
