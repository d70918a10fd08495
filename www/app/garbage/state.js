/** What is being fed, and what came of it. */
import { batch, signal } from '@preact/signals';
import { Line } from '../rpc.js';
import { context, now, ruleset } from '../state.js';

/** @typedef {{ name: string, size: number | undefined, outcome: string, took: number, same: boolean, trapped: boolean }} Entry */
/** @typedef {{ documents: number, bytes: number, refused: number, loaded: number, contexts: number, asked: number, traps: number, slowest: number, slowestName: string }} Counts */
/** @typedef {'random' | 'killers' | 'nots' | 'truncated' | 'contexts'} Kind */

/** Answers that are shown. */
const SHOWN = 14;

/** @type {Counts} */
const NONE = { documents: 0, bytes: 0, refused: 0, loaded: 0, contexts: 0, asked: 0, traps: 0, slowest: 0, slowestName: '' };

/** @type {import('@preact/signals').Signal<readonly Entry[]>} */
export const entries = signal([]);
export const counts = signal(NONE);
/** How many times the good ruleset answered otherwise. */
export const otherwise = signal(0);
/** Flags of the good ruleset; none: it is not loaded yet. @type {import('@preact/signals').Signal<number | null>} */
export const flags = signal(null);
/** Whether it is the example, because what the page has now cannot be asked. */
export const substituted = signal(false);
/** What is running. @type {import('@preact/signals').Signal<Kind | 'feed' | null>} */
export const running = signal(null);
/** Whether random garbage goes on without end. */
export const endless = signal(false);
/** What went wrong, for people; empty: nothing. */
export const failure = signal('');
/** Times that the worker itself ended. */
export const deaths = signal(0);

const line = new Line(new URL('workers/garbage.js', document.baseURI));

let seed = 1;
/** What the worker has been given. */
let given = '';

/** Gives the worker the good ruleset, if the page has another now or the worker is new. */
async function begin() {
  const args = { text: ruleset.value, context: context.value, instant: now.value };
  const key = `${line.deaths} ${args.text} ${args.context}`;
  if (key === given) return;
  try {
    flags.value = (await line.ask('begin', args)).flags;
    substituted.value = false;
  } catch {
    // What the editors hold may be in the midst of a change: the example is good for sure.
    const { text, attributes } = await example();
    flags.value = (await line.ask('begin', { text, context: attributes, instant: args.instant })).flags;
    substituted.value = true;
  }
  given = key;
}

async function example() {
  const [text, visitors] = await Promise.all(['examples/shop.json', 'examples/contexts.json'].map(async (name) => (await fetch(new URL(name, document.baseURI))).text()));
  return { text, attributes: JSON.stringify(JSON.parse(visitors)[0].context) };
}

/** @param {{ entries: Entry[], counts: Counts, failure: string }} told */
function hear(told) {
  batch(() => {
    counts.value = told.counts;
    otherwise.value += told.entries.filter(({ same }) => !same).length;
    if (told.failure !== '') failure.value = `In the module: ${told.failure}`;
    entries.value = [...told.entries.reverse(), ...entries.value].slice(0, SHOWN);
  });
}

/** Does one thing at a time; whoever asks meanwhile stops it. @param {Kind | 'feed'} kind @param {() => Promise<void>} work */
async function doing(kind, work) {
  if (running.value !== null) return;
  batch(() => {
    running.value = kind;
    failure.value = '';
  });
  try {
    await begin();
    await work();
  } catch (error) {
    failure.value = error instanceof Error ? error.message : String(error);
  }
  deaths.value = line.deaths;
  running.value = null;
}

/** Feeds bytes of the visitor's. @param {string} name @param {string | Blob} source */
export const feed = (name, source) => doing('feed', async () => hear(await line.ask('feed', { name, source })));

let stopped = false;

/** @param {Kind} kind */
export const run = (kind) =>
  doing(kind, async () => {
    stopped = false;
    await line.ask('start', { kind, seed: seed++ });
    const until = performance.now() + 3000;
    for (;;) {
      const told = await line.ask('go');
      hear(told);
      if (told.done || stopped) return;
      if (kind === 'random' && !endless.value && performance.now() > until) return;
    }
  });

export function stop() {
  stopped = true;
  endless.value = false;
}
