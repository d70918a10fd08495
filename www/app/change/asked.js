/** Asks for the impact of the proposed version while it is written: debounced, the newest wins. */
import { batch, computed, effect, signal, untracked } from '@preact/signals';
import { Line, Overtaken } from '../rpc.js';
import { instant, killed, proposed, ruleset, said, span } from '../state.js';
import { tools } from '../tools.js';

/** @typedef {import('./impact.js').Impact} Impact */
/** @typedef {import('../shares.js').Variants} Variants */
/** @typedef {import('serin/tools').Remark} Remark */
/** @typedef {{ impacts: readonly Impact[], before: Map<string, Variants>, after: Map<string, Variants>, took: number }} Report */

/** Milliseconds after the last key. */
const PAUSE = 250;

/** Milliseconds that a comparison may take: beyond, whoever waits wants to know. */
const PATIENCE = 30_000;

/** The proposed version, which begins as the present one. */
export const written = computed(() => proposed.value ?? ruleset.value);

/** The last report that there was. @type {import('@preact/signals').Signal<Report | null>} */
export const report = signal(null);

/** Why the report is not about what is written now. @type {import('@preact/signals').Signal<string>} */
export const trouble = signal('');

/** Whether a comparison runs, and for how long. @type {import('@preact/signals').Signal<{ since: number } | null>} */
export const working = signal(null);

/** What `check` says of each version, asked where one is broken or refused. @type {import('@preact/signals').Signal<{ before: Remark[], after: Remark[] }>} */
export const remarks = signal({ before: [], after: [] });

/** The Markdown report, if it is shown. @type {import('@preact/signals').Signal<string | null>} */
export const markdown = signal(null);

/** Whether it is shown. */
export const asText = signal(false);

const outline = new Line(new URL('workers/outline.js', document.baseURI));

let newest = 0;

/** @param {string} text */
const check = async (text) => /** @type {Remark[]} */ ((await tools.ask('check', { ruleset: text, now: instant.peek() ?? Date.now() }, { patience: PATIENCE })).remarks);

async function compare() {
  const [old, next, mine, since] = [ruleset.peek(), written.peek(), ++newest, performance.now()];
  const period = span.peek();
  const options = { killed: [...killed.peek()], names: { old: 'present', new: 'proposed' }, ...(period ? { over: period } : { at: instant.peek() ?? Date.now() }) };
  const args = { old, next, options };
  working.value = { since };
  const isNewest = () => mine === newest;
  try {
    const { impacts } = await tools.ask('impact', args, { topic: 'impact', patience: PATIENCE });
    /** @type {readonly Impact[]} */
    const found = impacts;
    const flags = [...new Set(found.flatMap((impact) => impact.flags.map(({ flag }) => flag)))];
    const broken = found.some((impact) => impact.flags.some(({ newBroken, oldBroken }) => newBroken || oldBroken));
    const [kinds, text, before, after] = await Promise.all([
      outline.ask('variants', { before: old, after: next, flags }, { topic: 'variants' }),
      asText.peek() ? tools.ask('markdown', args, { topic: 'markdown', patience: PATIENCE }) : null,
      broken ? check(old) : [],
      broken ? check(next) : [],
    ]);
    if (!isNewest()) return;
    batch(() => {
      report.value = { impacts: found, ...kinds, took: performance.now() - since };
      markdown.value = text;
      remarks.value = { before, after };
      trouble.value = '';
    });
  } catch (error) {
    if (error instanceof Overtaken || !isNewest()) return;
    const said = error instanceof Error ? error.message : String(error);
    // A version that is refused: where, beside its editor. What else fails then has been said.
    const [before, after] = await Promise.all([check(old).catch(() => []), check(next).catch(() => [])]);
    if (!isNewest()) return;
    batch(() => {
      trouble.value = said;
      remarks.value = { before, after };
    });
  } finally {
    if (isNewest()) working.value = null;
  }
}

/** Lays both versions out: only white space changes. */
export async function layOut() {
  const [old, next] = [ruleset.peek(), proposed.peek()];
  try {
    const [one, other] = await Promise.all([tools.ask('format', { ruleset: old }), next === null ? null : tools.ask('format', { ruleset: next })]);
    // What was written meanwhile is newer.
    if (ruleset.peek() !== old || proposed.peek() !== next) return;
    batch(() => {
      ruleset.value = one;
      proposed.value = other;
    });
  } catch (error) {
    said.value = error instanceof Error ? error.message : String(error);
  }
}

/** Keeps the report about what is written, until the pane closes. @returns {() => void} */
export function follow() {
  let first = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const end = effect(() => {
    // What a report depends on; the clock alone makes none.
    void [ruleset.value, written.value, instant.value, span.value, killed.value, asText.value];
    untracked(() => {
      clearTimeout(timer);
      timer = setTimeout(() => void compare(), first ? 0 : PAUSE);
      first = false;
    });
  });
  return () => {
    clearTimeout(timer);
    newest++;
    // Nobody waits for it any more, and the next pane would.
    if (working.peek()) tools.restart('The pane was closed.');
    working.value = null;
    end();
  };
}
