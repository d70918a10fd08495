import { FliptClient } from '@flipt-io/flipt-client-js/slim';
import { Cannot, versionNumber } from '../workload.js';
import { bytes } from '#flipt';

/** @type {Record<import('../workload.js').Test['op'], [string, string, (value: any) => string]>} */
const OPS = {
  eq: ['STRING', 'eq', String], in: ['STRING', 'isoneof', JSON.stringify], endsWith: ['STRING', 'suffix', String], lt: ['NUMBER', 'lt', String],
  versionLt: ['NUMBER', 'lt', (value) => String(versionNumber(value))], versionGe: ['NUMBER', 'gte', (value) => String(versionNumber(value))],
};
const dates = { createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' };

/** @param {import('../workload.js').Flag} flag */
function written(flag) {
  const base = { key: flag.key, name: flag.key, description: '', enabled: true, ...dates, rules: /** @type {unknown[]} */ ([]), rollouts: /** @type {unknown[]} */ ([]) };
  if (flag.kind === 'constant') return { ...base, type: 'BOOLEAN_FLAG_TYPE' };
  if (flag.kind === 'requires') throw new Cannot('no prerequisites');
  if (flag.kind === 'share') {
    return { ...base, type: 'BOOLEAN_FLAG_TYPE', enabled: false, rollouts: [{ type: 'THRESHOLD_ROLLOUT_TYPE', rank: 1, threshold: { percentage: flag.percent, value: true } }] };
  }
  const rules = flag.rules.map(({ when, serve }, at) => {
    const id = `${flag.number}-${at}`;
    const constraints = when.map(({ attribute, op, value }, position) => {
      const [type, operator, made] = OPS[op];
      return { id: `${id}-${position}`, type: `${type}_CONSTRAINT_COMPARISON_TYPE`, property: attribute, operator, value: made(value) };
    });
    return {
      id, rank: at + 1, segmentOperator: 'OR_SEGMENT_OPERATOR', segments: [{ key: id, name: id, matchType: 'ALL_SEGMENT_MATCH_TYPE', ...dates, constraints }],
      distributions: [{ id: `${id}-d`, ruleId: id, variantId: serve, variantKey: serve, variantAttachment: '', rollout: 100 }],
    };
  });
  return { ...base, type: 'VARIANT_FLAG_TYPE', rules };
}

/** @type {import('./adapter.js').Adapter} */
export default {
  name: 'Flipt', package: '@flipt-io/flipt-client-js', kind: 'WebAssembly', numbers: true, api: '`evaluateBoolean`, `evaluateVariant`, `evaluateBatch`', note: 'Rust; attributes must be strings',
  write: (flags) => JSON.stringify({ namespace: { key: 'default', name: 'default' }, flags: flags.map(written) }),
  load: async (text) => {
    let once = text;
    const answer = { ok: true, status: 200, statusText: 'OK', headers: { get: () => null } };
    const fetcher = async () => ({
      ...answer,
      json: async () => {
        const document = JSON.parse(once);
        once = '';
        return document;
      },
    });
    return FliptClient.init({ fetcher: /** @type {any} */ (fetcher), updateInterval: 0 }, { wasm: await bytes() });
  },
  context: (_, { id, email, country, plan, age, version, device, logins }) => ({
    entityId: id, context: { email, country, plan, age: String(age), version: String(versionNumber(version)), device, logins: String(logins) },
  }),
  boolean: (client, { entityId, context }, flagKey) => client.evaluateBoolean({ flagKey, entityId, context }).enabled,
  string: (client, { entityId, context }, flagKey) => client.evaluateVariant({ flagKey, entityId, context }).variantKey || 'off',
  all: (client, { entityId, context }, keys) => client.evaluateBatch(keys.map((flagKey) => ({ flagKey, entityId, context }))).responses,
  pick: (responses, key) => {
    const found = responses.map((/** @type {any} */ { booleanEvaluationResponse, variantEvaluationResponse }) => booleanEvaluationResponse ?? variantEvaluationResponse)
      .find((/** @type {any} */ { flagKey }) => flagKey === key);
    return 'enabled' in found ? found.enabled : found.variantKey || 'off';
  },
  close: (client) => client.engine.free(),
  app: "import { FliptClient } from '@flipt-io/flipt-client-js/slim'; export default async (fetcher, wasm, entityId, context) => (await FliptClient.init({ fetcher }, { wasm })).evaluateBoolean({ flagKey: 'flag', entityId, context }).enabled;",
  wasm: ['@flipt-io/flipt-client-js/dist/flipt_engine_wasm_js_bg.wasm'],
};
