/**
 * Remarks on the ruleset: at once those of loading it, and after a pause those of `check`, which finds more. The
 * tools are asked only where it is not the example as it comes: they are a second module, larger than the first.
 */
import { computed, effect, signal } from '@preact/signals';
import { isExample } from '../begin.js';
import { instant, now, ruleset } from '../state.js';
import { tools } from '../tools.js';
import { verdict } from './looked.js';

/** @typedef {import('../../workers/evaluate.js').Remark} Remark */

/** Characters up to which a ruleset is checked while it is written, and milliseconds without an edit. */
const LONGEST = 2_000_000;
const PAUSE = 700;

/** What `check` said of a text. @type {import('@preact/signals').Signal<{ text: string, remarks: Remark[] } | null>} */
const checked = signal(null);

/** What is known of the ruleset as it stands. */
export const found = computed(() => {
  const told = verdict.value;
  if (!told || told.refused || checked.value?.text !== ruleset.value) return told;
  const { remarks } = checked.value;
  return { ...told, remarks, total: remarks.length };
});

/** @param {string} text */
async function check(text) {
  try {
    /** @type {{ remarks: import('serin/tools').Remark[] }} */
    const { remarks } = await tools.ask('check', { ruleset: text, now: now.peek() }, { topic: 'evaluate check' });
    checked.value = { text, remarks: remarks.slice(0, 500).map(({ start, end, ...rest }) => ({ ...rest, from: start, to: end })) };
  } catch {
    // Overtaken, or the tools gave up: what loading said still stands.
  }
}

/** Keeps remarks fresh until the function that it returns is called. */
export function checking() {
  let own = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const stop = effect(() => {
    const text = ruleset.value;
    void instant.value;
    clearTimeout(timer);
    own ||= !isExample(text);
    if (own && text.length <= LONGEST) timer = setTimeout(() => void check(text), PAUSE);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
