import { deserializePoll } from '@launchdarkly/js-server-sdk-common';
import { basicLogger, init } from '@launchdarkly/node-server-sdk';

/** @type {Record<import('../workload.js').Test['op'], { op: string, negate?: true }>} */
const OPS = {
  eq: { op: 'in' }, in: { op: 'in' }, lt: { op: 'lessThan' }, endsWith: { op: 'endsWith' }, versionLt: { op: 'semVerLessThan' }, versionGe: { op: 'semVerLessThan', negate: true },
};

/** @param {import('../workload.js').Test} test */
const clause = ({ attribute, op, value }) => ({
  contextKind: 'user', attribute: attribute.includes('.') ? `/${attribute.replaceAll('.', '/')}` : attribute, negate: false, ...OPS[op], values: Array.isArray(value) ? value : [value],
});

/** @param {import('../workload.js').Flag} flag */
function written(flag) {
  const base = {
    key: flag.key, version: 1, on: true, prerequisites: /** @type {unknown[]} */ ([]), targets: [], contextTargets: [], rules: /** @type {unknown[]} */ ([]), salt: `salt-${flag.number}`,
    variations: /** @type {unknown[]} */ ([true, false]), fallthrough: /** @type {unknown} */ ({ variation: 0 }), offVariation: 1, trackEvents: false, clientSide: false,
  };
  if (flag.kind === 'requires') base.prerequisites = [{ key: flag.flag, variation: 0 }];
  if (flag.kind === 'share') {
    const weight = flag.percent * 1000;
    base.fallthrough = { rollout: { contextKind: 'user', bucketBy: 'key', variations: [{ variation: 0, weight }, { variation: 1, weight: 100_000 - weight }] } };
  }
  if (flag.kind === 'rules') {
    base.variations = ['off', ...flag.rules.map(({ serve }) => serve)];
    base.offVariation = 0;
    base.rules = flag.rules.map(({ when }, at) => ({ id: `rule-${at}`, variation: at + 1, trackEvents: false, clauses: when.map(clause) }));
  }
  return base;
}

/** @type {import('./adapter.js').Adapter} */
export default {
  name: 'LaunchDarkly', package: '@launchdarkly/node-server-sdk', kind: 'JavaScript', platform: 'node', later: true, api: '`await client.variation`, `allFlagsState`', note: 'events off; a promise for each answer',
  write: (flags) => JSON.stringify({ segments: {}, flags: Object.fromEntries(flags.map((flag) => [flag.key, written(flag)])) }),
  load: async (text) => {
    let once = text;
    const client = init('sdk-key', {
      sendEvents: false, diagnosticOptOut: true, logger: basicLogger({ level: 'none' }),
      updateProcessor: (_, updates, ready) => ({
        start: () => {
          const { flags, segments } = /** @type {{ flags: any, segments: any }} */ (deserializePoll(once));
          once = '';
          updates.init({ features: flags, segments }, ready);
        },
        stop() {},
        close() {},
      }),
    });
    await client.waitForInitialization({ timeout: 60 });
    return client;
  },
  context: (_, { id, email, country, plan, age, version, device, logins }) => ({ kind: 'user', key: id, email, country, plan, age, version, device, logins }),
  nested: (_, { id, company }) => ({ kind: 'user', key: id, company }),
  boolean: (client, context, key) => client.variation(key, context, false),
  string: (client, context, key) => client.variation(key, context, 'off'),
  all: (client, context) => client.allFlagsState(context),
  pick: (state, key) => state.getFlagValue(key),
  close: (client) => client.close(),
  app: "import { init } from '@launchdarkly/node-server-sdk'; export default async (store, context) => { const client = init('sdk-key', { sendEvents: false, featureStore: store, offline: true }); await client.waitForInitialization(); return client.variation('flag', context, false); };",
};
