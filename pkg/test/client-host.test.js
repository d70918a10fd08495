/** The client and its host: whatever the host does, the last good answers stay, and events say so. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, test } from 'node:test';
import { clientOf } from '../client.js';
import { createClient, createPageClient, document, fixed, record, settled, until, watchInstances } from './clients.js';
import { FAILURES, startHost } from './host.js';

/** @type {unknown[]} */
const unhandled = [];
process.on('unhandledRejection', (error) => unhandled.push(error));
after(() => assert.deepEqual(unhandled, [], 'nothing rejects that nobody hears'));

const blue = document({ colour: fixed('blue'), shape: fixed({ sides: [3] }) }, 1);
const red = document({ colour: fixed('red'), shape: fixed({ sides: [3] }) }, 2);
/** No polling. */
const HOW = { interval: Infinity, timeout: 20_000 };

/** @param {(host: Awaited<ReturnType<typeof startHost>>) => Promise<void>} body */
async function withHost(body) {
  const host = await startHost(blue);
  try {
    await body(host);
  } finally {
    await host.close();
  }
}

test('the ruleset of a host answers when it is there, also in pieces, compressed, without a type, slowly', () =>
  withHost(async (host) => {
    for (const make of [createClient, createPageClient]) {
      for (const mode of ['good', 'pieces', 'gzip', 'bare', 'wrong-type', 'slow']) {
        const client = make({ url: new URL(host.at(mode)), ...HOW });
        const log = record(client);
        assert.deepEqual(await client.ready, { source: 'network', stale: false }, mode);
        assert.equal(client.string('colour', ''), 'blue');
        assert.equal(client.revision, 1);
        assert.deepEqual(log.log.map(({ event }) => event), ['change', 'ready']);
        client.close();
      }
    }
  }));

for (const mode of FAILURES) {
  const timeout = mode === 'hanging' || mode === 'stalled' ? 400 : HOW.timeout;
  test(`a host that fails with ${mode}: the last good answers stay`, () =>
    withHost(async (host) => {
      // From the start:
      host.mode = mode;
      const first = createClient({ url: host.url, ...HOW, timeout, readyTimeout: 50 });
      const said = record(first);
      assert.deepEqual(await first.ready, { source: 'none', stale: true });
      assert.equal(first.string('colour', 'fallback'), 'fallback');
      await until(() => said.of('error').length > 0);
      assert.ok(['fetch', 'refused'].includes(said.codes()[0]), said.codes()[0]);
      assert.equal(said.of('stale').length, 1);
      // And it recovers, by itself: the first failure is followed by another question within a second.
      host.mode = 'good';
      await until(() => first.string('colour', '') === 'blue');
      assert.equal(first.stale, false);
      await until(() => said.of('fresh').length === 1);
      assert.deepEqual(said.of('ready'), [{ source: 'network', stale: false }]);
      first.close();

      // After a good answer:
      // To a question with an entity tag 304 is a good answer; a page's question has none.
      const client = (mode === '304' ? createPageClient : createClient)({ url: host.url, ...HOW, timeout });
      await client.ready;
      const shape = client.object('shape', {});
      const log = record(client);
      host.mode = mode;
      await client.refresh();
      assert.equal(client.string('colour', ''), 'blue');
      assert.equal(client.object('shape', {}), shape);
      assert.equal(client.stale, true);
      const [error] = log.of('error');
      assert.ok(error instanceof Error && ['fetch', 'refused'].includes(error.code));
      assert.ok(error.code !== 'refused' || error.diagnostics.length > 0);
      assert.deepEqual(log.of('stale'), [{ source: 'network' }]);
      assert.equal(log.of('change').length, 0);
      await client.refresh();
      assert.equal(log.of('stale').length, 1, 'once');
      host.mode = 'good';
      host.document = red;
      await client.refresh();
      assert.equal(client.string('colour', ''), 'red');
      assert.equal(client.object('shape', {}), shape, 'an equal object is the same, also of another ruleset');
      assert.equal(client.stale, false);
      assert.deepEqual(log.of('fresh'), [{ source: 'network' }]);
      assert.deepEqual(log.of('change'), [{ keys: ['colour'] }]);
      host.mode = mode;
      await client.refresh();
      assert.equal(log.of('stale').length, 2);
      client.close();
    }));
}

