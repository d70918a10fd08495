/**
 * The features of OpenFeature's specification, on both providers. They are not part of this repository:
 * SERIN_OPENFEATURE_SPEC names a folder that has them, a checkout of open-feature/spec in its `specification/assets`.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as serverSdk from '@openfeature/server-sdk';
import * as webSdk from '@openfeature/web-sdk';
import { SerinServerProvider } from 'serin/openfeature/server';
import { SerinWebProvider } from 'serin/openfeature/web';
import { clientOf } from '../client.js';
import { until } from './clients.js';
import { runner, scenarios } from './matrix/gherkin.js';
import { steps } from './matrix/openfeature-steps.js';

const folder = process.env.SERIN_OPENFEATURE_SPEC;

/**
 * Scenarios that are not run, by feature and name, and where only some examples are meant by what one of their
 * steps says; and how many these are.
 * @type {{ sdk?: 'web' | 'server', feature: string, name?: string, step?: RegExp, count: number, reason: string }[]}
 */
const SKIPPED = [
  { feature: 'evaluation_v2', name: 'CACHED reason', count: 2, reason: 'serin decides each time, and the reason says how' },
  { sdk: 'web', feature: 'evaluation_v2', name: 'Asynchronous flag evaluation', count: 5, reason: 'the web SDK evaluates synchronously' },
  { sdk: 'web', feature: 'contextMerging', step: /"(?:Transaction|Client|Invocation|Before Hooks)"/, count: 23, reason: 'the web SDK has one context for each domain' },
];

/** flagd's flags as a ruleset of ours. @param {Record<string, any>} flags */
function translated(flags) {
  const all = Object.entries(flags).map(([key, { variants, defaultVariant, disabled, flagMetadata, contextEvaluator }]) => [key, {
    variants,
    ...(disabled ? { enabled: false } : {}),
    ...(contextEvaluator ? { rules: [rule(contextEvaluator)] } : {}),
    ...(defaultVariant ? { serve: defaultVariant } : {}),
    ...(flagMetadata ? { metadata: flagMetadata } : {}),
  }]);
  // The features ask for this flag, and the flags beside them lack it.
  const is = (/** @type {string} */ attribute, /** @type {unknown} */ value) => ({ attribute, op: 'eq', value });
  const aware = {
    variants: { internal: 'INTERNAL', external: 'EXTERNAL' }, serve: 'external',
    rules: [{ if: { all: [is('fn', 'Sulisław'), is('ln', 'Świętopełk'), is('age', 29), is('customer', false)] }, serve: 'internal' }],
  };
  return { format: 1, flags: { 'context-aware': aware, ...Object.fromEntries(all) } };
}

/** An expression of the form `a && b ? 'variant' : ''`. @param {string} expression */
function rule(expression) {
  const [conditions, rest] = expression.split(' ? ');
  const all = conditions.split(' && ').map((condition) => {
    const [, not, attribute, op, value] = /^(!?)(\w+)(?: (==|>) (.*))?$/.exec(condition) ?? assert.fail(condition);
    if (op === undefined) return { attribute, op: 'eq', value: not === '' };
    return { attribute, op: op === '==' ? 'eq' : 'gt', value: JSON.parse(value.replaceAll("'", '"')) };
  });
  const [, serve] = /^'(.+)' : ''$/.exec(rest) ?? assert.fail(rest);
  return { if: { all }, serve };
}

/** A host that serves a document once, and then is gone. @param {string} text */
function host(text) {
  let asked = 0;
  return async () => (asked++ === 0 ? new Response(text) : new Response('', { status: 503 }));
}

/** How each state comes about. @param {string} document @returns {Record<string, () => any>} */
const STATES = (document) => ({
  stable: () => ({ ruleset: document, readyTimeout: 60_000 }),
  'not ready': () => ({ url: 'https://flags.example/', fetch: () => new Promise(() => {}), readyTimeout: 60_000 }),
  error: () => ({ url: 'https://flags.example/', fetch: async () => new Response('', { status: 500 }), interval: Infinity, readyTimeout: 10 }),
  fatal: () => clientOf(() => Promise.reject(new WebAssembly.CompileError('refused')))({ ruleset: document }),
  stale: () => clientOf(module)({ url: 'https://flags.example/', fetch: host(document), interval: Infinity, readyTimeout: 60_000 }),
});
const module = () => new WebAssembly.Module(readFileSync(new URL('../wasm/core.wasm', import.meta.url)));

