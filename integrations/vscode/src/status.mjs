// The item in the status bar. Knows no server.
import * as vscode from 'vscode';

/** @type {Record<string, { icon: string, says: string }>} */
const LOOKS = {
  starting: { icon: '$(loading~spin)', says: 'starting' },
  loading: { icon: '$(loading~spin)', says: 'loading the model' },
  ready: { icon: '$(check)', says: 'on' },
  off: { icon: '$(circle-slash)', says: 'off' },
  language: { icon: '$(circle-slash)', says: 'off for this language' },
  missing: { icon: '$(warning)', says: 'the server is not installed; click to install it' },
  failed: { icon: '$(warning)', says: 'failed' },
};

export class Status {
  constructor() {
    this.item = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Right, 90);
    this.item.name = 'codecomplete';
    this.item.command = 'codecomplete.menu';
    this.state = 'starting';
    /** @type {string | undefined} */
    this.error = undefined;
    this.languageOn = true;
    this.show();
    this.item.show();
  }

  /**
   * @param {string} state
   * @param {string} [error]
   */
  set(state, error) {
    this.state = state;
    this.error = error;
    this.show();
  }

  /** @param {boolean} on whether the active editor's language is on */
  language(on) {
    this.languageOn = on;
    this.show();
  }

  show() {
    const shown = this.state === 'ready' && !this.languageOn ? 'language' : this.state;
    const { icon, says } = LOOKS[shown] ?? { icon: '$(question)', says: shown };
    this.item.text = `${icon} codecomplete`;
    this.item.tooltip = `codecomplete: ${says}${this.error ? ` (${this.error})` : ''}`;
  }

  dispose() {
    this.item.dispose();
  }
}
