/**
 * What the page is about, in one place: signals that panes read and write. What a link
 * holds of it is in `begin.js`; what follows from it is computed where it is shown.
 */
import { batch, computed, signal } from '@preact/signals';

/** Panes, in the order of their tabs: the word in the address, and on the tab. */
export const PANES = /** @type {const} */ ({
  evaluate: 'Evaluate',
  change: 'Change',
  time: 'Time',
  garbage: 'Break it',
});

/** @typedef {keyof typeof PANES} Pane */

/** @type {import('@preact/signals').Signal<Pane>} */
export const pane = signal('evaluate');

/** The ruleset, as written. */
export const ruleset = signal('');

/** The proposed version of the ruleset, as written; null: the same. @type {import('@preact/signals').Signal<string | null>} */
export const proposed = signal(null);

/** The evaluation context, as written. */
export const context = signal('{}');

/** The instant of evaluation, in milliseconds since 1970; null: the clock. @type {import('@preact/signals').Signal<number | null>} */
export const instant = signal(null);

/** A span of time to compare over, in place of the instant. @type {import('@preact/signals').Signal<{ from: number, to: number } | null>} */
export const span = signal(null);

/** The key of the flag that is looked at. @type {import('@preact/signals').Signal<string | null>} */
export const flag = signal(null);

/** Keys of killed flags. @type {import('@preact/signals').Signal<readonly string[]>} */
export const killed = signal([]);

/** Where the ruleset was fetched from, if it was. @type {import('@preact/signals').Signal<string | null>} */
export const from = signal(null);

/** An address in the link that is not this site's: fetched only if the visitor says so. @type {import('@preact/signals').Signal<string | null>} */
export const offered = signal(null);

/** Ticks once a second; only `now` reads it. */
const clock = signal(Date.now());
setInterval(() => (clock.value = Date.now()), 1000);

/** The instant of evaluation in milliseconds; with the clock it moves each second. */
export const now = computed(() => instant.value ?? clock.value);

/** What each pane is for, said when it is chosen. @type {Record<Pane, string>} */
const PURPOSES = {
  evaluate: 'What each flag decides for one context, and why. Edit the ruleset or the context, and every decision follows; nothing leaves this page.',
  change: 'What a proposed ruleset would do to whom, before it ships: every context is looked at, none is sampled.',
  time: 'What of a flag changes by the clock alone, and who has it when.',
  garbage: 'Whatever is fed to the evaluator, it answers, and goes on to answer.',
};

/** What the visitor should know, said once by the status line. @type {import('@preact/signals').Signal<string>} */
export const said = signal('');

/** Shows a pane. What was said of another one is not said here. @param {Pane} name */
export function choose(name) {
  if (name === pane.peek()) return;
  batch(() => {
    pane.value = name;
    said.value = PURPOSES[name];
  });
}
