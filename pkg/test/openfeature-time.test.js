/** Ramps and windows behind OpenFeature: time alone changes a decision, and an event says so. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { OpenFeature as Server, ProviderEvents as ServerEvents } from '@openfeature/server-sdk';
import { OpenFeature as Web, ProviderEvents as WebEvents } from '@openfeature/web-sdk';
import { SerinServerProvider } from 'serin/openfeature/server';
import { SerinWebProvider } from 'serin/openfeature/web';
import { document, fixed, settled } from './clients.js';
import { listen } from './openfeature.js';

const START = Date.parse('2026-12-01T00:00:00Z');
const HOUR = 3_600_000;
const steps = [{ at: new Date(START + HOUR).toISOString(), percent: 40 }, { at: new Date(START + 2 * HOUR).toISOString(), percent: 100 }];
const ruleset = document({ ramped: { variants: { on: true, off: false }, salt: 's', serve: { ramp: { variant: 'on', rest: 'off', steps } } }, other: fixed(true) });

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: START }));
afterEach(async () => {
  mock.timers.reset();
  await Promise.all([Web.clearProviders(), Server.clearProviders()]);
});

/** Time passes, and what it brings is told. @param {number} time */
async function pass(time) {
  mock.timers.tick(time);
  mock.timers.tick(1);
  await settled();
}

test('a ramp that moves is an event for the flag, when it moves for a context that was asked for', async () => {
  const provider = new SerinWebProvider({ ruleset });
  // One of these is within the first 40 percent and the other is not.
  await Web.setProviderAndWait('early', provider, { targetingKey: 'c' });
  await Web.setProviderAndWait('late', provider, { targetingKey: 'a' });
  const [early, late] = [Web.getClient('early'), Web.getClient('late')];
  const values = () => [early.getBooleanValue('ramped', false), late.getBooleanValue('ramped', false)];
  assert.deepEqual(values(), [false, false]);
  const { log } = listen(early, WebEvents);
  await pass(0);
  log.splice(0);
  await pass(HOUR);
  assert.deepEqual(log, [{ event: 'CONFIGURATION_CHANGED', flags: ['ramped'], message: undefined }]);
  assert.deepEqual(values(), [true, false]);
  await pass(HOUR);
  assert.deepEqual(log.map(({ flags }) => flags), [['ramped'], ['ramped']]);
  assert.deepEqual(values(), [true, true]);
});

test('a step that moves nobody who was asked for is no event', async () => {
  await Web.setProviderAndWait(new SerinWebProvider({ ruleset }), { targetingKey: 'a' });
  const { log } = listen(Web.getClient(), WebEvents);
  await pass(0);
  log.splice(0);
  await pass(HOUR);
  assert.deepEqual(log, []);
});

test('a server hears of every step, as it has too many contexts to compare', async () => {
  await Server.setProviderAndWait(new SerinServerProvider({ ruleset }));
  const { log } = listen(Server.getClient(), ServerEvents);
  await pass(0);
  log.splice(0);
  await pass(HOUR);
  assert.deepEqual(log, [{ event: 'CONFIGURATION_CHANGED', flags: undefined, message: undefined }]);
  assert.equal(await Server.getClient().getBooleanValue('ramped', false, { targetingKey: 'c' }), true);
});
