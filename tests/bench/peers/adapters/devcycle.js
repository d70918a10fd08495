import bucketing from '@devcycle/bucketing-assembly-script';
import { Cannot } from '../workload.js';

const { ProtobufTypes, instantiate } = bucketing;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @type {Record<import('../workload.js').Test['op'], string>} */
const OPS = { eq: '=', in: '=', lt: '<', endsWith: 'endWith', versionLt: '<', versionGe: '>=' };
/** Attributes that it knows, by its names; all others are custom data. @type {Record<string, string>} */
const KNOWN = { country: 'country', email: 'email', version: 'appVersion' };
const everybody = { operator: 'and', filters: [{ type: 'all', comparator: '=', values: [] }] };

/** 24 characters, as its ids are. @param {string} kind @param {number} number */
const id = (kind, number) => kind + String(number).padStart(23, '0');

/** @param {import('../workload.js').Test} test */
function filter({ attribute, op, value }) {
  const values = [value].flat();
  const rest = { comparator: OPS[op], values };
  if (KNOWN[attribute] !== undefined) return { type: 'user', subType: KNOWN[attribute], ...rest };
  return { type: 'user', subType: 'customData', dataKey: attribute, dataKeyType: typeof values[0] === 'number' ? 'Number' : 'String', ...rest };
}

/** @param {import('../workload.js').Flag} flag */
function feature(flag) {
  if (flag.kind === 'requires') throw new Cannot('no prerequisites');
  const values = flag.kind === 'rules' ? ['off', ...flag.rules.map(({ serve }) => serve)] : [true, false];
  const of = (/** @type {number} */ at) => id('a', flag.number * 100 + at);
  const serve = (/** @type {unknown} */ value, percentage = 1) => ({ _variation: of(values.indexOf(/** @type {never} */ (value))), percentage });
  const target = (/** @type {number} */ at, /** @type {object} */ filters, /** @type {object[]} */ distribution) => ({ _id: id('b', flag.number * 100 + at), _audience: { _id: id('c', flag.number * 100 + at), filters }, distribution });
  /** @type {object[]} */
  let targets;
  if (flag.kind === 'constant') targets = [target(0, everybody, [serve(true)])];
  else if (flag.kind === 'share') targets = [target(0, everybody, [serve(true, flag.percent / 100), serve(false, 1 - flag.percent / 100)])];
  else {
    targets = flag.rules.map(({ when, serve: value }, at) => target(at, { operator: 'and', filters: when.map(filter) }, [serve(value)]));
    targets.push(target(99, everybody, [serve('off')]));
  }
  return {
    _id: id('d', flag.number), type: 'release', key: flag.key, settings: { optInEnabled: false, publicName: '', publicDescription: '' },
    variations: values.map((value, at) => ({ _id: of(at), name: String(value), key: String(value), variables: [{ _var: id('e', flag.number), value }] })),
    configuration: { _id: id('f', flag.number), forcedUsers: {}, targets },
  };
}

/** Its memory only grows, to 625 MiB, and a configuration cannot be dropped: then another instance. @type {Promise<any> | undefined} */
let instance;

async function running() {
  const made = await instantiate();
  made.setPlatformData(JSON.stringify({ platform: 'NodeJS', platformVersion: '20', sdkType: 'server', sdkVersion: '1.0.0', hostname: 'bench' }));
  return made;
}

/** @param {any} engine @param {any} context @param {string} variableKey @param {number} variableType */
function variable({ module, sdkKey }, { user }, variableKey, variableType) {
  const asked = ProtobufTypes.VariableForUserParams_PB.create({ sdkKey, variableKey, variableType, shouldTrackEvent: false, user: ProtobufTypes.DVCUser_PB.create(user) });
  const answered = module.variableForUser_PB(ProtobufTypes.VariableForUserParams_PB.encode(asked).finish());
  return answered ? ProtobufTypes.SDKVariable_PB.decode(answered) : undefined;
}

const text = (/** @type {string} */ value) => ({ value, isNull: false });
const none = { isNull: true };

/** @type {import('./adapter.js').Adapter} */
export default {
  name: 'DevCycle', package: '@devcycle/bucketing-assembly-script', kind: 'WebAssembly', api: '`variableForUser_PB`, `generateBucketedConfigForUserUTF8`', note: 'AssemblyScript; called as its Node SDK calls it',
  write: (flags) => JSON.stringify({
    project: { _id: id('0', 0), key: 'bench', a0_organization: 'bench', settings: { edgeDB: { enabled: false } } }, environment: { _id: id('1', 0), key: 'bench' }, variableHashes: {}, audiences: {},
    variables: flags.map((flag) => ({ _id: id('e', flag.number), type: flag.kind === 'rules' ? 'String' : 'Boolean', key: flag.key })), features: flags.map(feature),
  }),
  load: async (text) => {
    const module = await (instance ??= running());
    // The same key again replaces the configuration, so a text of the same length takes the place of the one before.
    const sdkKey = `sdk-${text.length}`;
    module.setConfigDataUTF8(sdkKey, encoder.encode(text));
    return { module, sdkKey };
  },
  context: (_, { id: user_id, email, country, plan, age, version, device, logins }) => ({
    user: {
      user_id, email: text(email), name: none, language: none, country: text(country), appBuild: none, appVersion: text(version), deviceModel: none, privateCustomData: none,
      customData: { isNull: false, value: { plan: { type: 2, stringValue: plan }, age: { type: 1, doubleValue: age }, device: { type: 2, stringValue: device }, logins: { type: 1, doubleValue: logins } } },
    },
    whole: {
      user_id, email, country, appVersion: version, customData: { plan, age, device, logins }, platform: 'NodeJS', platformVersion: '20', createdDate: '2026-01-01T00:00:00.000Z',
      lastSeenDate: '2026-01-01T00:00:00.000Z', sdkType: 'server', sdkVersion: '1.0.0',
    },
  }),
  boolean: (engine, context, key) => variable(engine, context, key, 0)?.boolValue,
  string: (engine, context, key) => variable(engine, context, key, 2)?.stringValue,
  all: ({ module, sdkKey }, { whole }) => JSON.parse(decoder.decode(module.generateBucketedConfigForUserUTF8(sdkKey, encoder.encode(JSON.stringify(whole))))).variables,
  pick: (variables, key) => variables[key].value,
  close: ({ module }) => {
    if (module.memory.buffer.byteLength > 300 * 2 ** 20) instance = undefined;
  },
  app: "import bucketing from '@devcycle/bucketing-assembly-script/build/bucketing-lib.worker.js'; import protobuf from '@devcycle/bucketing-assembly-script/protobuf/compiled.js'; export default async (module, text, bytes) => { const { setConfigDataUTF8, variableForUser_PB } = await bucketing.instantiate(module); setConfigDataUTF8('key', text); return protobuf.SDKVariable_PB.decode(variableForUser_PB(protobuf.VariableForUserParams_PB.encode(bytes).finish())); };",
  wasm: ['@devcycle/bucketing-assembly-script/build/bucketing-lib.worker.wasm'],
};
