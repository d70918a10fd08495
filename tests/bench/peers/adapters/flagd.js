import { FlagdCore } from '@openfeature/flagd-core';
import { Cannot } from '../workload.js';

/** @type {Record<import('../workload.js').Test['op'], (attribute: object, value: unknown) => object>} */
const OPS = {
  eq: (attribute, value) => ({ '==': [attribute, value] }),
  in: (attribute, value) => ({ in: [attribute, value] }),
  lt: (attribute, value) => ({ '<': [attribute, value] }),
  endsWith: (attribute, value) => ({ ends_with: [attribute, value] }),
  versionLt: (attribute, value) => ({ sem_ver: [attribute, '<', value] }),
  versionGe: (attribute, value) => ({ sem_ver: [attribute, '>=', value] }),
};

/** @param {import('../workload.js').Flag} flag */
function written(flag) {
  const onOff = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };
  if (flag.kind === 'constant') return { ...onOff, defaultVariant: 'on' };
  if (flag.kind === 'share') return { ...onOff, targeting: { fractional: [['on', flag.percent], ['off', 100 - flag.percent]] } };
  if (flag.kind === 'requires') throw new Cannot('no prerequisites');
  const branches = flag.rules.flatMap(({ when, serve }) => {
    const tests = when.map(({ attribute, op, value }) => OPS[op]({ var: attribute }, value));
    return [tests.length === 1 ? tests[0] : { and: tests }, serve];
  });
  const variants = Object.fromEntries(['off', ...flag.rules.map(({ serve }) => serve)].map((name) => [name, name]));
  return { state: 'ENABLED', variants, defaultVariant: 'off', targeting: { if: [...branches, 'off'] } };
}

const silent = { error() {}, warn() {}, info() {}, debug() {} };

/**
 * @param {string} name @param {{ disableDynamicCodeGeneration: true } | undefined} options @param {string} note
 * @returns {import('./adapter.js').Adapter}
 */
export const flagd = (name, options, note) => ({
  name, package: '@openfeature/flagd-core', kind: 'JavaScript', api: '`resolveBooleanEvaluation`, `resolveStringEvaluation`, `resolveAll`', note,
  write: (flags) => JSON.stringify({ flags: Object.fromEntries(flags.map((flag) => [flag.key, written(flag)])) }),
  load: async (text) => {
    const core = new FlagdCore(undefined, silent, options);
    core.setConfigurations(text);
    return core;
  },
  context: (_, { id, email, country, plan, age, version, device, logins }) => ({ targetingKey: id, email, country, plan, age, version, device, logins }),
  nested: (_, { id, company }) => ({ targetingKey: id, company }),
  boolean: (core, context, key) => core.resolveBooleanEvaluation(key, false, context, silent).value,
  string: (core, context, key) => core.resolveStringEvaluation(key, 'off', context, silent).value,
  all: (core, context) => core.resolveAll(context, silent),
  pick: (answers, key) => answers.find((/** @type {any} */ answer) => answer.flagKey === key).value,
  app: "import { FlagdCore } from '@openfeature/flagd-core'; export default async (text, context) => { const core = new FlagdCore(); core.setConfigurations(text); return core.resolveBooleanEvaluation('flag', false, context).value; };",
});

export default flagd('flagd-core', undefined, 'rules become functions by `new Function`');
