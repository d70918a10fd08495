/**
 * What the release tools say of the chosen flag: the smallest changes that would flip its answer, and who gets what
 * from it. Asked only while it is looked at: the tools are a second module, larger than the first.
 */
import { effect, signal } from '@preact/signals';
import { Overtaken } from '../rpc.js';
import { context, killed } from '../state.js';
import { tools } from '../tools.js';
import { why } from './looked.js';

/** @typedef {import('serin/tools').Flips} Flips */
/** @typedef {import('serin/tools').Who} Who */

/**
 * An answer, or why there is none; `of` says what was asked, `late`: it takes its time.
 * @template T @typedef {{ of: string, answer?: T, failed?: string, late?: true }} Told
 */

/** @type {import('@preact/signals').Signal<Told<Flips> | null>} */
export const flips = signal(null);
/** @type {import('@preact/signals').Signal<Told<Who> | null>} */
export const who = signal(null);

/** Milliseconds without an edit, those after which the page says that it takes a while, and those after which it ends. */
const PAUSE = 150;
const LATE = 600;
const PATIENCE = 20_000;

/**
 * Asks the tools.
 * @param {'flip' | 'who'} name @param {import('@preact/signals').Signal<any>} signal @param {any} args
 */
async function ask(name, signal, args) {
  const of = JSON.stringify(args);
  if (signal.peek()?.of === of && !signal.peek().failed) return;
  const late = setTimeout(() => (signal.value = { ...signal.peek(), late: true }), LATE);
  const end = setTimeout(() => tools.restart('It took longer than 20 seconds, and was ended.'), PATIENCE);
  try {
    const answer = await tools.ask(name, args, { topic: `evaluate ${name}` });
    signal.value = { of, answer };
  } catch (error) {
    if (!(error instanceof Overtaken)) signal.value = { of, failed: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(late);
    clearTimeout(end);
  }
}

/** Keeps an answer fresh until the function that it returns is called. @param {'flip' | 'who'} name */
export function watch(name) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const stop = effect(() => {
    const told = why.value;
    const list = [...killed.value];
    const text = name === 'flip' ? context.value : '';
    clearTimeout(timer);
    const part = told?.part;
    if (!told || part === undefined) return;
    timer = setTimeout(() => {
      const common = { ruleset: part, flag: told.flag, killed: list };
      if (name === 'who') return void ask('who', who, { ...common, at: told.now });
      try {
        void ask('flip', flips, { ...common, context: JSON.parse(text), now: told.now });
      } catch {
        // The context card says what is wrong with it.
      }
    }, PAUSE);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
