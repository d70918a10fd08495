/** Names that a document has, for an editor to complete: collected by the worker, once a document. */
import { partsOf } from './condition.js';
import { conditionsOf } from './probe.js';
import { pathNames, pathText } from './slices.js';

/** Values of one attribute, and of one flag's variants, that are kept. */
const VALUES = 200;

/** Conditions in each other, as many as a flag may have. */
const DEPTH = 64;

/** @typedef {{ path: string[], values: unknown[], list: boolean }} Attribute list: some rule looks at its elements */
/** @typedef {{ flags: Record<string, string[]>, segments: string[], salts: string[], attributes: Record<string, Attribute> }} Names flags: names of their variants */

/** @type {Names} */
export const NONE = { flags: {}, segments: [], salts: [], attributes: {} };

/** @param {any} document as parsed, that a module has loaded @returns {Names} */
export function namesOf(document) {
  /** @type {Map<string, Attribute>} */
  const attributes = new Map();
  /** @type {Set<string>} */
  const salts = new Set();
  const at = (/** @type {unknown} */ path) => {
    const text = pathText(path);
    let known = attributes.get(text);
    if (!known) attributes.set(text, (known = { path: pathNames(path), values: [], list: false }));
    return known;
  };
  // What is broken may nest as it likes.
  /** @param {any} condition @param {number} [depth] */
  const walk = (condition, depth = 0) => {
    if (!object(condition) || depth > DEPTH) return;
    const parts = partsOf(condition);
    if (Array.isArray(parts)) return parts.forEach((part) => walk(part, depth + 1));
    const { attribute, op, value, bucket } = condition;
    if (attribute !== undefined) {
      const known = at(attribute);
      known.list ||= op === 'hasAny' || op === 'hasAll';
      for (const one of Array.isArray(value) ? value.slice(0, VALUES) : value === undefined ? [] : [value]) {
        const example = op === 'version' ? versionIn(one) : op === 'cidr' ? String(one).replace(/\/\d+$/, '') : one;
        if (known.values.length < VALUES && example !== undefined && !known.values.includes(example)) known.values.push(example);
      }
    } else if (object(bucket)) line(bucket);
  };
  /** @param {any} of */
  const line = (of) => {
    at(of.by ?? 'targetingKey');
    if (typeof of.salt === 'string') salts.add(of.salt);
  };
  const segments = object(document.segments) ? document.segments : {};
  Object.values(segments).forEach((segment) => walk(segment));
  /** @type {[string, string[]][]} */
  const flags = [];
  for (const [key, flag] of Object.entries(document.flags)) {
    flags.push([key, object(flag) && object(flag.variants) ? Object.keys(flag.variants).slice(0, VALUES) : []]);
    if (!object(flag)) continue;
    if (typeof flag.salt === 'string') salts.add(flag.salt);
    const rules = Array.isArray(flag.rules) ? flag.rules.filter(object) : [];
    conditionsOf({ require: flag.require, rules }).forEach((condition) => walk(condition));
    for (const serve of [...rules.map((/** @type {any} */ rule) => rule.serve), flag.serve]) {
      const split = object(serve) && (serve.rollout ?? serve.ramp);
      if (object(split)) line(split);
    }
  }
  return { flags: Object.fromEntries(flags), segments: Object.keys(segments), salts: [...salts], attributes: Object.fromEntries(attributes) };
}

/** @param {unknown} value @returns {value is any} */
const object = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A version that a range names. @param {unknown} range */
const versionIn = (range) => String(range).match(/\d[^\s]*/)?.[0];
