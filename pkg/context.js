/** Contexts that were read once, for many evaluations. */

/** Attribute values read once and bound to a ruleset at one instant. */
export class BoundContext {
  #brand = true;

  /** Unlike instanceof this asks nothing of a proxy. @param {unknown} value @returns {value is BoundContext} */
  static is(value) {
    return typeof value === 'object' && value !== null && #brand in value;
  }

  /** @param {object} owner the ruleset @param {unknown[]} values @param {number} now */
  constructor(owner, values, now) {
    this.owner = owner;
    this.values = values;
    this.now = now;
    this.epoch = -1;
    /** Packed decisions by flag; -1, which is none: not asked yet. @type {Int32Array | null} */
    this.memo = null;
    /** Whether every flag has been asked. */
    this.whole = false;
  }
}
