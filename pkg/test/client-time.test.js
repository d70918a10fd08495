/** Time in an open page: ramps, windows and polling, while it is asleep, hidden, or its clock is set. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { createClient, document, record, settled } from './clients.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-12-01T00:00:00Z');
const at = (/** @type {number} */ ms) => new Date(ms).toISOString();

/** A flag that is on in a window. @param {number} from @param {number} [until] */
const window = (from, until) => ({
  variants: { on: true, off: false }, rules: [{ if: { time: { from: at(from), ...(until === undefined ? {} : { until: at(until) }) } }, serve: 'on' }], serve: 'off',
});

/** The page, as far as time goes: its document and its window. */
const page = new EventTarget();
const globals = /** @type {any} */ (globalThis);
beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: START });
  globals.document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  globals.addEventListener = page.addEventListener.bind(page);
  globals.removeEventListener = page.removeEventListener.bind(page);
});
afterEach(() => {
  mock.timers.reset();
  for (const name of ['document', 'addEventListener', 'removeEventListener']) delete globals[name];
});
/** @param {'visible' | 'hidden'} state */
function show(state) {
  globals.document.visibilityState = state;
  globals.document.dispatchEvent(new Event('visibilitychange'));
}

/** @param {Record<string, any>} flags */
async function open(flags) {
  const client = createClient({ ruleset: document(flags) });
  await settled();
  await client.ready;
  return { client, log: record(client) };
}

/** Counts the timers that are set, and remembers the last wait. */
function timers() {
  const seen = { set: 0, last: 0, longest: 0 };
  const { setTimeout } = globalThis;
  globals.setTimeout = (/** @type {any} */ fn, /** @type {number} */ ms, /** @type {any[]} */ ...rest) => {
    seen.set++;
    seen.last = ms;
    seen.longest = Math.max(seen.longest, ms);
    return setTimeout(fn, ms, ...rest);
  };
  return seen;
}

test('a window opens and closes at its instants, to the millisecond, with an event each', async () => {
  const { client, log } = await open({ sale: window(START + 5000, START + 9000), other: window(START - 5) });
  const seen = timers();
  mock.timers.tick(4999);
  assert.equal(client.boolean('sale', true), false);
  mock.timers.tick(1);
  assert.equal(client.boolean('sale', false), true);
  assert.deepEqual(log.of('change'), [{ keys: ['sale'] }]);
  mock.timers.tick(4000);
  assert.equal(client.boolean('sale', true), false);
  assert.equal(log.of('change').length, 2);
  mock.timers.tick(10 * DAY);
  assert.ok(seen.set < 2 + 10 * 24 + 2, `${seen.set} timers in ten days`);
  client.close();
});

test('a ramp moves by itself', async () => {
  const steps = [[1000, 0.001], [2000, 30], [3000, 100]].map(([after, percent]) => ({ at: at(START + after), percent }));
  const client = createClient({
    ruleset: document({ ramp: { variants: { on: true, off: false }, salt: 's', serve: { ramp: { variant: 'on', rest: 'off', steps } } } }),
    context: { targetingKey: 'user-1' },
  });
  await settled();
  assert.equal(client.boolean('ramp', true), false);
  mock.timers.tick(3000);
  assert.equal(client.boolean('ramp', false), true);
  client.close();
});

test('24.8 days and a millisecond: no timer is longer than an hour, and none is lost', async () => {
  const far = 2 ** 31 + 1;
  const seen = timers();
  const { client, log } = await open({ far: window(START + far) });
  mock.timers.tick(1000);
  assert.equal(client.boolean('far', true), false, 'a timer too long would have fired at once');
  for (let hour = 0; hour < 600; hour++) mock.timers.tick(Math.min(HOUR, START + far - 1 - Date.now()));
  assert.equal(client.boolean('far', true), false);
  mock.timers.tick(1);
  assert.equal(client.boolean('far', false), true);
  assert.equal(log.of('change').length, 1);
  assert.equal(seen.longest, HOUR);
  assert.ok(seen.set < 620, `${seen.set} timers`);
  client.close();
});

test('right after waking, by whichever event the page learns of it', async () => {
  for (const [target, event] of /** @type {const} */ ([['document', 'visibilitychange'], ['window', 'pageshow'], ['window', 'focus'], ['window', 'online']])) {
    const { setTimeout } = globalThis;
    // A machine that sleeps fires no timer.
    globals.setTimeout = () => undefined;
    const now = Date.now();
    const { client, log } = await open({ later: window(now + DAY) });
    mock.timers.setTime(now + DAY + 5);
    assert.equal(client.boolean('later', true), false);
    globals.setTimeout = setTimeout;
    (target === 'document' ? globals.document : page).dispatchEvent(new Event(event));
    assert.equal(client.boolean('later', false), true, event);
    assert.deepEqual(log.of('change'), [{ keys: ['later'] }]);
    client.close();
  }
});

