// The alternatives at one place, which a key steps through: the suggestion shown, then the others, which
// are requested when the key is first pressed. Knows no editor.

/**
 * @typedef {import('./engine.mjs').Suggestion} Suggestion
 * @typedef {(suggestion: Suggestion, place: string) => void} Show `place`: "2/3"
 */

const MOST = 3; // besides the suggestion shown

export class Choices {
  /** @param {import('./engine.mjs').Suggester} suggester */
  constructor(suggester) {
    this.suggester = suggester;
    /** @type {Suggestion[]} */
    this.all = [];
    this.at = 0;
  }

  /** Forget the alternatives: the next key requests new ones. */
  clear() {
    this.all = [];
  }

  /**
   * Show the next one, or with `by` = -1 the previous one.
   * @param {number} by
   * @param {{ before: string, after: string, language: string | null }} text
   * @param {Suggestion | null} shown
   * @param {Show} show called later if the others must be found first
   */
  step(by, text, shown, show) {
    if (this.all.length) return this.turn(by, show);
    this.suggester.alternatives(text, MOST, (others) => {
      this.all = [...(shown ? [shown] : []), ...others.filter((one) => one.text !== shown?.text)];
      this.at = shown || by < 0 ? 0 : -1;
      if (this.all.length) this.turn(by, show);
    });
  }

  /**
   * @param {number} by
   * @param {Show} show
   */
  turn(by, show) {
    const count = this.all.length;
    this.at = (this.at + by + count) % count;
    show(/** @type {Suggestion} */ (this.all[this.at]), `${this.at + 1}/${count}`);
  }
}
