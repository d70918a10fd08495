/**
 * No product but a bound: what plain JavaScript can do when every flag is compiled to closures at loading, with
 * no reasons, no errors, no types and no hash worth the name.
 */

/** @param {string} text */
const number = (text) => text.split('.').reduce((sum, part) => sum * 1000 + +part, 0);

/** Digits and dots, without making an array. @param {string} text */
function version(text) {
  let sum = 0;
  let part = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      sum = sum * 1000 + part;
      part = 0;
    } else part = part * 10 + code - 48;
  }
  return sum * 1000 + part;
}

/** FNV-1a over UTF-16 units with a finish that spreads it. @param {string} text @param {number} seed */
function hash(text, seed) {
  let sum = 0x811c9dc5 ^ seed;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
  return (sum ^ (sum >>> 16)) >>> 0;
}

/** @param {import('../workload.js').Test} test @returns {(visitor: any) => boolean} */
function compiled({ attribute, op, value }) {
  const [first, second] = attribute.split('.');
  if (second !== undefined) return (visitor) => visitor[first]?.[second] === value;
  if (op === 'eq') return (visitor) => visitor[first] === value;
  if (op === 'lt') return (visitor) => visitor[first] < value;
  if (op === 'endsWith') return (visitor) => visitor[first].endsWith(value);
  if (op === 'in') {
    const set = new Set(value);
    return (visitor) => set.has(visitor[first]);
  }
  const bound = number(value);
  return op === 'versionLt' ? (visitor) => version(visitor[first]) < bound : (visitor) => version(visitor[first]) >= bound;
}

/** @param {import('../workload.js').Flag} flag @param {Map<string, any>} engine @returns {(visitor: any) => any} */
function closure(flag, engine) {
  if (flag.kind === 'constant') return () => true;
  if (flag.kind === 'requires') return (visitor) => engine.get(flag.flag)(visitor);
  if (flag.kind === 'share') {
    const seed = hash(flag.key, 0);
    const cut = (flag.percent / 100) * 2 ** 32;
    return (visitor) => hash(visitor.id, seed) < cut;
  }
  const rules = flag.rules.map(({ when, serve }) => ({ tests: when.map(compiled), serve }));
  return (visitor) => {
    next: for (const { tests, serve } of rules) {
      for (const test of tests) if (!test(visitor)) continue next;
      return serve;
    }
    return 'off';
  };
}

/** @type {import('./adapter.js').Adapter} */
export default {
  name: 'plain closures', kind: 'JavaScript', api: '`engine.get(key)(context)`', note: 'a bound and no product: 70 lines without reasons, errors or checks',
  write: (flags) => JSON.stringify(flags),
  load: async (text) => {
    const engine = new Map();
    for (const flag of JSON.parse(text)) engine.set(flag.key, closure(flag, engine));
    return engine;
  },
  context: (_, { id, email, country, plan, age, version, device, logins }) => ({ id, email, country, plan, age, version, device, logins }),
  nested: (_, { id, company }) => ({ id, company }),
  boolean: (engine, context, key) => engine.get(key)(context),
  string: (engine, context, key) => engine.get(key)(context),
  all: (engine, context, keys) => {
    /** @type {Record<string, unknown>} */
    const answers = {};
    for (const key of keys) answers[key] = engine.get(key)(context);
    return answers;
  },
  pick: (answers, key) => answers[key],
};
