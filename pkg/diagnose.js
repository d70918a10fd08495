/** What is wrong with a document, and where. */
import { RULESET } from './boundary.js';
import { bytesOf, decoder } from './source.js';
import { CODES, SEVERITIES } from './wasm/codes.js';

/** @typedef {import('./core.js').Core} Core */
/** @typedef {import('./core.js').Source} Source */
/** @typedef {import('./index.js').Diagnostic} Diagnostic */

const LEVELS = ['fatal', 'error', 'warning'];

/** The document was refused; `diagnostics` says why. */
export class RulesetError extends Error {
  /** @param {Diagnostic[]} diagnostics */
  constructor(diagnostics) {
    const [first] = diagnostics;
    const more = diagnostics.length > 1 ? ` (and ${diagnostics.length - 1} more)` : '';
    const where = first ? ` at line ${first.line}, column ${first.column}` : '';
    super(`the ruleset is refused: ${first ? first.code : 'the module gave no reason'}${where}${more}; \`serin check\` shows how to mend it`);
    this.name = 'RulesetError';
    this.diagnostics = diagnostics;
  }
}

/** @param {Core} core @param {Source} source @returns {Diagnostic[]} */
export function diagnose(core, source) {
  const [, , address, count] = core.read(RULESET);
  if (count === 0) return [];
  const words = core.copy(address / 4, count * 6);
  const bytes = bytesOf(source);
  const lines = [0];
  for (let newline = bytes.indexOf(10); newline !== -1; newline = bytes.indexOf(10, newline + 1)) lines.push(newline + 1);
  const list = [];
  for (let at = 0; at < words.length; at += 6) {
    const [number, subject, index, start, end, expected] = words.subarray(at, at + 6);
    let line = 0;
    for (let above = lines.length; above - line > 1; ) {
      const middle = (line + above) >> 1;
      if (lines[middle] <= start) line = middle;
      else above = middle;
    }
    // A document of one endless line is not decoded anew for each of its faults.
    const text = bytes.subarray(lines[line], start);
    const column = (text.length > 10_000 ? text.length : decoder.decode(text).length) + 1;
    line++;
    const of = subject === 1 ? { flag: core.string(2, index) } : subject === 2 ? { segment: core.string(3, index) } : {};
    list.push(Object.freeze({ code: CODES[number], severity: LEVELS[Number(SEVERITIES[number])], ...of, start, end, line, column, expected }));
  }
  return /** @type {any} */ (Object.freeze(list));
}
