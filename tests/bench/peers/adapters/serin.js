import { load } from 'serin';

/** @param {import('../workload.js').Test} test */
const condition = ({ attribute, op, value }) => {
  if (op === 'versionLt' || op === 'versionGe') return { attribute, op: 'version', value: `${op === 'versionLt' ? '<' : '>='}${value}` };
  return { attribute, op, value };
};

/** @param {import('../workload.js').Flag} flag */
function written(flag) {
  const onOff = { variants: { on: true, off: false }, salt: flag.key };
  if (flag.kind === 'constant') return { ...onOff, serve: 'on' };
  if (flag.kind === 'share') return { ...onOff, serve: { rollout: { shares: [{ variant: 'on', percent: flag.percent }, { variant: 'off', percent: 100 - flag.percent }] } } };
  if (flag.kind === 'requires') return { ...onOff, off: 'off', require: { flag: flag.flag, is: 'on' }, serve: 'on' };
  return {
    variants: Object.fromEntries(['off', ...flag.rules.map(({ serve }) => serve)].map((name) => [name, name])),
    rules: flag.rules.map(({ when, serve }) => ({ if: when.length === 1 ? condition(when[0]) : { all: when.map(condition) }, serve })),
    serve: 'off',
  };
}

/** @type {import('./adapter.js').Adapter['context']} */
const context = (_, { id, email, country, plan, age, version, device, logins }) => ({ targetingKey: id, email, country, plan, age, version, device, logins });

/** The instant does not matter to these flags; given, no clock is read. */
const now = { now: 0 };

/** @type {import('./adapter.js').Adapter} */
export default {
  name: 'serin', package: 'serin', kind: 'WebAssembly', api: '`ruleset.boolean`, `.string`, `.all`; kept: the same with `ruleset.context(attributes)`',
  write: (flags) => JSON.stringify({ format: 1, flags: Object.fromEntries(flags.map((flag) => [flag.key, written(flag)])) }),
  load: (text) => load(text),
  context,
  nested: (_, { id, company }) => ({ targetingKey: id, company }),
  boolean: (ruleset, context, key) => ruleset.boolean(key, context, false),
  string: (ruleset, context, key) => ruleset.string(key, context, 'off'),
  all: (ruleset, context) => ruleset.all(context),
  pick: (answers, key) => answers[key],
  kept: { context: (ruleset, visitor) => ruleset.context(context(ruleset, visitor), now) },
  app: "import { load } from 'serin'; export default async (text, context) => (await load(text)).boolean('flag', context, false);",
  wasm: ['serin/wasm/core.wasm'],
};
