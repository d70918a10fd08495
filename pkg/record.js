/** What the host keeps of a flag: enough to know what to read for it and to name its answer. */
import { NODE, NONE } from './boundary.js';
import { freeze } from './snapshot.js';

/** @typedef {import('./core.js').Core} Core */

/** What is known of a flag: read from the module when it is first asked for. */
export class FlagRecord {
  /** JSON texts, until they are asked for. @type {string[]} */
  #texts = [];

  /** @param {Core} core @param {number} index */
  constructor(core, index) {
    const [from, to, need, end, kind, fixed, metadata, variants, rules, start] = core.read(NODE, index);
    /** @param {number} number */
    const text = (number) => (number === NONE ? undefined : core.string(1, number));
    const names = Array.from(core.list(4, start, start + variants * 2 + rules), text);
    this.index = index;
    this.kind = kind;
    this.fixed = fixed === NONE ? -1 : fixed;
    this.metadata = metadata === NONE ? undefined : freeze(JSON.parse(/** @type {string} */ (text(metadata))));
    /** Names of rules, each before a place that holds none. */
    this.rules = names.splice(variants * 2);
    /** @type {string[]} */
    this.variants = [];
    /** @type {unknown[]} */
    this.values = [];
    names.forEach((name, at) => (at % 2 === 0 ? this.variants : this.#texts).push(/** @type {string} */ (name)));
    const paths = new Set(core.list(5, from, to));
    const nodes = core.list(6, need, end);
    /** Indexes of flags and, behind the last of them, segments. */
    this.nodes = nodes;
    for (const node of nodes) {
      const [from, to] = core.read(NODE, node);
      core.list(5, from, to).forEach((path) => paths.add(path));
    }
    this.paths = Array.from(paths, (path) => core.paths[path]);
  }

  /** @param {number} variant */
  value(variant) {
    return (this.values[variant] ??= freeze(JSON.parse(this.#texts[variant])));
  }
}
