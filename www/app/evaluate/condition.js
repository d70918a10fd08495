/**
 * Conditions as trees with a truth value at every place. The leaves' answers come from the module; what follows
 * from them is the tables of the page about the format.
 */
import { cut } from '../shares.js';
import { instantOf, pathNames, pathText } from './slices.js';

/** @typedef {'true' | 'false' | 'unknown'} Truth */
/** @typedef {'absent' | 'unreadable' | 'unfit' | 'fit'} Found */
/** @typedef {{ answer: Truth, found?: Found }} Answer */
/** @typedef {{ text: string, more: number }} Shown JSON, and how many elements or characters are left out */
/**
 * @typedef {object} Node
 * @property {'all' | 'any' | 'not' | 'segment' | 'flag' | 'bucket' | 'time' | 'test'} kind
 * @property {Truth | undefined} truth what it says by itself; undefined: nobody asked
 * @property {boolean} asked whether the evaluation asked it, or something in it
 * @property {Node[]} [parts] of all, any and not
 * @property {Found} [found] why a leaf is unknown
 * @property {string} [name] of a segment, or key of a flag
 * @property {string[]} [is] variants of a flag
 * @property {string | undefined} [serves] the variant that the flag serves
 * @property {string} [path] of a test or bucket
 * @property {string} [op]
 * @property {boolean} [ignoreCase]
 * @property {Shown} [operand]
 * @property {Shown | undefined} [actual] the attribute's value; undefined: it is absent
 * @property {{ from: number, to: number, percents: [number, number], salt: string, point: number | undefined }} [line] of a bucket
 * @property {{ from?: number, until?: number }} [window] of a time condition
 */

/** What a tree is made with: @typedef {{ salt: string | undefined, answer: (condition: any) => Answer | undefined, serves: (flag: string) => string | undefined, read: (names: string[]) => unknown, point: (by: unknown, salt: string) => number | undefined }} Ground */

const LEAVES = /** @type {const} */ (['segment', 'flag', 'bucket', 'time', 'attribute']);

/** What makes up a condition: what it joins, or nothing. @param {any} condition @returns {any[] | undefined} */
export const partsOf = (condition) => condition.all ?? condition.any ?? (condition.not && [condition.not]);

/** Leaves in the order in which they are written. @param {any} condition @returns {any[]} */
export const leavesOf = (condition) => partsOf(condition)?.flatMap(leavesOf) ?? [condition];

/** @param {any} condition @param {Ground} ground @returns {Node} */
export function grow(condition, ground) {
  const parts = partsOf(condition)?.map((part) => grow(part, ground));
  if (parts) {
    const kind = condition.all ? 'all' : condition.any ? 'any' : 'not';
    return { kind, parts, truth: join(kind, parts.map(({ truth }) => truth)), asked: false };
  }
  const { answer, found } = ground.answer(condition) ?? {};
  return { ...leaf(condition, ground), truth: answer, asked: false, ...(answer === 'unknown' ? { found } : {}) };
}

/** @param {any} condition @param {Ground} ground @returns {Omit<Node, 'truth' | 'asked'>} */
function leaf(condition, ground) {
  const head = LEAVES.find((name) => Object.hasOwn(condition, name));
  if (head === 'segment') return { kind: 'segment', name: condition.segment };
  if (head === 'flag') return { kind: 'flag', name: condition.flag, is: [condition.is].flat(), serves: ground.serves(condition.flag) };
  if (head === 'time') {
    const { from, until } = condition.time;
    return { kind: 'time', window: { ...(from === undefined ? {} : { from: instantOf(from) }), ...(until === undefined ? {} : { until: instantOf(until) }) } };
  }
  if (head === 'bucket') {
    const { from, to, by = 'targetingKey', salt = ground.salt ?? '' } = condition.bucket;
    return {
      kind: 'bucket', path: pathText(by), actual: shown(ground.read(pathNames(by))),
      line: { from: cut(from), to: cut(to), percents: [from, to], salt, point: ground.point(by, salt) },
    };
  }
  const { attribute, op, value, ignoreCase } = condition;
  return { kind: 'test', path: pathText(attribute), op, ignoreCase: ignoreCase === true, operand: shown(value), actual: shown(ground.read(pathNames(attribute))) };
}

/** Characters of a value that are shown. */
const LENGTH = 240;

/** A value as text that is not too long to look at. @param {unknown} value @returns {Shown | undefined} */
export function shown(value, length = LENGTH) {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) {
    let text = '';
    for (const [at, element] of value.entries()) {
      const next = JSON.stringify(element) ?? 'null';
      if (at > 0 && text.length + next.length > length) return { text: `[${text}, …]`, more: value.length - at };
      text += at > 0 ? `, ${cutText(next, length).text}` : cutText(next, length).text;
    }
    return { text: `[${text}]`, more: 0 };
  }
  return cutText(JSON.stringify(value) ?? String(value), length);
}

/** @param {string} text @param {number} length @returns {Shown} */
function cutText(text, length) {
  if (text.length <= length) return { text, more: 0 };
  // Not between the halves of a pair.
  const end = text.charCodeAt(length - 1) >> 10 === 0x36 ? length - 1 : length;
  return { text: `${text.slice(0, end)}…`, more: text.length - end };
}

/**
 * The truth of a whole from that of its parts; undefined where a part that is not known could change it.
 * @param {'all' | 'any' | 'not'} kind @param {readonly (Truth | undefined)[]} parts @returns {Truth | undefined}
 */
export function join(kind, parts) {
  if (kind === 'not') return parts[0] && /** @type {const} */ ({ true: 'false', false: 'true', unknown: 'unknown' })[parts[0]];
  const settling = kind === 'all' ? 'false' : 'true';
  if (parts.includes(settling)) return settling;
  if (parts.includes(undefined)) return undefined;
  return parts.includes('unknown') ? 'unknown' : settling === 'true' ? 'false' : 'true';
}

/**
 * Marks what an evaluation asks, in its order: it stops where the rest cannot make the whole known to be true.
 * @param {Node} node @param {{ segment?: boolean }} [options] segment: whether false has to be told from unknown too
 */
export function mark(node, { segment = false } = {}) {
  ask(node, false, false);
  if (segment) ask(node, false, true);
}

/** Whether a node is true, unknown counting as said. @param {Node} node @param {boolean} negated @param {boolean} unknown @returns {boolean} */
function ask(node, negated, unknown) {
  node.asked = true;
  if (node.kind === 'not') return ask(/** @type {Node[]} */ (node.parts)[0], !negated, unknown);
  if (node.parts) {
    const every = (node.kind === 'all') !== negated;
    for (const part of node.parts) if (ask(part, negated, unknown) !== every) return !every;
    return every;
  }
  return node.truth === 'true' || node.truth === 'false' ? (node.truth === 'true') !== negated : unknown;
}
