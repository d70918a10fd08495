/**
 * What an evaluation did not ask, asked by itself: a small ruleset in which every condition of a flag, and of what
 * it depends on, is asked for certain, and every hash line has its point told. The module answers it.
 */
import { leavesOf } from './condition.js';

/** Conditions and lines that are asked at most: a page shows no more. */
const LIMIT = 2000;

/** @typedef {import('./condition.js').Answer} Answer */
/** part: the flag and what it depends on, as a ruleset */
/** @typedef {{ text: string, part: string, asks: string, conditions: string[], lines: string[], lineKeys: string[], reach: Reach }} Probe */
/** @typedef {{ flags: string[], segments: string[] }} Reach what a flag depends on, itself included */

const own = (/** @type {any} */ object, /** @type {string} */ name) => (object && Object.hasOwn(object, name) ? object[name] : undefined);

/** Conditions of a flag. @param {any} flag @returns {any[]} */
export const conditionsOf = (flag) => [flag.require, ...(flag.rules ?? []).map((/** @type {any} */ rule) => rule.if)].filter(Boolean);

/** @param {any} document @param {string} key of a flag that is not broken @param {(key: string) => boolean} broken @returns {Reach} */
function reachOf(document, key, broken) {
  /** @type {Set<string>} */
  const flags = new Set([key]);
  /** @type {Set<string>} */
  const segments = new Set();
  const waiting = conditionsOf(document.flags[key]);
  for (let condition = waiting.pop(); condition !== undefined; condition = waiting.pop()) {
    for (const leaf of leavesOf(condition)) {
      if (Object.hasOwn(leaf, 'segment') && !segments.has(leaf.segment)) {
        segments.add(leaf.segment);
        waiting.push(document.segments[leaf.segment]);
      } else if (Object.hasOwn(leaf, 'flag') && !flags.has(leaf.flag)) {
        flags.add(leaf.flag);
        if (!broken(leaf.flag)) waiting.push(...conditionsOf(document.flags[leaf.flag]));
      }
    }
  }
  return { flags: [...flags], segments: [...segments] };
}

/** A condition's name: what it says, with the salt that it has by where it stands. @param {any} condition @param {string | undefined} salt */
export const nameOf = (condition, salt) => JSON.stringify(salted(condition, salt));

/** @param {any} condition @param {string | undefined} salt */
function salted(condition, salt) {
  return Object.hasOwn(condition, 'bucket') && condition.bucket.salt === undefined && salt !== undefined
    ? { ...condition, bucket: { ...condition.bucket, salt } }
    : condition;
}

/** @param {unknown} by @param {string} salt */
export const lineName = (by, salt) => JSON.stringify([by ?? 'targetingKey', salt]);

/**
 * @param {any} document as parsed @param {string} key of a flag that is not broken
 * @param {(key: string) => boolean} broken @returns {Probe}
 */
export function probeOf(document, key, broken) {
  const reach = reachOf(document, key, broken);
  /** @type {Set<string>} */
  const conditions = new Set();
  /** @type {Set<string>} */
  const lines = new Set();
  const add = (/** @type {any} */ condition, /** @type {string | undefined} */ salt) => {
    for (const leaf of leavesOf(condition)) {
      if (conditions.size >= LIMIT) return;
      conditions.add(nameOf(leaf, salt));
      if (Object.hasOwn(leaf, 'bucket')) lines.add(lineName(leaf.bucket.by, leaf.bucket.salt ?? salt));
    }
  };
  const sound = reach.flags.filter((name) => !broken(name));
  for (const name of sound) {
    const flag = document.flags[name];
    for (const condition of conditionsOf(flag)) add(condition, flag.salt);
    for (const serve of [...(flag.rules ?? []).map((/** @type {any} */ rule) => rule.serve), flag.serve]) {
      const line = own(serve, 'rollout') ?? own(serve, 'ramp');
      if (line) lines.add(lineName(line.by, line.salt ?? flag.salt));
    }
  }
  for (const name of reach.segments) add(document.segments[name], undefined);

  const free = (/** @type {string} */ name) => {
    while (Object.hasOwn(document.flags, name)) name += "'";
    return name;
  };
  const asks = free('asks');
  const asked = [...conditions];
  const told = [...lines].slice(0, LIMIT);
  const lineKeys = told.map((_, at) => free(`line ${at}`));
  const segments = Object.fromEntries(reach.segments.map((name) => [name, document.segments[name]]));
  // A flag without variants is broken, as that one is.
  const flags = reach.flags.map((name) => /** @type {[string, any]} */ ([name, broken(name) ? {} : document.flags[name]]));
  const part = JSON.stringify({ format: 1, segments, flags: Object.fromEntries(flags) });
  const text = JSON.stringify({
    format: 1,
    segments,
    flags: Object.fromEntries([
      ...flags,
      // Never true, so that every rule is tried.
      [asks, { variants: { asked: true }, rules: asked.map((name) => ({ if: { all: [JSON.parse(name), { not: JSON.parse(name) }] }, serve: 'asked' })) }],
      ...told.map((name, at) => {
        const [by, salt] = JSON.parse(name);
        return [lineKeys[at], { variants: { here: true }, serve: { rollout: { by, salt, shares: [{ variant: 'here', percent: 100 }] } } }];
      }),
    ]),
  });
  return { text, part, asks, conditions: asked, lines: told, lineKeys, reach };
}

/**
 * What a loaded probe answers.
 * @param {Probe} probe @param {(key: string) => readonly import('serin').Step[]} explain
 */
export function answersOf(probe, explain) {
  /** @type {Map<string, Answer>} */
  const answers = new Map();
  for (const step of explain(probe.asks)) {
    if (step.flag !== probe.asks || step.ruleIndex === undefined || step.answer === undefined) continue;
    const name = probe.conditions[step.ruleIndex];
    if (!answers.has(name)) answers.set(name, { answer: step.answer, ...(step.found ? { found: step.found } : {}) });
  }
  /** @type {Map<string, number | undefined>} */
  const points = new Map(probe.lines.map((name, at) => [name, explain(probe.lineKeys[at]).find(({ split }) => split !== undefined)?.point]));
  return { answers, points };
}
