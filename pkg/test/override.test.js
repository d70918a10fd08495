/** Overrides: the app's own word on what a flag serves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'serin';

const document = JSON.stringify({
  format: 1,
  segments: { some: { flag: 'base', is: ['off'] } },
  flags: {
    base: { variants: { on: true, off: false }, off: 'off', serve: 'off', metadata: { ticket: 'X-1' } },
    top: { variants: { on: true, off: false }, off: 'off', rules: [{ if: { flag: 'base', is: 'on' }, serve: 'on' }], serve: 'off' },
    through: { variants: { yes: 'yes', no: 'no' }, rules: [{ if: { segment: 'some' }, serve: 'yes' }], serve: 'no' },
    disabled: { variants: { on: true, off: false }, off: 'off', enabled: false, serve: 'on' },
    required: { variants: { on: true, off: false }, off: 'off', require: { attribute: 'a', op: 'exists' }, serve: 'on' },
    none: { variants: { on: { deep: [1] } } },
    broken: { variants: { on: true }, iff: 1, serve: 'on' },
    'needs a broken one': { variants: { on: true, off: false }, off: 'off', rules: [{ if: { flag: 'broken', is: 'on' }, serve: 'on' }], serve: 'off' },
  },
});

test('an override reaches every way of asking, bound contexts and prerequisites', async () => {
  const ruleset = await load(document);
  const bound = ruleset.context({}, { now: 0 });
  const seen = () => [{}, bound].map((context) => [
    ruleset.boolean('base', context, false), ruleset.boolean('top', context, false), ruleset.string('through', context, ''), ruleset.all(context).top, ruleset.explain('base', context).value,
  ]);
  const before = [false, false, 'yes', false, false];
  assert.deepEqual(seen(), [before, before]);
  assert.deepEqual(ruleset.override({ base: 'on' }), []);
  const after = [true, true, 'no', true, true];
  assert.deepEqual(seen(), [after, after]);
  for (const context of [{}, bound]) {
    assert.deepEqual(ruleset.details('base', context, false), { value: true, variant: 'on', reason: 'OVERRIDE', flagMetadata: { ticket: 'X-1' } });
    assert.equal(ruleset.explain('base', context).reason, 'OVERRIDE');
    assert.equal(ruleset.details('top', context, false).reason, 'TARGETING_MATCH', 'what follows from it has its own reason');
    assert.equal(ruleset.snapshot(context).flags.base.reason, 'OVERRIDE');
    assert.equal(ruleset.details('base', context, 'text').errorCode, 'TYPE_MISMATCH');
  }
  ruleset.override({});
  assert.deepEqual(seen(), [before, before]);
});

test('it is above kills, `enabled` and `require`, and replaces the overrides before it', async () => {
  const ruleset = await load(document);
  ruleset.kill(['base', 'top']);
  assert.deepEqual(ruleset.override({ base: 'on', disabled: 'on', required: 'on', none: 'on' }), []);
  ruleset.kill(['base', 'top', 'disabled']);
  for (const key of ['base', 'disabled', 'required']) assert.deepEqual([ruleset.details(key, {}, false).value, ruleset.details(key, {}, false).reason], [true, 'OVERRIDE'], key);
  assert.deepEqual(ruleset.object('none', {}, {}), { deep: [1] });
  assert.equal(ruleset.details('top', {}, true).reason, 'DISABLED', 'a killed flag that is not overridden stays killed');
  ruleset.override({ required: 'on' });
  assert.equal(ruleset.details('base', {}, true).reason, 'DISABLED', 'the kill comes back when the override goes');
  assert.equal(ruleset.details('disabled', {}, true).reason, 'DISABLED');
});

test('what names no variant is reported and does no harm', async () => {
  const ruleset = await load(document);
  // As from an address: nothing here is known to exist.
  const parameters = new URLSearchParams('base=on&top=On&nope=on&broken=on&__proto__=on&toString=on&disabled=');
  const missing = ruleset.override(Object.fromEntries(parameters));
  assert.deepEqual(missing, ['top', 'nope', 'broken', '__proto__', 'toString', 'disabled']);
  assert.equal(ruleset.details('base', {}, false).reason, 'OVERRIDE');
  assert.equal(ruleset.details('top', {}, false).reason, 'TARGETING_MATCH');
  assert.equal(ruleset.details('broken', {}, false).errorCode, 'PARSE_ERROR');
  assert.equal(ruleset.details('needs a broken one', {}, true).variant, 'off');
});

test('a value in place of a name is an error that says what to write, and changes nothing', async () => {
  const ruleset = /** @type {any} */ (await load(document));
  ruleset.override({ base: 'on' });
  for (const wrong of [{ base: true }, { base: 'off', top: null }, undefined, null, 'base', ['base'], 5]) {
    assert.throws(() => ruleset.override(wrong), /TypeError: override\(\) takes flag keys with names of their variants, as in \{ "new-checkout": "on" \}/);
  }
  assert.equal(ruleset.boolean('base', {}, false), true);
});
