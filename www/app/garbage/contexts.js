/** Contexts that mean harm: what an object can do to whoever reads it. */

const thrown = () => {
  throw new Error('read me not');
};

/** @type {ProxyHandler<object>} */
const hostile = { get: thrown, has: thrown, ownKeys: thrown, getPrototypeOf: thrown, getOwnPropertyDescriptor: thrown };

/**
 * @param {readonly string[]} names of attributes that rules ask for @param {() => void} again asks the same ruleset
 * @returns {Generator<{ name: string, context: any }>}
 */
export function* contexts(names, again) {
  /** All attributes with the same value. @param {(name: string) => PropertyDescriptor} of */
  const all = (of) => Object.defineProperties({}, Object.fromEntries(names.map((name) => [name, { enumerable: true, ...of(name) }])));
  const value = (/** @type {any} */ one) => all(() => ({ value: one }));
  const cycle = /** @type {any} */ ({});
  for (const name of [...names, 'self']) cycle[name] = cycle;
  cycle.list = [cycle];
  let deep = /** @type {any} */ ({});
  for (let depth = 0; depth < 100_000; depth++) deep = { deep, app: deep, company: deep, request: deep };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  yield { name: 'getters that throw', context: all(() => ({ get: thrown })) };
  yield { name: 'getters that throw nothing at all', context: all(() => ({ get() { throw undefined; } })) };
  yield { name: 'getters that ask the ruleset again', context: all(() => ({ get() { again(); return 'again'; } })) };
  yield { name: 'getters that never give the same twice', context: all(() => ({ get: () => Math.random() < 0.5 ? 'text' : [Math.random()] })) };
  yield { name: 'getters without an end', context: all((name) => ({ get() { return /** @type {any} */ (this)[name]; } })) };
  yield { name: 'a proxy that throws whatever is asked', context: new Proxy({}, hostile) };
  yield { name: 'a proxy that is revoked', context: proxy };
  yield { name: 'proxies all the way down', context: new Proxy({}, { get: (_, __, self) => self, has: () => true }) };
  yield { name: 'a cycle', context: cycle };
  yield { name: '100,000 objects deep', context: deep };
  yield { name: 'objects that throw when compared', context: value({ valueOf: thrown, toString: thrown, toJSON: thrown, [Symbol.toPrimitive]: thrown }) };
  yield { name: 'a text of a million characters', context: value('x'.repeat(1_000_000)) };
  yield { name: 'a list of a million', context: value(Array(1_000_000).fill('x')) };
  yield { name: 'a list that is mostly missing', context: value(Object.assign([], { length: 2 ** 32 - 1 })) };
  yield { name: 'a list that throws', context: value(new Proxy([], hostile)) };
  yield { name: 'half a character', context: value('\ud800') };
  yield { name: 'NUL and its friends', context: value('\0\u202e\ufeff\u2028') };
  for (const one of [NaN, Infinity, -0, 2 ** 53, 10n ** 100n, Symbol('s'), thrown, null, new Date(NaN), new Map(), new WeakRef({}), [[]], [1, 'a', true]]) {
    yield { name: `attributes that are ${typeof one === 'symbol' ? 'a symbol' : typeof one === 'function' ? 'functions' : words(one)}`, context: value(one) };
  }
  yield { name: 'names of prototypes', context: JSON.parse('{"__proto__":{"targetingKey":"p"},"constructor":{"prototype":1},"hasOwnProperty":1,"toString":null}') };
  yield { name: 'no prototype', context: Object.assign(Object.create(null), { targetingKey: 'a' }) };
  yield { name: 'a prototype that has everything', context: Object.create(value('inherited')) };
  for (const context of [null, undefined, 0, '', 'text', true, 1n, Symbol.iterator, [], thrown, new Uint8Array(8)]) yield { name: `no object but ${words(context)}`, context };
}

/** @param {any} one */
function words(one) {
  if (typeof one === 'bigint') return 'a BigInt';
  if (typeof one === 'object' && one !== null) return Array.isArray(one) ? 'a list' : `a ${one.constructor.name}`;
  return typeof one === 'function' ? 'a function' : Object.is(one, -0) ? '-0' : one === '' ? 'an empty text' : String(one);
}
