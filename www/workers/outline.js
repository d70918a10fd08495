/** Reads rulesets for what the panes Change and Time draw, and decides over all time, off the page's thread. */
import { load } from 'serin';
import { parsed, variants } from '../app/outline.js';
import { answer } from '../app/rpc.js';
import { answered, changes, intervals, points } from '../app/time/decide.js';
import { parts, sorted } from '../app/time/document.js';

/** The last ruleset: whoever drags an instant asks for the same one again. @type {{ text: string, document: unknown, ruleset: import('serin').Ruleset, instants: number[] } | undefined} */
let last;

/** Explanations go through the whole text each time: beyond so much of it, and so many, there are none. */
const EXPLAINED = { text: 1_000_000, intervals: 16 };

/** @param {string} text */
async function opened(text) {
  if (last?.text !== text) {
    const ruleset = await load(text);
    last = { text, document: parsed(text), ruleset, instants: changes(ruleset) };
  }
  return last;
}

answer({
  /** @param {{ before: string, after: string, flags: string[] }} args */
  variants({ before, after, flags }) {
    return { before: variants(parsed(before), flags), after: variants(parsed(after), flags) };
  },

  /** Flags, those that depend on time first. @param {{ ruleset: string }} args */
  async flags({ ruleset }) {
    return sorted((await opened(ruleset)).document);
  },

  /**
   * What of a flag depends on time, and what each context gets when.
   * @param {{ ruleset: string, flag: string, contexts: unknown[], killed: string[] }} args
   */
  async time({ ruleset: text, flag, contexts, killed }) {
    const { document, ruleset, instants } = await opened(text);
    ruleset.kill(killed);
    const rows = contexts.map((context) => intervals(instants, (now) => answered(ruleset.details(flag, ruleset.context(/** @type {object} */ (context), { now }), null))));
    const written = parts(document, flag);
    const explained = (/** @type {unknown} */ context, /** @type {import('../app/time/decide.js').Interval[]} */ row) =>
      text.length > EXPLAINED.text ? [] : row.slice(-EXPLAINED.intervals).map(({ from, to }) => {
        const now = Number.isFinite(from) ? from : Number.isFinite(to) ? to - 1 : 0;
        return ruleset.explain(flag, ruleset.context(/** @type {object} */ (context), { now })).steps;
      });
    return {
      points: contexts.map((context, at) => points(written, explained(context, rows[at]))),
      parts: written,
      variants: variants(document, [flag]).get(flag), rows, instants: instants.length,
    };
  },
});
