import { GrowthBook, GrowthBookClient } from '@growthbook/growthbook';

/** @type {Record<import('../workload.js').Test['op'], (value: any) => unknown>} */
const OPS = {
  eq: (value) => value,
  in: (value) => ({ $in: value }),
  lt: (value) => ({ $lt: value }),
  endsWith: (value) => ({ $regex: `${value.replaceAll('.', '\\.')}$` }),
  versionLt: (value) => ({ $vlt: value }),
  versionGe: (value) => ({ $vgte: value }),
};

/** @param {import('../workload.js').Flag} flag */
function written(flag) {
  if (flag.kind === 'constant') return { defaultValue: true };
  if (flag.kind === 'share') return { defaultValue: false, rules: [{ force: true, coverage: flag.percent / 100, hashAttribute: 'id' }] };
  if (flag.kind === 'requires') return { defaultValue: false, rules: [{ parentConditions: [{ id: flag.flag, condition: { value: true } }], force: true }] };
  const rules = flag.rules.map(({ when, serve }) => ({ condition: Object.fromEntries(when.map(({ attribute, op, value }) => [attribute, OPS[op](value)])), force: serve }));
  return { defaultValue: 'off', rules };
}

const attributes = (/** @type {import('../workload.js').Visitor} */ { id, email, country, plan, age, version, device, logins }) => ({ id, email, country, plan, age, version, device, logins });

/** @type {import('./adapter.js').Adapter} */
export default {
  name: 'GrowthBook', package: '@growthbook/growthbook', kind: 'JavaScript',
  api: '`GrowthBookClient.getFeatureValue`; kept: `GrowthBook.getFeatureValue`', note: 'ends-with is a regular expression; all flags is a loop over their keys; loading is `JSON.parse`, unchecked',
  write: (flags) => JSON.stringify({ features: Object.fromEntries(flags.map((flag) => [flag.key, written(flag)])) }),
  load: async (text) => {
    const payload = JSON.parse(text);
    return { client: new GrowthBookClient().initSync({ payload }), payload };
  },
  context: (_, visitor) => ({ attributes: attributes(visitor) }),
  nested: (_, { id, company }) => ({ attributes: { id, company } }),
  boolean: ({ client }, context, key) => client.getFeatureValue(key, false, context),
  string: ({ client }, context, key) => client.getFeatureValue(key, 'off', context),
  all: ({ client }, context, keys) => {
    /** @type {Record<string, unknown>} */
    const answers = {};
    for (const key of keys) answers[key] = client.getFeatureValue(key, null, context);
    return answers;
  },
  pick: (answers, key) => answers[key],
  kept: {
    context: ({ payload }, visitor) => new GrowthBook({ attributes: attributes(visitor) }).initSync({ payload }),
    boolean: (_, instance, key) => instance.getFeatureValue(key, false),
    string: (_, instance, key) => instance.getFeatureValue(key, 'off'),
    all: (_, instance, keys) => Object.fromEntries(keys.map((key) => [key, instance.getFeatureValue(key, null)])),
  },
  close: ({ client }) => client.destroy(),
  app: "import { GrowthBookClient } from '@growthbook/growthbook'; export default async (text, attributes) => new GrowthBookClient().initSync({ payload: JSON.parse(text) }).getFeatureValue('flag', false, { attributes });",
};
