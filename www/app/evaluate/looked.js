/**
 * What the worker says of the ruleset and the context that the page has now. Where it says nothing new, because
 * the document is refused or the context is no JSON, the last good answers stay.
 */
import { batch, effect, signal } from '@preact/signals';
import { Line, Overtaken } from '../rpc.js';
import { context, flag, instant, killed, now, ruleset, said } from '../state.js';
import { NONE } from './names.js';

/** @typedef {import('../../workers/evaluate.js').Looked} Looked */
/** @typedef {import('../../workers/evaluate.js').Decision} Decision */
/** @typedef {import('../../workers/evaluate.js').Verdict} Verdict */

/** Milliseconds that a question may take: the largest document that loads takes three or four seconds on a slow machine. */
const PATIENCE = 15_000;

/** On the ruleset as it stands in the editor. @type {import('@preact/signals').Signal<Verdict | null>} */
export const verdict = signal(null);
/** Of the last ruleset that loaded. @type {import('@preact/signals').Signal<readonly import('../../workers/evaluate.js').Listed[]>} */
export const flags = signal([]);
/** @type {import('@preact/signals').Signal<import('./names.js').Names>} */
export const names = signal(NONE);
/** What is wrong with the context, if it is no JSON object. */
export const fault = signal('');
/** In the order of `flags`. @type {import('@preact/signals').Signal<readonly Decision[]>} */
export const decisions = signal([]);
/** Rises with each set of decisions. */
export const turn = signal(0);
/** @type {import('@preact/signals').Signal<import('./why.js').Why | null>} */
export const why = signal(null);
/** Why there is no answer, where the worker gave none. */
export const trouble = signal('');
/** The chosen flag, or where none is, the first. @type {import('@preact/signals').Signal<string | null>} */
export const chosen = signal(null);

const line = new Line(new URL('workers/evaluate.js', document.baseURI));

/** The text that the worker has kept or refused; undefined: none. @type {string | undefined} */
let known;
/** When time alone changes an answer. */
let next = Infinity;
let pending = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let delay;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let watch;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let wake;

/** Restarts the worker unless it answers in time. */
function mind() {
  clearTimeout(watch);
  if (pending === 0) return;
  watch = setTimeout(() => {
    said.value = 'The evaluation took too long and was ended. It starts anew with your next change.';
    line.restart(`no answer within ${PATIENCE / 1000} seconds`);
  }, PATIENCE);
}

async function look() {
  const text = ruleset.peek();
  const asked = { context: context.peek(), now: now.peek(), killed: [...killed.peek()], flag: flag.peek(), ...(text === known ? {} : { ruleset: text }) };
  if (pending++ === 0) mind();
  try {
    /** @type {Looked} */
    const looked = await line.ask('look', asked, { topic: 'look' });
    if (asked.ruleset !== undefined) known = asked.ruleset;
    batch(() => hear(looked, asked.flag));
  } catch (error) {
    if (error instanceof Overtaken) return;
    known = undefined;
    trouble.value = error instanceof Error ? error.message : String(error);
  } finally {
    pending--;
    mind();
  }
}

/** @param {Looked} looked @param {string | null} asked */
function hear(looked, asked) {
  trouble.value = '';
  if (looked.verdict) verdict.value = looked.verdict;
  if (looked.flags && looked.names) {
    flags.value = looked.flags;
    names.value = looked.names;
  }
  fault.value = looked.fault ?? '';
  if (!looked.decisions) return;
  decisions.value = looked.decisions;
  turn.value++;
  why.value = looked.why ?? null;
  chosen.value = asked;
  next = looked.next ?? Infinity;
  wait();
  // A flag that is not there (any more) is not looked at.
  if (!looked.why && flags.value.length > 0 && flag.peek() === asked) flag.value = flags.value[0].key;
}

/** With the clock, asks again when an answer changes by itself. A timer beyond an hour is not exact, and none may be longer than 24 days. */
function wait() {
  clearTimeout(wake);
  if (instant.peek() !== null || next === Infinity) return;
  const left = next - Date.now();
  wake = setTimeout(left > 3_600_000 ? wait : () => void look(), Math.min(Math.max(left, 20), 3_600_000));
}

/** @param {number} milliseconds */
function soon(milliseconds) {
  clearTimeout(delay);
  delay = setTimeout(() => void look(), milliseconds);
}

/** Keeps the answers fresh until the function that it returns is called. */
export function follow() {
  const stops = [
    effect(() => soon(ruleset.value.length > 500_000 ? 400 : 120)),
    effect(() => soon(context.value === '' ? 120 : 60)),
    effect(() => {
      void [flag.value, killed.value, instant.value];
      soon(0);
    }),
  ];
  return () => {
    stops.forEach((stop) => stop());
    for (const timer of [delay, wake]) clearTimeout(timer);
  };
}

/** @param {string} key */
export function toggleKill(key) {
  const list = killed.peek();
  killed.value = list.includes(key) ? list.filter((other) => other !== key) : [...list, key];
}
