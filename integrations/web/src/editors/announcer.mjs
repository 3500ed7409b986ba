// Announces the suggestion to screen readers, once and politely, when the user asks for it.
//
// Ghost text itself is not in the accessibility tree, where it would be read as part of the text.

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
   * @param {string} how which keys to press
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
