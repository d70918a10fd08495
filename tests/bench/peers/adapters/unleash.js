import { EventEmitter } from 'node:events';
import { Unleash } from 'unleash-client';
import { Cannot } from '../workload.js';

/** @type {Record<import('../workload.js').Test['op'], string>} */
const OPS = { eq: 'IN', in: 'IN', lt: 'NUM_LT', endsWith: 'STR_ENDS_WITH', versionLt: 'SEMVER_LT', versionGe: 'SEMVER_GTE' };

/** @param {import('../workload.js').Test} test */
const constraint = ({ attribute, op, value }) => ({
  contextName: attribute, operator: OPS[op], inverted: false, caseInsensitive: false,
  ...(op === 'eq' || op === 'in' || op === 'endsWith' ? { values: [value].flat() } : { values: [], value: String(value) }),
});

/** @param {import('../workload.js').Flag} flag */
function strategies(flag) {
  const rollout = (/** @type {number} */ percent) => ({ name: 'flexibleRollout', parameters: { rollout: String(percent), stickiness: 'userId', groupId: flag.key }, constraints: [] });
  if (flag.kind === 'constant') return [];
  if (flag.kind === 'share') return [rollout(flag.percent)];
  if (flag.kind === 'requires') throw new Cannot('a prerequisite may not have one itself');
  return flag.rules.map(({ when, serve }) => ({
    ...rollout(100), constraints: when.map(constraint), variants: [{ name: serve, weight: 1000, weightType: 'fix', stickiness: 'userId', payload: { type: 'string', value: serve } }],
  }));
}

/** @type {import('./adapter.js').Adapter} */
export default {
  name: 'Unleash', package: 'unleash-client', kind: 'JavaScript', platform: 'node', api: '`isEnabled`, `getVariant`', note: 'metrics off; all flags is a loop over their keys',
  write: (flags) => JSON.stringify({
    version: 2, features: flags.map((flag) => ({ name: flag.key, type: 'release', enabled: true, impressionData: false, variants: [], strategies: strategies(flag) })),
  }),
  load: async (text) => {
    const { features } = JSON.parse(text);
    const toggles = new Map(features.map((/** @type {any} */ feature) => [feature.name, feature]));
    const repository = Object.assign(new EventEmitter(), {
      getToggle: (/** @type {string} */ name) => toggles.get(name), getToggles: () => [...toggles.values()], getSegment: () => undefined, start: async () => {}, stop() {},
    });
    const client = new Unleash({
      appName: 'bench', url: 'http://127.0.0.1:9/', disableMetrics: true, disableAutoStart: true, skipInstanceCountWarning: true, repository: /** @type {any} */ (repository),
    });
    const ready = new Promise((done) => client.once('ready', done));
    repository.emit('ready');
    await ready;
    return client;
  },
  context: (_, { id, email, country, plan, age, version, device, logins }) => ({ userId: id, properties: { email, country, plan, age, version, device, logins } }),
  boolean: (client, context, key) => client.isEnabled(key, context),
  string: (client, context, key) => {
    const { enabled, name } = client.getVariant(key, context);
    return enabled ? name : 'off';
  },
  all: (client, context, keys) => {
    /** @type {Record<string, unknown>} */
    const answers = {};
    for (const key of keys) {
      if (key.startsWith('rules')) {
        const { enabled, name } = client.getVariant(key, context);
        answers[key] = enabled ? name : 'off';
      } else answers[key] = client.isEnabled(key, context);
    }
    return answers;
  },
  pick: (answers, key) => answers[key],
  close: (client) => client.destroy(),
  app: "import { Unleash } from 'unleash-client'; export default async (data, context) => { const client = new Unleash({ appName: 'app', url: 'http://127.0.0.1:9/', disableMetrics: true, bootstrap: { data } }); await new Promise((done) => client.once('ready', done)); return client.isEnabled('flag', context); };",
};