test('a host that says nothing of a document refused in its middle is asked no further', () =>
  withHost(async (host) => {
    host.mode = 'endless-nonsense';
    const client = createClient({ url: host.url, ...HOW });
    const log = record(client);
    await until(() => log.of('error').length > 0);
    assert.equal(log.codes()[0], 'refused', 'and not too-large, or a time-out: the first byte was enough');
    host.mode = 'good';
    await client.refresh();
    assert.equal(client.stale, false);
    log.clear();
    host.mode = 'endless-nonsense';
    await client.refresh();
    assert.deepEqual(log.codes(), ['refused'], 'and so is the first byte that differs from what is known');
    client.close();
  }));

test('a ruleset with faults inside flags is taken, and the faults are listed: a kill must arrive', () =>
  withHost(async (host) => {
    const client = createClient({ url: host.url, ...HOW });
    await client.ready;
    const log = record(client);
    host.document = document({ colour: fixed('blue', { enabled: false, off: 'off', variants: { it: 'blue', off: 'grey' } }), shape: { nonsense: true } }, 3);
    await client.refresh();
    assert.equal(client.string('colour', ''), 'grey');
    assert.equal(client.details('shape', null).errorCode, 'PARSE_ERROR');
    assert.deepEqual(log.codes(), ['faults']);
    const { message, diagnostics } = log.of('error')[0];
    assert.match(message, /shape/);
    assert.ok(diagnostics.length > 0 && diagnostics.every((/** @type {any} */ { flag, severity }) => flag === 'shape' && severity === 'error'));
    client.close();
  }));

test('sameness is judged on bytes: what is known is neither loaded nor a change', () =>
  withHost(async (host) => {
    for (const make of [createClient, createPageClient]) {
      const client = make({ url: host.url, ...HOW });
      await client.ready;
      const log = record(client);
      const shape = client.object('shape', {});
      const { made, restore } = watchInstances();
      for (const mode of ['good', 'pieces', 'gzip', 'bare']) {
        host.mode = mode;
        await client.refresh();
      }
      assert.equal(client.object('shape', {}), shape);
      assert.deepEqual(log.log, []);
      assert.equal(made.length, 0);
      for (const document of [`${blue}\n`, blue, `${blue.slice(0, -1)} }`, blue]) {
        host.mode = 'pieces';
        host.document = document;
        await client.refresh();
        assert.equal(client.string('colour', ''), 'blue');
      }
      assert.equal(made.length, 4, 'and what differs in a byte is');
      restore();
      assert.deepEqual(log.log, [], 'other bytes that decide the same change nothing');
      host.mode = 'good';
      client.close();
    }
  }));

test('outside a page the entity tag is sent, and 304 confirms; in a page no header is ours', () =>
  withHost(async (host) => {
    const client = createClient({ url: host.url, ...HOW });
    await client.ready;
    host.requests.length = 0;
    await client.refresh();
    assert.match(String(host.requests[0].headers['if-none-match']), /^"/);
    assert.equal(client.stale, false);
    client.close();
    const page = createPageClient({ url: host.url, ...HOW });
    await page.ready;
    host.requests.length = 0;
    await page.refresh();
    assert.deepEqual([host.requests[0].method, host.requests[0].headers['if-none-match']], ['GET', undefined]);
    page.close();
  }));

test('one question at a time, whoever asks however often, and closing ends it', () =>
  withHost(async (host) => {
    host.mode = 'slow';
    const client = createClient({ url: host.url, ...HOW });
    await settled();
    const asking = [client.refresh(), client.refresh(), client.refresh()];
    await client.ready;
    assert.equal(host.requests.length, 1);
    await Promise.all(asking);
    assert.equal(host.requests.length, 2, 'the first, and one for all that asked meanwhile');
    host.mode = 'hanging';
    const log = record(client);
    const asked = client.refresh();
    await until(() => host.requests.length === 3);
    client.close();
    await asked;
    await settled();
    assert.equal(client.string('colour', ''), 'blue');
    assert.deepEqual(log.log, [], 'nothing is told after the end');
    const early = createClient({ url: host.url, ...HOW });
    early.close();
    await settled();
    assert.equal(host.requests.length, 3, 'not even asked');
  }));

test('a client holds no process', () =>
  withHost(async (host) => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const ramp = { ...fixed('blue'), rules: [{ if: { time: { from: soon } }, serve: 'off' }] };
    host.document = document({ colour: ramp });
    const program = `
      import { createClient } from ${JSON.stringify(new URL('../entry/node.js', import.meta.url).href)};
      const client = createClient({ url: ${JSON.stringify(host.url)}, interval: 5000 });
      await client.ready;
      console.log(client.string('colour', ''));`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (text) => (said += text));
    const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
    const [code, signal] = await new Promise((ended) => child.once('close', (...how) => ended(how)));
    clearTimeout(late);
    assert.deepEqual([said, code, signal], ['blue\n', 0, null]);
    assert.equal(host.requests.length, 1, 'it ended before it would have asked again');
  }));

