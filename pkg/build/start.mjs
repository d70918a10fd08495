/**
 * `npm start`: builds the package and evaluates the example ruleset through it, fetched over HTTP
 * from a small static host on loopback, as a page or an edge function would fetch it.
 */
import { createReadStream, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { root, run } from './setup.mjs';

const example = join(root, 'examples', 'shop');
/** The example's ramps and sales are written around this instant. */
const NOW = Date.parse('2026-12-02T12:00:00Z');

run(process.execPath, [join(root, 'pkg', 'build', 'build.mjs')]);
const { load } = await import('../entry/node.js');

const host = createServer((request, response) => {
  if (request.url !== '/ruleset.json') return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  createReadStream(join(example, 'ruleset.json')).pipe(response);
});
await new Promise((listening) => host.listen(0, '127.0.0.1', () => listening(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (host.address());
const url = `http://127.0.0.1:${port}/ruleset.json`;

try {
  const ruleset = await load(await fetch(url));
  console.log(`\nloaded ${url}: ${ruleset.keys.length} flags, revision ${ruleset.revision}, ${ruleset.diagnostics.length} diagnostics`);
  console.log(`the instant is ${new Date(NOW).toISOString()}\n`);

  /** @type {{ name: string, context: object }[]} */
  const contexts = JSON.parse(readFileSync(join(example, 'contexts.json'), 'utf8'));
  const width = Math.max(...ruleset.keys.map((key) => key.length));
  for (const { name, context } of contexts.slice(0, 3)) {
    console.log(`${name}: ${JSON.stringify(context)}`);
    const bound = ruleset.context(context, { now: NOW });
    for (const key of ruleset.keys) {
      const { value, variant, reason, rule, ruleIndex, errorCode } = ruleset.details(key, bound, null);
      const by = rule ?? (ruleIndex === undefined ? '' : `rule ${ruleIndex}`);
      console.log(`  ${key.padEnd(width)}  ${(variant ?? '-').padEnd(12)} ${(errorCode ?? reason).padEnd(16)} ${by.padEnd(20)} ${JSON.stringify(value)}`);
    }
    console.log();
  }

  const [{ name, context }] = contexts;
  const bound = ruleset.context(context, { now: NOW });
  const key = ruleset.keys.find((flag) => ruleset.explain(flag, bound).steps.length > 3) ?? ruleset.keys[0];
  const { steps, ...details } = ruleset.explain(key, bound);
  console.log(`why \`${key}\` is ${JSON.stringify(details.value)} (${details.reason}) for ${name}:`);
  for (const { flag, segment, rule, ruleIndex, condition, negated, answer, found, split, point } of steps) {
    const where = segment === undefined ? `${flag}${ruleIndex === undefined ? (rule ? `, ${rule}` : '') : `, rule ${ruleIndex}`}` : `segment ${segment}`;
    if (split === undefined) {
      const why = found === undefined ? '' : ` (the attribute is ${found})`;
      console.log(`  ${where}: ${negated ? 'not ' : ''}${JSON.stringify(condition)} is ${answer}${why}`);
    } else {
      const place = point === undefined ? 'without a key' : `point ${((point / 2 ** 32) * 100).toFixed(3)} of 100`;
      console.log(`  ${where}: ${JSON.stringify(split)}, ${place}`);
    }
  }
  console.log('\nnext: npm test runs every test; cargo run -- check examples/shop/ruleset.json checks a ruleset');
} finally {
  host.close();
  host.closeAllConnections();
}
