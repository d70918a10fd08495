/** In Node, Deno and Bun: decides every file through each entry, in the main thread and in a worker, and prints that. */
import { readFileSync } from 'node:fs';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { RulesetError, load } from 'serin';
import * as inline from 'serin/inline';
import { withModule } from 'serin/slim';
import { describe } from 'serin/messages';
import { decide } from './decide.js';

const here = process.argv[2] ?? '.';
const files = JSON.parse(readFileSync(`${here}/cases.json`, 'utf8'));
const decisions = await decide(load, files);
if (!isMainThread) {
  parentPort.postMessage(decisions);
} else {
  const module = WebAssembly.compile(readFileSync(`${here}/node_modules/serin/wasm/core.wasm`));
  const refused = await load('{ "format": 2, "flags": {} }').catch((error) => error);
  const worker = await new Promise((resolve, reject) => {
    new Worker(new URL(import.meta.url), { argv: [here] }).once('message', resolve).once('error', reject);
  });
  console.log(JSON.stringify({
    main: decisions, worker,
    inline: await decide(inline.load, files),
    slim: await decide(withModule(module).load, files),
    refused: refused instanceof RulesetError && refused instanceof inline.RulesetError,
    message: describe(refused.diagnostics[0], '{ "format": 2, "flags": {} }').message,
  }));
}
