/**
 * What of a flag depends on the instant, as it is written: ramps and time windows, its own and those of the
 * segments and flags that it asks. Takes any JSON for a ruleset. Knows no page.
 */
import { instantOf, pathText } from '../evaluate/slices.js';
import { member, members } from '../outline.js';

/** @typedef {{ at: number, percent: number }} Step */
/** @typedef {{ flag?: string, segment?: string, where: string, rule?: number }} Place a flag's or a segment's, and where in it; rule: from 0 */
/** @typedef {Place & { ramp: { variant: string, rest: string, by: string, withoutKey?: string, steps: Step[] } }} Ramp */
/** @typedef {Place & { time: { from?: number, until?: number }, negated: boolean }} Window */
/** @typedef {Ramp | Window} Part */

/** As deep as conditions may lie in each other, and segments and flags in a chain. */
const DEPTH = 400;

/** @param {unknown} value @returns {number | undefined} */
function instant(value) {
  const at = instantOf(value);
  return Number.isFinite(at) ? at : undefined;
}

/** @param {unknown} ramp @param {Place} place @returns {Ramp[]} */
function ramp(ramp, place) {
  const steps = member(ramp, 'steps');
  if (!Array.isArray(steps)) return [];
  const read = steps.flatMap((step) => {
    const [at, percent] = [instant(member(step, 'at')), member(step, 'percent')];
    return at === undefined || typeof percent !== 'number' ? [] : [{ at, percent }];
  });
  const [variant, rest, by, withoutKey] = ['variant', 'rest', 'by', 'withoutKey'].map((name) => member(ramp, name));
  if (typeof variant !== 'string' || typeof rest !== 'string') return [];
  return [{ ...place, ramp: { variant, rest, by: by === undefined ? 'targetingKey' : pathText(by), ...(typeof withoutKey === 'string' ? { withoutKey } : {}), steps: read } }];
}

/**
 * Parts of a flag that depend on the instant, its own first; each segment and flag that it asks once.
 * @param {unknown} ruleset @param {string} key @returns {Part[]}
 */
export function parts(ruleset, key) {
  const [flags, segments] = [member(ruleset, 'flags'), member(ruleset, 'segments')];
  /** @type {Part[]} */
  const out = [];
  const seen = new Set();
  /** What is asked, after what asks it. @type {(() => void)[]} */
  const later = [];

  /** @param {unknown} condition_ @param {Place} place @param {boolean} negated @param {number} depth */
  const condition = (condition_, place, negated, depth) => {
    if (depth > DEPTH) return;
    for (const list of [member(condition_, 'all'), member(condition_, 'any')]) {
      if (Array.isArray(list)) for (const one of list) condition(one, place, negated, depth + 1);
    }
    const not = member(condition_, 'not');
    if (not !== undefined) condition(not, place, !negated, depth + 1);
    const time = member(condition_, 'time');
    if (time !== undefined) {
      const [from, until] = [instant(member(time, 'from')), instant(member(time, 'until'))];
      if (from !== undefined || until !== undefined) out.push({ ...place, negated, time: { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) } });
    }
    const [segment, flag] = [member(condition_, 'segment'), member(condition_, 'flag')];
    if (typeof segment === 'string' && !seen.has(`s${segment}`)) {
      seen.add(`s${segment}`);
      later.push(() => condition(member(segments, segment), { segment, where: '' }, false, 0));
    }
    if (typeof flag === 'string') ask(flag);
  };

  /** @param {unknown} serve @param {Place} place */
  const serve = (serve, place) => out.push(...ramp(member(serve, 'ramp'), place));

  /** @param {string} flag */
  const ask = (flag) => {
    if (seen.has(`f${flag}`)) return;
    seen.add(`f${flag}`);
    later.push(() => {
      const found = member(flags, flag);
      condition(member(found, 'require'), { flag, where: 'require' }, false, 0);
      const rules = member(found, 'rules');
      if (Array.isArray(rules)) {
        rules.forEach((rule, at) => {
          const name = member(rule, 'name');
          const place = { flag, where: typeof name === 'string' ? name : `rule ${at + 1}`, rule: at };
          condition(member(rule, 'if'), place, false, 0);
          serve(member(rule, 'serve'), place);
        });
      }
      serve(member(found, 'serve'), { flag, where: rules === undefined ? '' : 'default' });
    });
  };

  ask(key);
  for (let next = later.shift(); next; next = later.shift()) next();
  return out;
}

/** Flags of a ruleset, those that depend on the instant first. @param {unknown} ruleset @returns {{ timed: string[], others: string[] }} */
export function sorted(ruleset) {
  const flags = member(ruleset, 'flags');
  const segments = member(ruleset, 'segments');
  /** Whom a node asks, and whether it has an instant in it by itself. @type {Map<string, { asks: Set<string>, own: boolean }>} */
  const nodes = new Map();
  for (const [kind, list] of /** @type {const} */ ([['f', flags], ['s', segments]])) {
    for (const [key, value] of members(list)) nodes.set(kind + key, read(value));
  }
  const timed = new Set([...nodes].filter(([, { own }]) => own).map(([name]) => name));
  /** @type {Map<string, string[]>} */
  const askers = new Map();
  for (const [name, { asks }] of nodes) {
    for (const asked of asks) {
      const list = askers.get(asked);
      if (list) list.push(name);
      else askers.set(asked, [name]);
    }
  }
  const open = [...timed];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const asker of askers.get(next) ?? []) if (!timed.has(asker)) timed.add(asker), open.push(asker);
  }
  const keys = members(flags).map(([key]) => key);
  return { timed: keys.filter((key) => timed.has(`f${key}`)), others: keys.filter((key) => !timed.has(`f${key}`)) };
}

/** @param {unknown} value of a flag or a segment @returns {{ asks: Set<string>, own: boolean }} */
function read(value) {
  const asks = new Set();
  let own = false;
  const open = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next)) {
      // What is broken may have as many elements as a text has room for: more than a call takes arguments.
      for (const inner of next) open.push(inner);
      continue;
    }
    for (const [name, inner] of members(next)) {
      // What a variant holds, or a note, is nothing that decides.
      if (name === 'variants' || name === 'metadata' || name === 'value' || name.startsWith('x-')) continue;
      if (name === 'time' || name === 'ramp') own = true;
      if (name === 'segment' && typeof inner === 'string') asks.add(`s${inner}`);
      if (name === 'flag' && typeof inner === 'string') asks.add(`f${inner}`);
      open.push(inner);
    }
  }
  return { asks, own };
}

/** Instants at which a part changes something. @param {Part} part */
export function instants(part) {
  if ('ramp' in part) return part.ramp.steps.map(({ at }) => at);
  return [part.time.from, part.time.until].filter((at) => at !== undefined);
}

/** The percent of a ramp at an instant: a step holds from its own on, before the first nobody is in. @param {Step[]} steps @param {number} at */
export const percentAt = (steps, at) => steps.findLast((step) => step.at <= at)?.percent ?? 0;
