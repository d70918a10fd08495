import { LogLevel, PollingMode, User, createConsoleLogger, getClient } from '@configcat/sdk';

/** Number of the comparison, the member that holds its value, and the value. @type {Record<import('../workload.js').Test['op'], [number, string, (value: any) => unknown]>} */
const OPS = {
  in: [0, 'l', (value) => value],
  versionLt: [6, 's', (value) => value],
  versionGe: [9, 's', (value) => value],
  lt: [12, 'd', (value) => value],
  eq: [28, 's', (value) => value],
  endsWith: [32, 'l', (value) => [value]],
};
/** Attributes that it knows by other names. @type {Record<string, string>} */
const NAMES = { country: 'Country', email: 'Email' };

/** @param {import('../workload.js').Test} test */
const condition = ({ attribute, op, value }) => {
  const [comparison, member, made] = OPS[op];
  return { u: { a: NAMES[attribute] ?? attribute, c: comparison, [member]: made(value) } };
};

/** @param {import('../workload.js').Flag} flag */
function written(flag) {
  const on = { v: { b: true }, i: `on${flag.number}` };
  const off = { v: { b: false }, i: `off${flag.number}` };
  if (flag.kind === 'constant') return { t: 0, ...on };
  if (flag.kind === 'share') return { t: 0, ...off, p: [{ p: flag.percent, ...on }, { p: 100 - flag.percent, ...off }] };
  if (flag.kind === 'requires') return { t: 0, ...off, r: [{ c: [{ p: { f: flag.flag, c: 0, v: { b: true } } }], s: on }] };
  return {
    t: 1, v: { s: 'off' }, i: `off${flag.number}`,
    r: flag.rules.map(({ when, serve }) => ({ c: when.map(condition), s: { v: { s: serve }, i: `${serve}-${flag.number}` } })),
  };
}

let clients = 0;

/** @type {import('./adapter.js').Adapter} */
export default {
  name: 'ConfigCat', package: '@configcat/sdk', kind: 'JavaScript', api: '`client.snapshot().getValue(key, fallback, user)`', note: 'offline, from its cache; all flags is a loop over their keys',
  write: (flags) => JSON.stringify({ p: { u: 'http://127.0.0.1:9', r: 0, s: 'salt' }, f: Object.fromEntries(flags.map((flag) => [flag.key, written(flag)])) }),
  load: async (text) => {
    const cached = { text: `${Date.now()}\n"etag"\n${text}` };
    // Clients are kept by their key.
    const key = `configcat-sdk-1/${String(clients++).padStart(22, '0')}/0123456789012345678901`;
    const cache = { get: async () => cached.text, set: async () => {} };
    const client = getClient(key, PollingMode.ManualPoll, { offline: true, logger: createConsoleLogger(LogLevel.Off), cache });
    await client.waitForReady();
    const snapshot = client.snapshot();
    cached.text = '';
    return { client, snapshot };
  },
  context: (_, { id, email, country, plan, age, version, device, logins }) => new User(id, email, country, { plan, age, version, device, logins }),
  boolean: ({ snapshot }, user, key) => snapshot.getValue(key, false, user),
  string: ({ snapshot }, user, key) => snapshot.getValue(key, 'off', user),
  all: ({ snapshot }, user, keys) => {
    /** @type {Record<string, unknown>} */
    const answers = {};
    for (const key of keys) answers[key] = snapshot.getValue(key, null, user);
    return answers;
  },
  pick: (answers, key) => answers[key],
  close: ({ client }) => client.dispose(),
  app: "import { PollingMode, User, getClient } from '@configcat/sdk'; export default async (text, { targetingKey }) => { const client = getClient('configcat-sdk-1/0123456789012345678901/0123456789012345678901', PollingMode.ManualPoll, { offline: true, cache: { get: async () => text, set: async () => {} } }); await client.waitForReady(); return client.snapshot().getValue('flag', false, new User(targetingKey)); };",
};
