/** What the steps of OpenFeature's features do, on whichever SDK the world has. */
import assert from 'node:assert/strict';

/** @param {string} text */
const scalar = (text) => (text === 'true' ? true : text === 'false' ? false : text);

/** The value that a step writes as text. @param {string} type @param {string} text */
function read(type, text) {
  switch (type.toLowerCase()) {
    case 'boolean':
      return text === 'true';
    case 'integer':
    case 'float':
    case 'number':
      return Number(text);
    case 'object':
      return JSON.parse(text.replaceAll('\\"', '"'));
    default:
      return text;
  }
}

/** The getters' word for a type. @param {string} type */
const kind = (type) => ({ boolean: 'Boolean', string: 'String', integer: 'Number', float: 'Number', object: 'Object' })[type.toLowerCase()] ?? type;

const FIELDS = /** @type {Record<string, string>} */ ({ flag_key: 'flagKey', error_code: 'errorCode' });
const LEVELS = ['API', 'Transaction', 'Client', 'Invocation', 'Before Hooks'];

/** @type {import('./gherkin.js').Definitions} */
export const steps = {
  '/^an? (stable|not ready|error|fatal|stale) provider$/': (world, state) => world.register(state),
  'a stable provider with retrievable context is registered': (world) => world.register('stable'),
  'the provider status should be {string}': (world, status) => assert.equal(world.client().providerStatus, status),

  // The older features: type, key and default in one step.
  '/^an? (boolean|string|integer|float) flag with key "(.*)" is evaluated with default value "?([^"]*)"?$/': async (world, type, key, fallback) => {
    await world.evaluate(type, kind(type), key, read(type, String(fallback)));
  },
  '/^an? (boolean|string|integer|float) flag with key "(.*)" is evaluated with details and default value "?([^"]*)"?$/': async (world, type, key, fallback) => {
    await world.evaluate(type, kind(type), key, read(type, String(fallback)));
  },
  '/^an object flag with key "(.*)" is evaluated with (?:details and )?a null default value$/': (world, key) => world.evaluate('object', 'Object', key, null),
  'a flag with key {string} is evaluated with default value {string}': (world, key, fallback) => world.evaluate('string', 'String', key, fallback),
  'a non-existent string flag with key {string} is evaluated with details and a fallback value {string}': (world, key, fallback) => world.evaluate('string', 'String', key, fallback),
  'a string flag with key {string} is evaluated as an integer, with details and a fallback value {int}': (world, key, fallback) => world.evaluate('integer', 'Number', key, fallback),
  '/^the resolved (boolean|string|integer|float) value should be "?([^"]*)"?$/': (world, type, value) => assert.equal(world.details.value, read(type, String(value))),
  '/^the resolved (boolean|string|integer|float) details value should be "?([^"]*)"?, the variant should be "(.*)", and the reason should be "(.*)"$/': (world, type, value, variant, reason) => {
    assert.deepEqual([world.details.value, world.details.variant, world.details.reason], [read(type, String(value)), variant, reason]);
  },
  '/^the resolved object (?:details )?value should be contain fields "(.*)", "(.*)", and "(.*)", with values "(.*)", "(.*)" and (.*), respectively$/': (world, a, b, c, x, y, z) => {
    assert.deepEqual(world.details.value, { [a]: scalar(x), [b]: y, [c]: Number(z) });
  },
  'the variant should be {string}, and the reason should be {string}': (world, variant, reason) => assert.deepEqual([world.details.variant, world.details.reason], [variant, reason]),
  'context contains keys {string}, {string}, {string}, {string} with values {string}, {string}, {int}, {string}': (world, a, b, c, d, w, x, y, z) => {
    Object.assign(world.context, { [a]: w, [b]: x, [c]: y, [d]: scalar(z) });
  },
  'the resolved string response should be {string}': (world, value) => assert.equal(world.details.value, value),
  'the resolved flag value is {string} when the context is empty': async (world, value) => {
    world.context = {};
    await world.evaluate(...world.last);
    assert.equal(world.details.value, value);
  },
  '/^the default (?:string|integer) value should be returned$/': (world) => assert.equal(world.details.value, world.last[3]),
  '/^the reason should indicate an error and the error code should indicate .* with "(.*)"$/': (world, code) => assert.deepEqual([world.details.reason, world.details.errorCode], ['ERROR', code]),

  // The newer ones.
  '/^an? (Boolean|String|Integer|Float|Object|boolean|string)-flag with key "(.*)" and a fallback value "(.*)"$/': (world, type, key, fallback) => {
    world.flag = [type, kind(type), key, read(type, fallback)];
  },
  'a context containing a key {string}, with type {string} and with value {string}': (world, key, type, value) => void (world.context[key] = read(type, value)),
  'a context containing a key {string} with null value': (world, key) => void (world.context[key] = null),
  'the flag was evaluated with details': (world) => world.evaluate(...world.flag),
  'the flag was evaluated with details using the evaluation options': (world) => world.evaluate(...world.flag),
  'the flag was evaluated with details asynchronously': async (world) => {
    const evaluating = world.ask(...world.flag);
    assert.equal(typeof evaluating.then, 'function');
    world.details = await evaluating;
  },
  'the evaluation should complete without blocking': (world) => assert.notEqual(world.details, undefined),
  'the resolved details value should be {string}': (world, value) => assert.deepEqual(world.details.value, read(world.flag[0], value)),
  'the reason should be {string}': (world, reason) => assert.equal(world.details.reason, reason),
  'the variant should be {string}': (world, variant) => assert.equal(world.details.variant, variant),
  'the flag key should be {string}': (world, key) => assert.equal(world.details.flagKey, key),
  'the error-code should be {string}': (world, code) => assert.equal(world.details.errorCode, code),
  'the resolved metadata should contain': (world, /** @type {string[][]} */ [, ...rows]) => {
    assert.deepEqual(world.details.flagMetadata, Object.fromEntries(rows.map(([key, type, value]) => [key, read(type, value)])));
  },
  'the resolved metadata is empty': (world) => assert.deepEqual(world.details.flagMetadata, {}),
  'an evaluation context with modifiable data': (world) => void (world.context = { email: 'x', list: [1], deep: { a: 1 } }),
  'the original evaluation context should remain unmodified': (world) => assert.deepEqual(world.context, { email: 'x', list: [1], deep: { a: 1 } }),
  'the evaluation details should be immutable': (world) => assert.ok(Object.isFrozen(world.details.flagMetadata)),

  // Hooks.
  'a client with added hook': (world) => world.addHook('client'),
  'evaluation options containing specific hooks': (world) => {
    world.addHook('first', true);
    world.addHook('second', true);
  },
  'the specified hooks should execute during evaluation': (world) => assert.deepEqual([...new Set(world.hooked.map((/** @type {any} */ { name }) => name))].sort(), ['first', 'second']),
  'the hook order should be maintained': (world) => {
    const order = world.hooked.map((/** @type {any} */ { name, stage }) => `${name} ${stage}`);
    assert.deepEqual(order, ['first before', 'second before', 'second after', 'first after', 'second finally', 'first finally']);
  },
  'the {string} hook should have been executed': (world, stage) => assert.ok(world.hooked.some((/** @type {any} */ hook) => hook.stage === stage)),
  'the {string} hooks should be called with evaluation details': (world, stages, /** @type {string[][]} */ [, ...rows]) => {
    for (const stage of stages.split(', ')) {
      const { details } = world.hooked.find((/** @type {any} */ hook) => hook.stage === stage);
      for (const [type, key, value] of rows) assert.deepEqual(details[FIELDS[key] ?? key], value === 'null' ? undefined : read(type, value), `${stage}: ${key}`);
    }
  },

  // Contexts of several levels.
  'A context entry with key {string} and value {string} is added to the {string} level': (world, key, value, level) => world.enter(level, key, value),
  'A table with levels of increasing precedence': (world, /** @type {string[][]} */ rows) => void (world.levels = rows.map(([level]) => level)),
  'Context entries for each level from API level down to the {string} level, with key {string} and value {string}': (world, last, key, value) => {
    for (const level of world.levels.slice(0, world.levels.indexOf(last) + 1)) world.enter(level, key, level === last ? value : `${level} of ${LEVELS.length}`);
  },
  'Some flag was evaluated': (world) => world.evaluate('boolean', 'Boolean', 'boolean-flag', false),
  'The merged context contains an entry with key {string} and value {string}': (world, key, value) => assert.equal(world.merged[key], value),
};