/** A scenario's world. @param {'web' | 'server'} name @param {string} document */
function world(name, document) {
  const sdk = /** @type {any} */ (name === 'web' ? webSdk : serverSdk);
  const { OpenFeature } = sdk;
  OpenFeature.setLogger({ error() {}, warn() {}, info() {}, debug() {} });
  OpenFeature.clearHooks();
  if (name === 'server') OpenFeature.setTransactionContextPropagator(new serverSdk.AsyncLocalStorageTransactionContextPropagator());
  const client = OpenFeature.getClient();
  client.clearHooks();
  const transaction = {};
  const hooks = /** @type {any[]} */ ([]);
  const made = {
    client: () => client,
    /** The evaluation's own context. @type {Record<string, any>} */
    context: {},
    merged: /** @type {any} */ (undefined),
    hooked: /** @type {{ name: string, stage: string, details?: any }[]} */ ([]),
    details: /** @type {any} */ (undefined),
    last: /** @type {any} */ (undefined),
    /** @param {string} state */
    async register(state) {
      const Provider = /** @type {any} */ (name === 'web' ? SerinWebProvider : SerinServerProvider);
      const given = STATES(document)[state]();
      const provider = new Provider(given);
      const resolve = provider.resolveBooleanEvaluation.bind(provider);
      provider.resolveBooleanEvaluation = (/** @type {any[]} */ ...asked) => {
        made.merged = asked[2];
        return resolve(...asked);
      };
      await OpenFeature.clearProviders();
      if (name === 'server') client.setContext({});
      if (state === 'not ready') OpenFeature.setProvider(provider);
      else await OpenFeature.setProviderAndWait(provider).catch(() => {});
      if (state === 'stale') await given.refresh().then(() => until(() => client.providerStatus === 'STALE'));
    },
    /** @param {string} type @param {'Boolean' | 'String' | 'Number' | 'Object'} kind @param {string} key @param {any} fallback */
    ask(type, kind, key, fallback) {
      made.last = [type, kind, key, fallback];
      const getter = `get${kind}Details`;
      if (name === 'web') return client[getter](key, fallback, { hooks });
      const asking = () => client[getter](key, fallback, made.context, { hooks });
      return new Promise((resolve, reject) => OpenFeature.setTransactionContext(transaction, () => void asking().then(resolve, reject)));
    },
    /** @type {(...asked: [string, 'Boolean' | 'String' | 'Number' | 'Object', string, any]) => Promise<void>} */
    async evaluate(...asked) {
      // An empty one makes the SDK take a provider that is not ready for one that is.
      if (name === 'web' && Object.keys({ ...made.context, ...OpenFeature.getContext() }).length > 0) await OpenFeature.setContext(made.context);
      made.details = await made.ask(...asked);
    },
    /** @param {string} called @param {boolean} [once] in the options of the evaluation */
    addHook(called, once) {
      const hook = Object.fromEntries(['before', 'after', 'error', 'finally'].map((stage) => [stage, (/** @type {any} */ _, /** @type {any} */ details) => void made.hooked.push({ name: called, stage, details })]));
      if (once) hooks.push(hook);
      else client.addHooks(hook);
    },
    /** @param {string} level @param {string} key @param {string} value */
    enter(level, key, value) {
      const entry = { [key]: value };
      if (name === 'web' || level === 'Invocation') Object.assign(made.context, entry);
      else if (level === 'API') OpenFeature.setContext({ ...OpenFeature.getContext(), ...entry });
      else if (level === 'Transaction') Object.assign(transaction, entry);
      else if (level === 'Client') client.setContext({ ...client.getContext(), ...entry });
      else hooks.push({ before: () => entry });
    },
    async end() {
      await OpenFeature.clearProviders();
      await OpenFeature.setContext({});
    },
  };
  return made;
}

if (folder === undefined) {
  test('the features of the specification', (t) => t.skip('NOT TESTED: set SERIN_OPENFEATURE_SPEC to a folder of open-feature/spec that has `gherkin`'));
} else {
  const features = [join(folder, 'gherkin'), join(folder, 'specification', 'assets', 'gherkin')].find((path) => existsSync(path)) ?? folder;
  const all = scenarios(features);
  const document = JSON.stringify(translated(JSON.parse(readFileSync(join(features, 'test-flags.json'), 'utf8'))));
  const run = runner(steps);

  for (const sdk of /** @type {const} */ (['web', 'server'])) {
    const skips = SKIPPED.filter((skip) => skip.sdk === undefined || skip.sdk === sdk);
    const counts = new Map(skips.map((skip) => [skip, 0]));
    for (const scenario of all) {
      const { feature, name, steps: asked } = scenario;
      const skip = skips.find((skip) => skip.feature === feature && (skip.name ?? name) === name && (!skip.step || asked.some(({ text }) => skip.step?.test(text))));
      test(`${sdk}: ${feature}: ${name}`, { timeout: 60_000 }, async (t) => {
        if (skip !== undefined) {
          counts.set(skip, Number(counts.get(skip)) + 1);
          return t.skip(skip.reason);
        }
        const made = world(sdk, document);
        try {
          await run(scenario, made);
        } finally {
          await made.end();
        }
      });
    }
    test(`${sdk}: no scenario was skipped but those that are listed`, (t) => {
      const skipped = [...counts.values()].reduce((sum, count) => sum + count, 0);
      t.diagnostic(`${all.length - skipped} scenarios run, ${skipped} skipped`);
      assert.ok(all.length > 100, `${all.length} scenarios`);
      for (const [{ name, feature, count }, found] of counts) assert.equal(found, count, `${feature}: ${name ?? ''}`);
    });
  }
}