test('a clock set back or forward across an instant is right after the next wake, without a busy loop', async () => {
  const { client, log } = await open({ sale: window(START + HOUR, START + 2 * HOUR) });
  mock.timers.tick(HOUR + 5);
  assert.equal(client.boolean('sale', false), true);
  const seen = timers();
  // Back by ten years. The mock's clock only goes forward, so the clock is replaced.
  const { now } = Date;
  let shift = -10 * 365 * DAY;
  Date.now = () => now.call(Date) + shift;
  try {
    page.dispatchEvent(new Event('focus'));
    assert.equal(client.boolean('sale', true), false);
    for (let turn = 0; turn < 50; turn++) page.dispatchEvent(new Event('focus'));
    assert.equal(log.of('change').length, 2, 'one for each crossing');
    mock.timers.tick(3 * HOUR);
    assert.equal(client.boolean('sale', true), false, 'the clock says ten years ago still');
    shift = -3 * HOUR;
    page.dispatchEvent(new Event('pageshow'));
    assert.equal(client.boolean('sale', false), true);
    shift = 0;
    mock.timers.tick(HOUR);
    assert.equal(client.boolean('sale', true), false, 'forward, and the hourly look finds it');
    assert.ok(seen.set < 70, `${seen.set} timers`);
  } finally {
    Date.now = now;
    client.close();
  }
});

test('a clock set back behind the last instant is found within the hour, also where no event tells', async () => {
  const { client } = await open({ sale: window(START + 1000, START + 2000) });
  mock.timers.tick(1000);
  mock.timers.tick(1000);
  assert.equal(client.boolean('sale', true), false);
  const { now } = Date;
  Date.now = () => now.call(Date) - HOUR - 500;
  try {
    mock.timers.tick(HOUR);
    assert.equal(client.boolean('sale', false), true);
  } finally {
    Date.now = now;
    client.close();
  }
});

test('a ruleset with an instant each millisecond moves four times a second', async () => {
  /** @type {Record<string, any>} */
  const flags = {};
  for (let flag = 0; flag < 1000; flag++) flags[`f${flag}`] = window(START + flag);
  const { client, log } = await open(flags);
  const seen = timers();
  for (let ms = 0; ms < 1000; ms++) mock.timers.tick(1);
  assert.ok(log.of('change').length <= 5, `${log.of('change').length} changes`);
  assert.ok(seen.set <= 10, `${seen.set} timers`);
  mock.timers.tick(1000);
  assert.equal(Object.values(client.all()).filter((value) => value === true).length, 1000);
  client.close();
});

test('without instants there is no timer, and closing ends the one there is', async () => {
  const seen = timers();
  const { client } = await open({ plain: { variants: { on: true }, serve: 'on' } });
  const before = seen.set;
  mock.timers.tick(10 * DAY);
  assert.equal(seen.set, before);
  client.close();
  const timed = await open({ sale: window(START + 20 * DAY) });
  timed.client.close();
  const set = seen.set;
  mock.timers.tick(30 * DAY);
  page.dispatchEvent(new Event('focus'));
  assert.equal(seen.set, set);
  assert.equal(timed.client.boolean('sale', true), false);
});

test('setContext in the meantime keeps the instants', async () => {
  const { client } = await open({ sale: { ...window(START + 5000), rules: [{ if: { all: [{ time: { from: at(START + 5000) } }, { attribute: 'a', op: 'eq', value: 1 }] }, serve: 'on' }] } });
  mock.timers.tick(2000);
  client.setContext({ a: 1 });
  mock.timers.tick(2999);
  assert.equal(client.boolean('sale', true), false);
  mock.timers.tick(1);
  assert.equal(client.boolean('sale', false), true);
  client.close();
});

test('setContext while the clock is wrong is right again when the clock is', async () => {
  const { client } = await open({ sale: { ...window(START - HOUR, START + DAY), rules: [{ if: { all: [{ time: { from: at(START - HOUR), until: at(START + DAY) } }, { attribute: 'a', op: 'exists' }] }, serve: 'on' }] } });
  const { now } = Date;
  Date.now = () => now.call(Date) - DAY;
  try {
    client.setContext({ a: 1 });
    assert.equal(client.boolean('sale', true), false);
  } finally {
    Date.now = now;
  }
  mock.timers.tick(HOUR);
  assert.equal(client.boolean('sale', false), true);
  client.close();
});

/** A host that counts, for the clock that the test holds. @param {Partial<import('../client.js').ClientOptions>} [options] */
function counting(options) {
  const host = { asked: [0].slice(1), fail: false };
  const fetch = async () => {
    host.asked.push(Date.now());
    return host.fail ? new Response('', { status: 500 }) : new Response(document({ a: { variants: { on: true }, serve: 'on' } }));
  };
  return { host, client: createClient({ url: 'https://cdn.example/rules.json', fetch, ...options }) };
}
/** Lets time pass, and what it starts be done. @param {number} ms @param {number} step */
async function pass(ms, step) {
  for (let passed = 0; passed < ms; passed += step) {
    mock.timers.tick(step);
    await settled();
  }
}

