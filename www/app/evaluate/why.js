/** Why a flag is as it is: its whole path as written, with what the evaluation found on it. */
import { grow, mark, shown } from './condition.js';
import { answersOf, lineName, nameOf } from './probe.js';
import { pathNames, splitOf } from './slices.js';

/** @typedef {import('./condition.js').Node} Node */
/** @typedef {import('./condition.js').Answer} Answer */
/** @typedef {import('./slices.js').Split} Split */
/** @typedef {{ variant?: string, value?: import('./condition.js').Shown, split?: Split & { point: number | undefined, chosen: string | undefined, key: import('./condition.js').Shown | undefined } }} Serve */
/** @typedef {{ index: number, name: string, condition: Node | undefined, reached: boolean, matched: boolean, serve: Serve }} Rule */
/**
 * @typedef {object} FlagWhy
 * @property {string} key
 * @property {string} [description]
 * @property {string} [owner]
 * @property {string} [expires]
 * @property {boolean} broken
 * @property {boolean} killed
 * @property {boolean} enabled
 * @property {Outcome} decision
 * @property {{ condition: Node, reached: boolean }} [require]
 * @property {Rule[]} rules
 * @property {Serve} [off]
 * @property {string[]} variants their names
 * @property {{ serve: Serve | undefined, reached: boolean }} otherwise
 */
/** @typedef {{ value?: import('./condition.js').Shown, variant?: string, reason: string, rule?: string, ruleIndex?: number, code?: string }} Outcome */
/**
 * The flag and what it depends on; the same as a ruleset, without a part if the flag is broken.
 * @typedef {{ flag: string, now: number, flags: Map<string, FlagWhy>, segments: Map<string, Node>, part?: string }} Why
 */

/** @param {import('serin').Details<unknown>} details @returns {Outcome} */
export const outcomeOf = ({ value, variant, reason, rule, ruleIndex, errorCode }) => ({
  value: variant === undefined ? undefined : shown(value, 2000), variant, reason, rule, ruleIndex, code: errorCode,
});

/**
 * @param {object} about
 * @param {any} about.document as parsed @param {string} about.key of the flag, not broken
 * @param {readonly import('serin').Step[]} about.steps of the evaluation
 * @param {import('./probe.js').Probe} about.probe @param {(key: string) => readonly import('serin').Step[]} about.explain asks the probe
 * @param {(key: string) => import('serin').Details<unknown>} about.details of a flag
 * @param {unknown} about.context as parsed @param {readonly string[]} about.killed @param {number} about.now
 * @returns {Why}
 */
export function whyOf({ document, key, steps, probe, explain, details, context, killed, now }) {
  const { answers, points } = answersOf(probe, explain);
  // What the evaluation itself found comes first.
  for (const { flag, condition, answer, found } of steps) {
    if (condition === undefined || answer === undefined) continue;
    answers.set(nameOf(condition, flag === undefined ? undefined : document.flags[flag].salt), { answer, ...(found ? { found } : {}) });
  }
  const read = (/** @type {string[]} */ names) => readPath(context, names);
  /** @param {string | undefined} salt */
  const ground = (salt) => ({
    salt, read,
    answer: (/** @type {any} */ condition) => answers.get(nameOf(condition, salt)),
    serves: (/** @type {string} */ flag) => details(flag).variant,
    point: (/** @type {unknown} */ by, /** @type {string} */ line) => points.get(lineName(by, line)),
  });
  /** @type {Map<string, Node>} */
  const segments = new Map();
  for (const name of probe.reach.segments) {
    const node = grow(document.segments[name], ground(undefined));
    mark(node, { segment: true });
    segments.set(name, node);
  }
  const flags = new Map(probe.reach.flags.map((name) => [name, flagWhy(name)]));
  return { flag: key, now, flags, segments, part: probe.part };

  /** @param {string} name @returns {FlagWhy} */
  function flagWhy(name) {
    const told = details(name);
    const flag = document.flags[name];
    const broken = told.errorCode === 'PARSE_ERROR';
    const variants = broken ? [] : Object.keys(flag.variants);
    const off = flag.off === undefined || broken ? undefined : { variant: flag.off, value: shown(flag.variants[flag.off]) };
    const common = {
      key: name, ...texts(flag), broken, killed: killed.includes(name), enabled: flag.enabled !== false, decision: outcomeOf(told), off, variants,
    };
    if (broken) return { ...common, rules: [], otherwise: { serve: undefined, reached: false } };
    const closed = told.reason === 'DISABLED';
    const refused = told.rule === 'require' && told.ruleIndex === undefined;
    const last = told.ruleIndex ?? (closed || refused ? -1 : Infinity);
    const tree = (/** @type {any} */ condition, /** @type {boolean} */ reached) => {
      const node = grow(condition, ground(flag.salt));
      if (reached) mark(node);
      return node;
    };
    return {
      ...common,
      ...(flag.require ? { require: { condition: tree(flag.require, !closed), reached: !closed } } : {}),
      rules: (flag.rules ?? []).map((/** @type {any} */ rule, /** @type {number} */ index) => ({
        index, name: rule.name ?? '', condition: rule.if && tree(rule.if, index <= last), reached: index <= last, matched: index === told.ruleIndex,
        serve: serveOf(rule.serve, flag),
      })),
      otherwise: { serve: flag.serve === undefined ? undefined : serveOf(flag.serve, flag), reached: last === Infinity },
    };
  }

  /** @param {any} serve @param {any} flag @returns {Serve} */
  function serveOf(serve, flag) {
    if (typeof serve === 'string') return { variant: serve, value: shown(flag.variants[serve]) };
    const split = splitOf(serve, flag.salt, now);
    const { by = 'targetingKey' } = serve.rollout ?? serve.ramp;
    const point = points.get(lineName(by, split.salt));
    const holders = [...new Set(split.slices.filter(({ from, to }) => from < to).map(({ variant }) => variant))];
    const whole = holders.length === 1 ? holders[0] : undefined;
    const chosen = point === undefined ? (split.withoutKey ?? whole) : split.slices.find(({ from, to }) => from <= point && point < to)?.variant;
    return { split: { ...split, point, chosen, key: shown(read(pathNames(by))) } };
  }
}

/** What is written for people. @param {any} flag */
export function texts(flag) {
  return Object.fromEntries(['description', 'owner', 'expires'].flatMap((name) => (typeof flag?.[name] === 'string' ? [[name, flag[name]]] : [])));
}

/** A member of a context, its own and through objects alone. @param {unknown} value @param {readonly string[]} names */
function readPath(value, names) {
  for (const name of names) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) return undefined;
    value = /** @type {Record<string, unknown>} */ (value)[name];
  }
  return value;
}
