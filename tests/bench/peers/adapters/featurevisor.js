import { createInstance } from '@featurevisor/sdk';

/** @type {Record<import('../workload.js').Test['op'], string>} */
const OPS = { eq: 'equals', in: 'in', lt: 'lessThan', endsWith: 'endsWith', versionLt: 'semverLessThan', versionGe: 'semverGreaterThanOrEquals' };
const WHOLE = 100_000;
const everybody = { key: 'everybody', segments: '*', percentage: WHOLE };

/** @param {import('../workload.js').Flag} flag */
function written(flag) {
  const base = { key: flag.key, bucketBy: 'id', hash: String(flag.number) };
  if (flag.kind === 'constant') return { ...base, traffic: [everybody] };
  if (flag.kind === 'share') return { ...base, traffic: [{ ...everybody, percentage: flag.percent * 1000 }] };
  if (flag.kind === 'requires') return { ...base, required: [flag.flag], traffic: [everybody] };
  const served = (/** @type {string} */ variation) => ({ percentage: WHOLE, variation, allocation: [] });
  return {
    ...base, variations: ['off', ...flag.rules.map(({ serve }) => serve)].map((value) => ({ value })),
    traffic: [...flag.rules.map(({ serve }) => ({ key: serve, segments: serve, ...served(serve) })), { key: 'rest', segments: '*', ...served('off') }],
  };
}

/** Rules stand as segments in its files, once for all flags that have them. @param {import('../workload.js').Flag[]} flags */
const segments = (flags) => Object.fromEntries((flags.find((flag) => flag.kind === 'rules')?.rules ?? []).map(({ serve, when }) =>
  [serve, { conditions: when.map(({ attribute, op, value }) => ({ attribute, operator: OPS[op], value })) }]));

/** @type {import('./adapter.js').Adapter['context']} */
const context = (_, { id, email, country, plan, age, version, device, logins }) => ({ id, email, country, plan, age, version, device, logins });

/** @type {import('./adapter.js').Adapter} */
export default {
  name: 'Featurevisor', package: '@featurevisor/sdk', kind: 'JavaScript', api: '`isEnabled`, `getVariation`, `getAllEvaluations`; kept: a child instance', note: 'rules are segments, which all flags share',
  write: (flags) => JSON.stringify({ schemaVersion: '2', revision: '1', segments: segments(flags), features: Object.fromEntries(flags.map((flag) => [flag.key, written(flag)])) }),
  load: async (text) => createInstance({ datafile: text, logLevel: 'fatal' }),
  context,
  nested: (_, { id, company }) => ({ id, company }),
  boolean: (instance, context, key) => instance.isEnabled(key, context),
  string: (instance, context, key) => instance.getVariation(key, context),
  all: (instance, context) => instance.getAllEvaluations(context),
  pick: (answers, key) => answers[key].variation ?? answers[key].enabled,
  kept: {
    context: (instance, visitor) => instance.spawn(context(instance, visitor)),
    boolean: (_, child, key) => child.isEnabled(key),
    string: (_, child, key) => child.getVariation(key),
    all: (_, child) => child.getAllEvaluations(),
  },
  app: "import { createInstance } from '@featurevisor/sdk'; export default async (text, context) => createInstance({ datafile: text }).isEnabled('flag', context);",
};
