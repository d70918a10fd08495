/** The conformance files through OpenFeature's providers, whatever answers them: nothing is lost on the way. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { OpenFeature as Server } from '@openfeature/server-sdk';
import { OpenFeature as Web } from '@openfeature/web-sdk';
import { createClient, createEdge, load } from 'serin';
import { SerinServerProvider } from 'serin/openfeature/server';
import { SerinWebProvider } from 'serin/openfeature/web';
import { FALLBACKS, revive, settle } from './matrix/decide.js';
import { files } from './support.js';

/** @typedef {keyof typeof FALLBACKS} Kind */
/** @typedef {{ provider: any, kill(keys: string[]): unknown, sdk?: 'web' | 'server' }} Front */

/** The clock, which tells providers the instant. */
let instant = 0;
const { now } = Date;
Date.now = () => instant;
after(() => void (Date.now = now));

const METHODS = { boolean: 'resolveBooleanEvaluation', string: 'resolveStringEvaluation', number: 'resolveNumberEvaluation', object: 'resolveObjectEvaluation' };
const GETTERS = { boolean: 'getBooleanDetails', string: 'getStringDetails', number: 'getNumberDetails', object: 'getObjectDetails' };

/** Every way in which a provider answers. @param {string} text @returns {Promise<Record<string, Front>>} */
async function fronts(text) {
  const [client, polled] = [createClient({ ruleset: text, readyTimeout: 60_000 }), createClient({ ruleset: text, readyTimeout: 60_000 })];
  const ruleset = await load(text);
  const edge = createEdge({ url: 'https://flags.example/', fetch: async () => new Response(text), maxAge: Infinity, timeout: 60_000 });
  await Promise.all([client.ready, polled.ready]);
  const { ruleset: edges } = await edge.at(null, {});
  return {
    web: { provider: new SerinWebProvider(client), kill: client.kill, sdk: 'web' },
    'a ruleset': { provider: new SerinServerProvider(ruleset), kill: (keys) => ruleset.kill(keys), sdk: 'server' },
    'an edge': { provider: new SerinServerProvider(edge), kill: (keys) => edges?.kill(keys) },
    polled: { provider: new SerinServerProvider(polled), kill: polled.kill },
  };
}

/** Which getter a case asks with. @param {any} ruleset @param {any} one @returns {Kind} */
function kindOf(ruleset, one) {
  if (one.type !== undefined) return one.type;
  const values = Object.values(ruleset.flags?.[one.flag]?.variants ?? {});
  const kind = typeof (one.expect.value ?? values[0]);
  return kind in FALLBACKS ? /** @type {Kind} */ (kind) : 'boolean';
}

/** Whether the SDK, which copies contexts, can pass it on. @param {any} context */
function passes(context) {
  try {
    return typeof context === 'object' && context !== null && !Array.isArray(context) && Object.keys({ ...context }).length >= 0;
  } catch {
    return false;
  }
}

let told = 0;
let throughSdk = 0;

for (const { name, text } of files('conformance')) {
  test(`conformance: ${name}`, async () => {
    const { ruleset, cases } = JSON.parse(text);
    for (const [front, { provider, kill, sdk }] of Object.entries(await fronts(JSON.stringify(ruleset)))) {
      if (sdk === 'web') await Web.setProviderAndWait(provider);
      if (sdk === 'server') await Server.setProviderAndWait(provider);
      for (const [at, one] of cases.entries()) {
        const kind = kindOf(ruleset, one);
        const fallback = FALLBACKS[kind];
        const context = revive(one.context ?? {});
        instant = settle(one.now);
        kill(one.killed ?? []);
        const { value, variant, reason, errorCode } = one.expect;
        const expected = { value: variant === undefined ? fallback : value, variant, reason, errorCode };
        /** @param {any} got @param {string} how */
        const compare = (got, how) => {
          const found = { value: got.value, variant: got.variant, reason: got.reason, errorCode: got.errorCode };
          // JSON writes -0 as 0.
          assert.deepEqual(JSON.parse(JSON.stringify(found)), JSON.parse(JSON.stringify(expected)), `${front}, ${how}: case ${at}`);
          assert.equal(typeof got.errorMessage, errorCode === undefined ? 'undefined' : 'string');
          told++;
        };
        compare(await provider[METHODS[kind]](one.flag, fallback, context, console), 'asked itself');
        if (sdk === undefined || !passes(context)) continue;
        throughSdk++;
        if (sdk === 'web') {
          await Web.setContext(context);
          compare(/** @type {any} */ (Web.getClient())[GETTERS[kind]](one.flag, fallback), 'through the SDK');
        } else {
          compare(await /** @type {any} */ (Server.getClient())[GETTERS[kind]](one.flag, fallback, context), 'through the SDK');
        }
      }
    }
  });
}

test('from each ruleset to the next, the flags whose decision changed are told: all of them, and no other', async () => {
  instant = settle(undefined);
  const all = files('conformance').map(({ text }) => JSON.parse(text));
  let events = 0;
  for (const [at, { ruleset, cases }] of all.entries()) {
    const texts = [ruleset, all[(at + 1) % all.length].ruleset].map((each) => JSON.stringify(each));
    const contexts = [...new Set(cases.map((/** @type {any} */ { context }) => JSON.stringify(context ?? {})))].filter((text) => !text.includes('"$"') && text.startsWith('{')).slice(0, 7).map((text) => JSON.parse(text));
    contexts.push({});
    let asked = 0;
    const client = createClient({ url: 'https://flags.example/', interval: Infinity, readyTimeout: 60_000, fetch: async () => new Response(texts[asked++]) });
    const provider = new SerinWebProvider(client);
    await provider.initialize({});
    /** @type {string[][]} */
    const told = [];
    provider.events.addHandler(/** @type {any} */ ('PROVIDER_CONFIGURATION_CHANGED'), (/** @type {any} */ { flagsChanged }) => void told.push(flagsChanged.sort()));
    for (const context of contexts) provider.resolveBooleanEvaluation('any', false, context);
    await client.refresh();
    const [before, after] = await Promise.all(texts.map((text) => load(text)));
    const says = (/** @type {any} */ from, /** @type {string} */ key, /** @type {any} */ context) => {
      const { variant, value } = from.details(key, context, undefined);
      return JSON.stringify([variant, value]);
    };
    const changed = [...new Set([...before.keys, ...after.keys])].filter((key) => contexts.some((context) => says(before, key, context) !== says(after, key, context)));
    await new Promise((resolve) => setTimeout(resolve, 2));
    assert.deepEqual(told, changed.length === 0 ? [] : [changed.sort()], `after file ${at}`);
    events += told.length;
    client.close();
  }
  assert.ok(events > 100, `${events} events`);
});

test('every front was asked, and most cases went through an SDK', () => {
  assert.ok(told > 4_000, `${told} answers`);
  assert.ok(throughSdk > told / 4, `${throughSdk} of them through an SDK`);
});