test('fetch and headers of the caller are used, and may do anything', () =>
  withHost(async (host) => {
    const client = createClient({ url: host.url, ...HOW, headers: { authorization: 'Bearer 5' } });
    await client.ready;
    assert.equal(host.requests[0].headers.authorization, 'Bearer 5');
    client.close();
    const odd = [
      () => {
        throw new Error('no');
      },
      async () => undefined, () => new Promise(() => {}), async () => new Response(new ReadableStream({ pull: (stream) => stream.error(new Error('cut')) })),
      async () => Promise.reject(Object.create(null)), async () => ({ ok: true, status: 200, body: { getReader: () => ({ read: async () => ({ done: false, value: 5 }) }) } }),
    ];
    for (const fetch of odd) {
      const client = createClient({ url: 'rules.json', fetch: /** @type {any} */ (fetch), ...HOW, timeout: 30 });
      const log = record(client);
      await until(() => log.of('error').length > 0);
      assert.equal(log.codes()[0], 'fetch');
      client.close();
    }
  }));

test('ready waits no longer than readyTimeout, and what comes later comes with events', () =>
  withHost(async (host) => {
    host.mode = 'slow';
    const client = createClient({ url: host.url, ...HOW, readyTimeout: 10 });
    const log = record(client);
    assert.deepEqual(await client.ready, { source: 'none', stale: true });
    assert.equal(log.of('ready').length, 0);
    await until(() => log.of('ready').length > 0);
    assert.deepEqual(log.of('ready'), [{ source: 'network', stale: false }]);
    assert.deepEqual(log.of('change'), [{ keys: ['colour', 'shape'] }]);
    client.close();
  }));

test('a ruleset of the options answers until the host has, and stays if the host fails', () =>
  withHost(async (host) => {
    host.document = red;
    const client = createClient({ url: host.url, ruleset: blue, ...HOW });
    assert.deepEqual(await client.ready, { source: 'ruleset', stale: true });
    assert.equal(client.string('colour', ''), 'blue');
    await until(() => client.string('colour', '') === 'red');
    assert.equal(client.stale, false);
    client.close();
    host.mode = '500';
    const other = createClient({ url: host.url, ruleset: blue, ...HOW });
    const log = record(other);
    await until(() => log.of('stale').length > 0);
    assert.equal(other.string('colour', ''), 'blue');
    assert.deepEqual(log.of('stale'), [{ source: 'ruleset' }]);
    other.close();
  }));

test("with updates 'next-load' a new ruleset waits, and its kills do not", () =>
  withHost(async (host) => {
    const flags = (/** @type {any} */ base, /** @type {any} */ more) => document({
      base: { variants: { on: true, off: false }, off: 'off', serve: 'on', ...base },
      top: { variants: { on: 'on', off: 'off' }, off: 'off', require: { flag: 'base', is: 'on' }, serve: 'on' },
      colour: fixed('blue'), ...more,
    });
    host.document = flags({}, {});
    const client = createClient({ url: host.url, ...HOW, updates: 'next-load' });
    await client.ready;
    const log = record(client);
    const seen = () => [client.boolean('base', false), client.string('top', ''), client.string('colour', ''), client.boolean('new', false)];
    assert.deepEqual(seen(), [true, 'on', 'blue', false]);
    host.document = flags({}, { colour: fixed('red'), new: fixed(true) });
    await client.refresh();
    assert.deepEqual(seen(), [true, 'on', 'blue', false], 'it waits');
    assert.equal(log.log.length, 0);
    assert.equal(client.stale, false);
    host.document = flags({ enabled: false }, { colour: fixed('green'), new: fixed(true) });
    await client.refresh();
    assert.deepEqual(seen(), [false, 'off', 'blue', false], 'off at once, and what depends on it');
    assert.deepEqual(log.of('change'), [{ keys: ['base', 'top'] }]);
    assert.equal(client.details('base', null).reason, 'DISABLED');
    client.kill(['colour']);
    client.kill([]);
    assert.equal(client.boolean('base', true), false, 'the kills of code are another matter');
    host.document = flags({}, { colour: fixed('red'), new: fixed(true) });
    await client.refresh();
    assert.deepEqual(seen(), [true, 'on', 'blue', false], 'revived');
    host.document = 'nonsense';
    await client.refresh();
    client.adopt();
    assert.deepEqual(seen(), [true, 'on', 'red', true], 'adopted: the last good one');
    assert.deepEqual(log.of('change').at(-1), { keys: ['colour', 'new'] });
    client.kill(['colour']);
    client.kill([]);
    assert.equal(client.string('colour', ''), 'red', 'what was killed after it was adopted is revived');
    client.adopt();
    host.mode = 'good';
    host.document = flags({ serve: 'off' }, {});
    await client.refresh();
    assert.equal(client.boolean('base', false), true, 'the next one waits again');
    client.close();
  }));