test('it asks again after the interval, give or take a tenth', async () => {
  const { host, client } = counting();
  await settled();
  assert.equal(host.asked.length, 1);
  await pass(53_000, 53_000);
  assert.equal(host.asked.length, 1);
  await pass(13_000, 13_000);
  assert.equal(host.asked.length, 2);
  await pass(20 * 60_000, 1000);
  assert.ok(host.asked.length >= 19 && host.asked.length <= 25, `${host.asked.length} questions`);
  const gaps = new Set(host.asked.slice(1).map((time, index) => time - host.asked[index]));
  assert.ok(gaps.size > 3, 'with jitter');
  client.close();
  const { length } = host.asked;
  await pass(10 * 60_000, 60_000);
  assert.equal(host.asked.length, length);
});

test('no interval asks more often than every five seconds, and Infinity once', async () => {
  const often = counting({ interval: 0 });
  const once = counting({ interval: Infinity });
  await settled();
  await pass(60_000, 500);
  assert.ok(often.host.asked.length > 8 && often.host.asked.length <= 15, `${often.host.asked.length} questions`);
  await pass(60 * DAY, DAY);
  assert.equal(once.host.asked.length, 1);
  often.client.close();
  once.client.close();
});

test('an interval of weeks is waited for, however long timers can be', async () => {
  const { host, client } = counting({ interval: 30 * DAY });
  await settled();
  await pass(26 * DAY, HOUR);
  assert.equal(host.asked.length, 1);
  await pass(8 * DAY, HOUR);
  assert.equal(host.asked.length, 2);
  client.close();
});

test('failures are followed by longer and longer waits, up to five minutes', async () => {
  const { host, client } = counting();
  const log = record(client);
  host.fail = true;
  await settled();
  await pass(2 * HOUR, 250);
  const gaps = host.asked.slice(1).map((time, index) => time - host.asked[index]);
  for (const [index, gap] of gaps.entries()) {
    const most = Math.min(1000 * 2 ** index, 300_000);
    assert.ok(gap >= most / 2 && gap <= most + 500, `wait ${index} was ${gap} ms`);
  }
  assert.ok(gaps.slice(0, 8).some((gap, index) => gap < 900 * 2 ** index), 'less by chance');
  assert.ok(gaps.length > 20 && gaps.length < 70, `${gaps.length} questions in two hours`);
  assert.equal(log.of('stale').length, 1);
  host.fail = false;
  // Back on the network: at once.
  const before = host.asked.length;
  page.dispatchEvent(new Event('online'));
  await settled();
  assert.equal(host.asked.length, before + 1);
  assert.equal(client.stale, false);
  page.dispatchEvent(new Event('online'));
  await settled();
  assert.equal(host.asked.length, before + 1, 'nothing had failed');
  client.close();
});

test('while nobody looks nothing is asked, and what is overdue is asked when somebody does', async () => {
  const { host, client } = counting();
  await settled();
  show('hidden');
  await pass(HOUR, 60_000);
  assert.equal(host.asked.length, 1);
  page.dispatchEvent(new Event('online'));
  await settled();
  assert.equal(host.asked.length, 1);
  show('visible');
  await settled();
  assert.equal(host.asked.length, 2);
  show('hidden');
  show('visible');
  page.dispatchEvent(new Event('focus'));
  page.dispatchEvent(new Event('pageshow'));
  await settled();
  assert.equal(host.asked.length, 2, 'nothing is overdue');
  await pass(70_000, 10_000);
  assert.equal(host.asked.length, 3, 'and it goes on');
  client.close();
});

test('a page that opens hidden asks once all the same', async () => {
  globals.document.visibilityState = 'hidden';
  const { host, client } = counting();
  await settled();
  assert.equal(host.asked.length, 1);
  assert.equal(client.boolean('a', false), true);
  client.close();
});

test('a clock set back by years does not stop the questions', async () => {
  const { host, client } = counting();
  await settled();
  const { now } = Date;
  Date.now = () => now.call(Date) - 10 * 365 * DAY;
  try {
    page.dispatchEvent(new Event('focus'));
    await settled();
    assert.equal(host.asked.length, 2, 'what the plan was worth is not known');
    for (let turn = 0; turn < 20; turn++) page.dispatchEvent(new Event('focus'));
    await settled();
    assert.equal(host.asked.length, 2);
    await pass(70_000, 10_000);
    assert.equal(host.asked.length, 3);
  } finally {
    Date.now = now;
    client.close();
  }
});
