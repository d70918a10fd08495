/**
 * What the release tools say of the chosen flag: the smallest changes that would flip its answer, and who gets what
 * from it. Asked only while it is looked at: the tools are a second module, larger than the first.
 */
import { effect } from '@preact/signals';
import { context, killed } from '../state.js';
import { telling } from '../told.js';
import { tools } from '../tools.js';
import { why } from './looked.js';

/** @typedef {import('serin/tools').Flips} Flips */
/** @typedef {import('serin/tools').Who} Who */

/** Milliseconds without an edit. */
const PAUSE = 150;

const flip = telling((args, patience) => /** @type {Promise<Flips>} */ (tools.ask('flip', args, { topic: 'evaluate flip', patience })));
const everyone = telling((args, patience) => /** @type {Promise<Who>} */ (tools.ask('who', args, { topic: 'evaluate who', patience })));

export const flips = flip.told;
export const who = everyone.told;

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
      if (name === 'who') return void everyone.ask({ ...common, at: told.now });
      try {
        void flip.ask({ ...common, context: JSON.parse(text), now: told.now });
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
