/** What the pane Time shows: the flag, its parts, who has what when. Asked anew when what it depends on changes. */
import { batch, computed, effect, signal, untracked } from '@preact/signals';
import { examples } from '../begin.js';
import { Line, Overtaken } from '../rpc.js';
import { context, flag, killed, now, ruleset } from '../state.js';
import { instants } from './document.js';
import { DAY, around, within } from './scale.js';

/** @typedef {import('./decide.js').Interval} Interval */
/** @typedef {import('./document.js').Part} Part */
/** @typedef {import('../shares.js').Variants} Variants */
/** @typedef {{ name: string, own: boolean, context: unknown }} Visitor somebody whose decisions are shown */
/** @typedef {{ flag: string, parts: Part[], variants?: Variants, visitors: Visitor[], rows: Interval[][], points: (number | undefined)[][], instants: number }} Found */

const outline = new Line(new URL('workers/outline.js', document.baseURI));

/** Milliseconds after the last key. */
const PAUSE = 200;

/** Keys of all flags, those that depend on time first. @type {import('@preact/signals').Signal<{ timed: string[], others: string[] }>} */
export const flags = signal({ timed: [], others: [] });

/** The flag that is shown: the one chosen anywhere, else the first that depends on time. */
export const shown = computed(() => {
  const { timed, others } = flags.value;
  const chosen = flag.value;
  return chosen !== null && (timed.includes(chosen) || others.includes(chosen)) ? chosen : (timed[0] ?? others[0] ?? null);
});

/** @type {import('@preact/signals').Signal<Found | null>} */
export const found = signal(null);

/** Why it is not about what is written now. */
export const trouble = signal('');

/** The visitor's own context, and the examples; one that is an example is not shown twice. */
export const visitors = computed(() => {
  /** @type {Visitor[]} */
  const list = examples.map(({ name, context: one }) => ({ name, own: false, context: one }));
  let own;
  try {
    own = JSON.parse(context.value);
  } catch {
    return list;
  }
  if (typeof own !== 'object' || own === null) return list;
  const text = JSON.stringify(own);
  const at = list.findIndex(({ context: one }) => JSON.stringify(one) === text);
  if (at >= 0) return list.map((one, index) => (index === at ? { ...one, own: true } : one));
  return [{ name: 'your context', own: true, context: own }, ...list];
});

/** What of time is drawn, as chosen. @type {import('@preact/signals').Signal<'all' | 'ramps' | 'day' | 'week' | 'month' | 'year'>} */
export const zoom = signal('all');

/** The instant around which a choice of range was made. */
export const middle = signal(0);

const SPANS = { day: DAY, week: 7 * DAY, month: 30 * DAY, year: 365 * DAY };

/** Instants at which something of the flag changes, as written. */
export const moments = computed(() => [...new Set(found.value?.parts.flatMap(instants) ?? [])].sort((one, other) => one - other));

/** The instant since which all that holds now has held; null: before all changes, or there are none. */
export const epoch = computed(() => moments.value.findLast((at) => at <= now.value) ?? (moments.value.length > 0 ? moments.value[0] - 1 : null));

/** What of time is drawn. */
export const range = computed(() => {
  const chosen = zoom.value;
  if (chosen !== 'all' && chosen !== 'ramps') return within({ from: middle.value - SPANS[chosen] / 2, to: middle.value + SPANS[chosen] / 2 });
  const ramps = chosen === 'ramps' ? (found.value?.parts.filter((part) => 'ramp' in part).flatMap(instants) ?? []) : [];
  const list = ramps.length > 0 ? ramps : moments.value;
  // The instant is on the axis too, where it is not far from it; while it is dragged, nothing else moves.
  const at = now.peek();
  if (list.length > 0) {
    const own = around(list);
    const length = own.to - own.from;
    return at > own.from - length && at < own.to + length ? around([...list, at]) : own;
  }
  return within({ from: at - 7 * DAY, to: at + 7 * DAY });
});

let newest = 0;

async function ask() {
  const mine = ++newest;
  const text = ruleset.peek();
  try {
    const all = await outline.ask('flags', { ruleset: text }, { topic: 'flags' });
    if (mine !== newest) return;
    flags.value = all;
    const key = shown.peek();
    if (key === null) {
      batch(() => {
        found.value = null;
        trouble.value = '';
      });
      return;
    }
    const people = visitors.peek();
    const answer = await outline.ask('time', { ruleset: text, flag: key, contexts: people.map(({ context: one }) => one), killed: [...killed.peek()] }, { topic: 'time' });
    if (mine !== newest) return;
    batch(() => {
      if (found.peek()?.flag !== key) zoom.value = 'all';
      found.value = { flag: key, visitors: people, ...answer };
      trouble.value = '';
    });
  } catch (error) {
    if (error instanceof Overtaken || mine !== newest) return;
    trouble.value = error instanceof Error ? error.message : String(error);
  }
}

/** Keeps it about what is written, until the pane closes. @returns {() => void} */
export function follow() {
  let first = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const end = effect(() => {
    void [ruleset.value, flag.value, context.value, killed.value];
    untracked(() => {
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), first ? 0 : PAUSE);
      first = false;
    });
  });
  return () => {
    clearTimeout(timer);
    newest++;
    end();
  };
}
