/** Exposures: told once, later, and to code that may do what it likes. */
import { UNREADABLE, attribute } from './attributes.js';
import { call } from './client/events.js';

/** @typedef {import('./client.js').Exposure} Exposure */

/** Different exposures that are remembered, twice: those of now, and those before. */
const REMEMBERED = 5000;
/** Characters of them, also twice: a targeting key may be as long as a visitor likes. */
const CHARACTERS = 2_000_000;

/**
 * @param {(exposure: Exposure) => void} onExposure @param {(error: unknown) => void} failed
 * @returns {(exposure: Exposure) => void} to be called with every one; tells those that are new
 */
export function exposures(onExposure, failed) {
  /** @type {Set<string>} */
  let now = new Set();
  let before = now;
  let characters = 0;
  /** @type {Exposure[]} */
  let waiting = [];
  const tell = () => {
    const all = waiting;
    waiting = [];
    for (const exposure of all) call(onExposure, exposure, failed);
  };
  return (exposure) => {
    const { flag, variant, reason, rule, ruleIndex, revision, targetingKey } = exposure;
    const key = JSON.stringify([flag, variant, reason, rule, ruleIndex, revision, targetingKey]);
    if (now.has(key)) return;
    const known = before.has(key);
    characters += key.length;
    if (now.size >= REMEMBERED || characters > CHARACTERS) {
      before = now;
      now = new Set();
      characters = key.length;
    }
    now.add(key);
    if (known) return;
    // One task for all that a burst of getters causes.
    if (waiting.push(exposure) === 1) Promise.resolve().then(tell);
  };
}

/** The targeting key that rules see. @param {unknown} context */
export function targetingKeyOf(context) {
  try {
    return attribute(context, ['targetingKey']);
  } catch {
    return UNREADABLE;
  }
}

/**
 * The exposure of an answer; undefined if the fallback was the answer.
 * @param {string} flag @param {{ variant?: string, reason: any, rule?: string, ruleIndex?: number }} details
 * @param {number | undefined} revision @param {unknown} targetingKey
 * @returns {Exposure | undefined}
 */
export function exposure(flag, { variant, reason, rule, ruleIndex }, revision, targetingKey) {
  if (variant === undefined) return undefined;
  return {
    flag, variant, reason,
    ...(rule === undefined ? {} : { rule }),
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    ...(revision === undefined ? {} : { revision }),
    ...(typeof targetingKey === 'string' || typeof targetingKey === 'number' ? { targetingKey } : {}),
  };
}
