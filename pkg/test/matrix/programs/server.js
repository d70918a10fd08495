/** In Node, Deno and Bun: decides every file through each entry, in the main thread and in a worker, and prints that. */
import { readFileSync } from 'node:fs';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { RulesetError, createClient, createEdge, load } from 'serin';
import * as inline from 'serin/inline';
import { withModule } from 'serin/slim';
import { describe } from 'serin/messages';
import { memoryStore } from 'serin/storage';
import { createTestClient } from 'serin/testing';
import { decide } from './decide.js';

const [, , here, url] = process.argv;
const files = JSON.parse(readFileSync(`${here}/cases.json`, 'utf8'));
const decisions = await decide(load, files);
if (!isMainThread) {
  parentPort.postMessage(decisions);
} else {
  const module = WebAssembly.compile(readFileSync(`${here}/node_modules/serin/wasm/core.wasm`));
  const refused = await load('{ "format": 2, "flags": {} }').catch((error) => error);
  const worker = await new Promise((resolve, reject) => {
    new Worker(new URL(import.meta.url), { argv: [here, url] }).once('message', resolve).once('error', reject);
  });
  const client = createClient({ url, context: {}, store: memoryStore() });
  const { source } = await client.ready;
  const edge = await createEdge({ url, timeout: 20_000 }).at(null, {});
  console.log(JSON.stringify({
    main: decisions, worker,
    inline: await decide(inline.load, files),
    slim: await decide(withModule(module).load, files),
    refused: refused instanceof RulesetError && refused instanceof inline.RulesetError,
    client: [source, client.string('good', 'no'), createTestClient({ good: 'yes' }).string('good', 'no')],
    edge: edge.string('good', 'no'),
    message: describe(refused.diagnostics[0], '{ "format": 2, "flags": {} }').message,
  }));
  client.close();
}
