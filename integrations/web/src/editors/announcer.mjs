// Tells readers of the screen what is shown, once and politely, when they ask for it.
//
// Ghost text itself is no part of the accessibility tree: it would be read as if it were written.

const HIDDEN = 'position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:pre;margin:0';
const NOTHING = 'No suggestion.';

export class Announcer {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.region = document.createElement('div');
    this.region.setAttribute('role', 'status');
    this.region.setAttribute('aria-live', 'polite');
    this.region.style.cssText = HIDDEN;
    parent.append(this.region);
  }

  /**
   * @param {string} text
   * @param {string} how what to press
   */
  say(text, how) {
    this.region.textContent = text ? `Suggestion: ${text.trim()}. ${how}` : NOTHING;
  }

  clear() {
    this.region.textContent = '';
  }

  remove() {
    this.region.remove();
  }
}