test('a context that adopts while it is read is a context of the ruleset that it brings', () =>
  withHost(async (host) => {
    const plan = { variants: { free: 'free', paid: 'paid' }, rules: [{ if: { attribute: 'plan', op: 'eq', value: 'paid' }, serve: 'paid' }], serve: 'free' };
    host.document = document({ plan }, 1);
    const client = createClient({ url: host.url, updates: 'next-load', ...HOW });
    await client.ready;
    host.document = document({ plan, more: fixed(true) }, 2);
    await client.refresh();
    client.setContext({ get plan() { client.adopt(); return 'paid'; } });
    assert.equal(client.revision, 2);
    assert.equal(client.string('plan', ''), 'paid');
    client.close();
  }));

test('a module that fails once is asked for again; one that never comes is said once', () =>
  withHost(async (host) => {
    let calls = 0;
    const { readFileSync } = await import('node:fs');
    const bytes = readFileSync(new URL('../wasm/core.wasm', import.meta.url));
    const flaky = clientOf(() => {
      if (calls++ < 2) throw new TypeError('the host of the module is away');
      return new WebAssembly.Module(bytes);
    });
    const client = flaky({ url: host.url, ...HOW, readyTimeout: 10 });
    const log = record(client);
    await client.ready;
    await until(() => client.string('colour', '') === 'blue');
    assert.deepEqual(log.codes(), ['module'], 'said once, though it failed twice');
    assert.equal(client.stale, false);
    client.close();
    // Forbidden for good: nothing is asked any more, and nobody waits.
    for (const error of [new WebAssembly.CompileError('refused'), new EvalError('refused')]) {
      host.requests.length = 0;
      const never = clientOf(() => Promise.reject(error))({ url: host.url, interval: 5000 });
      const said = record(never);
      assert.deepEqual(await never.ready, { source: 'none', stale: true });
      await settled();
      await never.refresh();
      assert.deepEqual(said.codes(), ['module']);
      assert.match(said.of('error')[0].message, /'wasm-unsafe-eval'/);
      assert.ok(host.requests.length <= 1);
      assert.equal(never.string('colour', 'fallback'), 'fallback');
      never.close();
    }
  }));

test('a host that fails before the module is there rejects nothing that nobody hears', async () => {
  const { readFileSync } = await import('node:fs');
  const bytes = readFileSync(new URL('../wasm/core.wasm', import.meta.url));
  let compile = () => {};
  const slow = clientOf(() => new Promise((resolve) => (compile = () => resolve(new WebAssembly.Module(bytes)))));
  const client = slow({ url: 'https://flags.example/', fetch: () => Promise.reject(new TypeError('offline')), ...HOW });
  const { codes } = record(client);
  // The `after` of this file would say so.
  await settled();
  compile();
  await until(() => codes().length > 0);
  assert.deepEqual(codes(), ['fetch']);
  client.close();
});

test('the ruleset of the options answers when the module comes after all, with and without a host', async () => {
  const { readFileSync } = await import('node:fs');
  const bytes = readFileSync(new URL('../wasm/core.wasm', import.meta.url));
  for (const url of [undefined, 'https://flags.example/']) {
    let calls = 0;
    const flaky = clientOf(() => {
      if (calls++ === 0) throw new TypeError('the host of the module is away');
      return new WebAssembly.Module(bytes);
    });
    const client = flaky({ url, ruleset: red, fetch: () => Promise.reject(new TypeError('offline')), readyTimeout: 10, ...HOW });
    const { codes } = record(client);
    await client.ready;
    await until(() => client.string('colour', '') === 'red');
    assert.equal(codes().filter((code) => code !== 'fetch').join(), 'module');
    client.close();
    // One that is refused is refused once.
    const refused = createClient({ url, ruleset: '{', fetch: () => Promise.reject(new TypeError('offline')), readyTimeout: 10, ...HOW });
    const said = record(refused);
    await refused.ready;
    for (let turn = 0; turn < 3; turn++) await refused.refresh();
    await settled();
    assert.equal(said.codes().filter((code) => code === 'refused').length, 1);
    refused.close();
  }
});
