/**
 * Evaluates the ruleset of the page with the published package: keeps one loaded ruleset, and answers what the
 * pane shows of it.
 */
import { load } from 'serin';
import { describe } from 'serin/messages';
import { shown } from '../app/evaluate/condition.js';
import { namesOf } from '../app/evaluate/names.js';
import { unitsOf } from '../app/evaluate/offsets.js';
import { probeOf } from '../app/evaluate/probe.js';
import { outcomeOf, texts, whyOf } from '../app/evaluate/why.js';
import { answer } from '../app/rpc.js';

/** Remarks that are told; a page shows no more. */
const REMARKS = 500;

/** @typedef {import('serin').Ruleset} Ruleset */
/** @typedef {{ code: string, severity: 'fatal' | 'error' | 'warning', flag?: string, segment?: string, from: number, to: number, line: number, message: string, help: string, suggestion?: string }} Remark from, to: UTF-16 units of the text */
/** @typedef {{ refused: boolean, remarks: Remark[], total: number, failed?: string }} Verdict failed: the module could not be asked */
/** @typedef {{ key: string, description: string }} Listed */
/** @typedef {{ value: import('../app/evaluate/condition.js').Shown | undefined, variant?: string, reason: string, rule?: string, ruleIndex?: number, code?: string, changed: boolean }} Decision in the order of the flags */
/** @typedef {{ ruleset?: string, context: string, now: number, killed: string[], flag: string | null }} Asked ruleset: only if it is another than before */
/**
 * @typedef {object} Looked
 * @property {Verdict} [verdict] on a ruleset that came with the question
 * @property {readonly Listed[]} [flags] of one that came and was loaded
 * @property {import('../app/evaluate/names.js').Names} [names]
 * @property {string} [fault] of the context, which then was not evaluated
 * @property {Decision[]} [decisions]
 * @property {import('../app/evaluate/why.js').Why} [why]
 * @property {number} [next] the instant at which time alone changes an answer; Infinity: never
 */

/** The last good one. @type {{ ruleset: Ruleset, document: any, key: number } | undefined} */
let kept;
/** What stood in the list, to tell what an edit changed. @type {Map<string, string>} */
let before = new Map();
/** The probe of the flag that was asked last. @type {{ of: number, key: string, probe: import('../app/evaluate/probe.js').Probe, ruleset: Ruleset } | undefined} */
let probed;
let count = 0;

answer({
  /** @param {Asked} asked @returns {Promise<Looked>} */
  async look({ ruleset: text, context: contextText, now, killed, flag }) {
    /** @type {Looked} */
    const looked = text === undefined ? {} : await take(text);
    if (!kept) return looked;
    /** @type {object} */
    let context;
    try {
      context = JSON.parse(contextText);
      if (typeof context !== 'object' || context === null || Array.isArray(context)) throw new Error('a context is an object: { "targetingKey": "…" }');
    } catch (error) {
      return { ...looked, fault: error instanceof Error ? error.message : String(error) };
    }
    const { ruleset } = kept;
    ruleset.kill(killed);
    const bound = ruleset.context(context, { now });
    return { ...looked, decisions: decide(ruleset, bound), next: ruleset.nextChange(now), ...(flag === null ? {} : { why: await why(flag, context, now, killed) }) };
  },
});

/** Loads a ruleset, and keeps it if it is no worse than refused. @param {string} text @returns {Promise<Looked>} */
async function take(text) {
  try {
    const ruleset = await load(text);
    const document = parsed(text);
    kept = { ruleset, document, key: ++count };
    probed = undefined;
    return {
      verdict: { refused: false, ...remarksOf(text, ruleset.diagnostics) },
      flags: ruleset.keys.map((key) => ({ key, description: texts(own(document.flags, key)).description ?? '' })),
      names: namesOf(document),
    };
  } catch (error) {
    const { diagnostics, message } = /** @type {import('serin').RulesetError} */ (error);
    if (Array.isArray(diagnostics)) return { verdict: { refused: true, ...remarksOf(text, diagnostics) } };
    return { verdict: { refused: true, remarks: [], total: 0, failed: message } };
  }
}

/** A document as data. What loads is JSON; but one that nests deep in a broken flag may be more than a browser's own reader takes. @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { flags: {} };
  }
}

/** @param {any} object @param {string} name */
const own = (object, name) => (Object.hasOwn(object, name) ? object[name] : undefined);

/** @param {string} text @param {readonly import('serin').Diagnostic[]} diagnostics @returns {{ remarks: Remark[], total: number }} */
function remarksOf(text, diagnostics) {
  const told = diagnostics.slice(0, REMARKS);
  const units = unitsOf(text, told.flatMap(({ start, end }) => [start, end]));
  const bytes = told.length > 0 ? new TextEncoder().encode(text) : undefined;
  const remarks = told.map((diagnostic) => {
    const { code, severity, flag, segment, start, end, line } = diagnostic;
    return { code, severity, flag, segment, from: units(start), to: units(end), line, ...describe(diagnostic, bytes) };
  });
  return { remarks, total: diagnostics.length };
}

/** Characters of a value in the list. */
const SHORT = 80;

/** @param {Ruleset} ruleset @param {object} bound @returns {Decision[]} */
function decide(ruleset, bound) {
  ruleset.all(bound);
  /** @type {Map<string, string>} */
  const now = new Map();
  const decisions = ruleset.keys.map((key) => {
    const { value, variant, reason, rule, ruleIndex, errorCode } = ruleset.details(key, bound, undefined);
    const decision = { value: variant === undefined ? undefined : shown(value, SHORT), variant, reason, rule, ruleIndex, code: errorCode };
    const said = `${variant === undefined ? '' : `=${variant}`}\n${reason}\n${errorCode}\n${decision.value?.text}`;
    now.set(key, said);
    return { ...decision, changed: before.size > 0 && before.get(key) !== said };
  });
  before = now;
  return decisions;
}

/** @param {string} key @param {object} context @param {number} now @param {string[]} killed */
async function why(key, context, now, killed) {
  if (!kept?.ruleset.keys.includes(key)) return undefined;
  const { ruleset, document, key: of } = kept;
  const bound = ruleset.context(context, { now });
  const details = (/** @type {string} */ flag) => ruleset.details(flag, bound, undefined);
  const broken = (/** @type {string} */ flag) => details(flag).errorCode === 'PARSE_ERROR';
  if (broken(key) || own(document.flags, key) === undefined) {
    const written = { ...texts(own(document.flags, key)), decision: outcomeOf(details(key)) };
    const flag = { key, broken: true, killed: killed.includes(key), enabled: true, variants: [], rules: [], otherwise: { serve: undefined, reached: false }, ...written };
    return { flag: key, now, flags: new Map([[key, flag]]), segments: new Map() };
  }
  if (probed?.of !== of || probed.key !== key) {
    const probe = probeOf(document, key, broken);
    probed = { of, key, probe, ruleset: await load(probe.text) };
  }
  const { probe, ruleset: small } = probed;
  small.kill(killed);
  const smallBound = small.context(context, { now });
  return whyOf({
    document, key, probe, details, context, killed, now,
    steps: ruleset.explain(key, bound).steps,
    explain: (flag) => small.explain(flag, smallBound).steps,
  });
}
