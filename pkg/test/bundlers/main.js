/** The page of every bundler: decides each file, lets a client answer, and posts what came out. */
import { createClient, load } from 'serin';
import { decide } from './decide.js';

const GOOD = '{ "format": 1, "flags": { "good": { "variants": { "yes": "yes" }, "serve": "yes" } } }';
/** A development server takes no report, so the address may name another host. */
const host = new URL(location.href).searchParams.get('host') ?? '';

/** @type {string[]} */
const errors = [];
const main = await decide(load, await (await fetch(`${host}/cases.json`)).json()).catch((error) => `${error}`);
const client = createClient({ ruleset: GOOD, context: {} });
client.on('error', ({ message }) => errors.push(message));
await client.ready;
await fetch(`${host}/report`, { method: 'POST', body: JSON.stringify({ main, client: client.string('good', 'no'), errors }) });
