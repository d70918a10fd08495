/** A page in which WebAssembly is forbidden lives on its snapshot, and says so once. */
import { createClient } from './node_modules/serin/entry/browser.js';

const snapshot = await (await fetch('/snapshot.json')).text();
const client = createClient({ url: '/ruleset.json', snapshot, context: { plan: 'paid' }, interval: 5000 });
/** @type {string[]} */
const codes = [];
client.on('error', ({ code }) => codes.push(code));
const first = client.string('plan', '');
const { source } = await client.ready;
for (const end = Date.now() + 20_000; codes.length === 0 && Date.now() < end; ) await new Promise((next) => setTimeout(next, 10));
// Longer than the first wait after a failure.
await new Promise((next) => setTimeout(next, 1500));
await fetch('/report', { method: 'POST', body: JSON.stringify({ first, source, codes, then: client.string('plan', '') }) });
