/** What Node imports: a few files made of the package's modules. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RulesetError, load } from 'serin';
import * as inline from 'serin/inline';
import * as slim from 'serin/slim';
import { createTestClient } from 'serin/testing';
import { viewOf } from '../client/view.js';
import { nodeFiles } from '../build/node.mjs';
import { root } from './support.js';

const folder = join(root, 'pkg', 'node');

test('they are what the sources make', async () => {
  const made = await nodeFiles();
  const there = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  assert.deepEqual([...there.keys()].sort(), [...made.keys()].sort(), 'run node pkg/build/node.mjs');
  for (const [name, text] of made) assert.equal(there.get(name), text, `${name} is not of these sources: run node pkg/build/node.mjs`);
});

test('importing the package reads two of them, and the module as text is in none', () => {
  /** @type {Set<string>} */
  const read = new Set();
  /** @param {string} name */
  const follow = (name) => {
    if (read.has(name)) return;
    read.add(name);
    for (const [, path] of readFileSync(join(folder, name), 'utf8').matchAll(/^(?:import|export|\} from)[^;(]*?"\.\/([^"]+)"/gm)) follow(path);
  };
  follow('index.js');
  assert.equal(read.size, 2, [...read].join());
  for (const name of readdirSync(folder)) assert.ok(readFileSync(join(folder, name)).length < 150_000, name);
});

test('entries know what others make: errors, rulesets and clients are of one kind', async () => {
  assert.equal(inline.RulesetError, RulesetError);
  assert.equal(slim.RulesetError, RulesetError);
  await assert.rejects(inline.load('{'), RulesetError);
  const { load: other } = slim.withModule(new WebAssembly.Module(readFileSync(join(root, 'pkg', 'wasm', 'core.wasm'))));
  const ruleset = await other('{ "format": 1, "flags": {} }');
  assert.equal(ruleset.constructor, (await load('{ "format": 1, "flags": {} }')).constructor);
  // A client is known by a symbol that every copy of the package has.
  assert.ok(viewOf(createTestClient({})));
});

test('names in stack traces are those of the sources', async () => {
  const { stack } = await load('{').catch((error) => error);
  assert.match(stack, /RulesetError[^]*\bat open /);
});
