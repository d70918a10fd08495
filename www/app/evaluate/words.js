/** Words of the evaluation, in plain ones. */
import { utc } from '../instant.js';

/** Reasons that need no more than their name to be told. @type {Record<string, string>} */
const REASONS = {
  STATIC: 'The flag has no rules: every context gets this.',
  DEFAULT: 'No rule matched, so the flag serves what it serves otherwise.',
  DISABLED: 'The flag is killed or not enabled: every context gets its off variant.',
  ERROR: 'The flag has no answer of its own: the caller’s default is used.',
};

/** @type {Record<string, string>} */
const CODES = {
  PARSE_ERROR: 'The flag is broken. The remarks under the ruleset say where; other flags are not harmed.',
  TARGETING_KEY_MISSING: 'A rollout or ramp was reached, and the context has no key for it.',
  FLAG_NOT_FOUND: 'No flag has this key.',
  GENERAL: 'The module failed twice in a row.',
};

/** @typedef {{ reason: string, rule?: string, ruleIndex?: number, code?: string, variant?: string }} Decided */

/** The rule that decided, by name. @param {Decided} decided */
export function ruleName({ rule, ruleIndex }) {
  if (ruleIndex === undefined) return rule === 'require' ? 'require' : '';
  return rule || `rules[${ruleIndex}]`;
}

/** A sentence on why it is so. @param {Decided} decided */
export function because(decided) {
  const { reason, code, ruleIndex, variant } = decided;
  const name = ruleName(decided);
  if (code) return CODES[code] ?? `The error code is ${code}.`;
  if (reason === 'TARGETING_MATCH' && ruleIndex === undefined) return 'What the flag requires is not known to be true, so it serves its off variant.';
  if (reason === 'TARGETING_MATCH') return `The rule “${name}” is the first that matches.`;
  if (reason === 'SPLIT' && ruleIndex !== undefined) return `The rule “${name}” matches, and divides its contexts: the key’s point on the hash line decides.`;
  if (reason === 'SPLIT') return 'No rule before it matched, and the flag divides its contexts: the key’s point on the hash line decides.';
  if (variant === undefined) return 'No variant is named for this case, so the caller’s default is used.';
  return REASONS[reason] ?? '';
}

/** @type {Record<string, string>} */
const OPERATORS = {
  eq: 'is', in: 'is one of', startsWith: 'starts with', endsWith: 'ends with', contains: 'contains',
  lt: 'is less than', le: 'is at most', gt: 'is more than', ge: 'is at least', version: 'is a version in',
  before: 'is before', after: 'is after', cidr: 'is an address in', hasAny: 'has any of', hasAll: 'has all of', exists: 'is there',
};

/** @param {string | undefined} op */
export const operator = (op = '') => (Object.hasOwn(OPERATORS, op) ? OPERATORS[op] : `${op} (an operator that format 1 does not have)`);

/** What an operator can compare. @type {Record<string, string>} */
const NEEDS = {
  eq: 'a value of the same type', in: 'a value of the list’s type', startsWith: 'text', endsWith: 'text', contains: 'text',
  lt: 'a number', le: 'a number', gt: 'a number', ge: 'a number', version: 'text that is a version',
  before: 'a time with an offset, or milliseconds', after: 'a time with an offset, or milliseconds', cidr: 'text that is an IP address',
  hasAny: 'a list of the same type', hasAll: 'a list of the same type',
};

/** Why a leaf is unknown. @param {import('./condition.js').Node} node */
export function unknown(node) {
  if (node.kind === 'segment') return 'the segment itself is unknown';
  if (node.kind === 'flag') return 'that flag serves no variant';
  if (node.kind === 'bucket') return node.actual ? `${node.path} is no key: it must be text that is not empty, or an integer` : `the context has no ${node.path}`;
  if (node.found === 'absent' || !node.actual) return `the context has no ${node.path}`;
  return Object.hasOwn(NEEDS, node.op ?? '') ? `it would need ${NEEDS[node.op ?? '']}` : 'nothing knows this operator';
}

/** @param {number} instant */
export const time = (instant) => (Number.isNaN(instant) ? 'no time' : `${utc(instant)} UTC`);

/** @param {number} percent as far as thousandths tell */
export const percent = (percent) => `${Number(percent.toFixed(3))} %`;
