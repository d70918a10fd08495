/**
 * The page of the tests, under its host's content security policy: does each part, and posts what came
 * out. The installed package is imported as it lies, file by file.
 */
import { decide } from './decide.js';

const GOOD = '{ "format": 1, "flags": { "good": { "variants": { "yes": "yes" }, "serve": "yes" } } }';
const answer = async (/** @type {(source: string) => Promise<any>} */ load) => (await load(GOOD)).string('good', {}, 'no');
const other = new URL(location.href).searchParams.get('other') ?? '';
/** Another copy of the entry, from another address, with nothing compiled yet. @param {string} path */
const entry = (path) => import(`${path}/entry/browser.js`);

const parts = {
  main: async () => decide((await entry('/node_modules/serin')).load, await (await fetch('/cases.json')).json()),
  worker: async () => {
    const worker = new Worker('/worker.js', { type: 'module' });
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
  },
  inline: async () => answer((await import('/node_modules/serin/entry/inline.js')).load),
  bundled: async () => answer((await import('/bundle.js')).load),
  slim: async () => {
    const { withModule } = await import('/node_modules/serin/entry/slim.js');
    return answer(withModule(WebAssembly.compileStreaming(fetch('/node_modules/serin/wasm/core.wasm'))).load);
  },
  'from another host': async () => {
    const { load } = await entry('/node_modules/serin');
    return (await load(await fetch(other, { credentials: 'omit' }))).string('good', {}, 'no');
  },
  client: async () => {
    const { createClient } = await entry('/node_modules/serin');
    const client = createClient({ url: other, context: {} });
    const { source } = await client.ready;
    return [source, client.string('good', 'no')];
  },
  'wrong content type': async () => answer((await entry('/octets/serin')).load),
  'no compileStreaming': async () => {
    const { compileStreaming } = WebAssembly;
    // As in Safari 14 and in lockdown modes of others.
    delete /** @type {any} */ (WebAssembly).compileStreaming;
    try {
      return await answer((await entry('/plain/serin')).load);
    } finally {
      WebAssembly.compileStreaming = compileStreaming;
    }
  },
  'a host that fails once': async () => {
    const { load } = await entry('/once/serin');
    const first = await load(GOOD).then(() => 'loaded', (/** @type {Error} */ error) => error.message);
    return [first, await answer(load)];
  },
};

/** @type {Record<string, unknown>} */
const report = {};
for (const [name, part] of Object.entries(parts)) {
  report[name] = await part().catch((/** @type {unknown} */ error) => `failed: ${error}`);
}
await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
