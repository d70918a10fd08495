/**
 * `npm start`: builds the package and evaluates the example ruleset through it, fetched over HTTP
 * from a small static host on loopback, as a page or an edge function would fetch it. Then, in a terminal,
 * it builds the playground and serves it with the example until Ctrl-C; `npm start -- --once` does not.
 */
import { createReadStream, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { root, run } from './setup.mjs';

const example = join(root, 'examples', 'shop');
/** The example's ramps and sales are written around this instant. */
const NOW = Date.parse('2026-12-02T12:00:00Z');

/** Why a condition on an attribute is unknown. */
const WHY = { absent: ': the attribute is absent', unreadable: ': the attribute cannot be read', unfit: ': the value cannot be compared', fit: '' };

/** Prints a table. @param {string[]} head @param {string[][]} rows */
function print(head, rows) {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at].length)));
  for (const row of [head, ...rows]) console.log(`  ${row.map((text, at) => text.padEnd(widths[at])).join('  ').trimEnd()}`);
}

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
  console.log(`the instant is ${new Date(NOW).toISOString()}: the example's dates are around it\n`);

  /** @type {{ name: string, context: object }[]} */
  const contexts = JSON.parse(readFileSync(join(example, 'contexts.json'), 'utf8'));
  const shown = contexts.slice(0, 3);
  for (const { name, context } of shown) {
    console.log(`${name}:\n  ${JSON.stringify(context)}\n`);
    const bound = ruleset.context(context, { now: NOW });
    print(['flag', 'variant', 'reason', 'rule', 'value'], ruleset.keys.map((key) => {
      const { value, variant, reason, rule, ruleIndex, errorCode } = ruleset.details(key, bound, null);
      return [key, variant ?? '-', errorCode ?? reason, rule ?? (ruleIndex === undefined ? '-' : `rule ${ruleIndex}`), JSON.stringify(value)];
    }));
    console.log();
  }
  console.log(`examples/shop/contexts.json has ${contexts.length - shown.length} more, examples/shop/README.md says what to look at\n`);

  // The last one shown is a canary: a segment, a prerequisite, a version and a share have their say.
  const [{ name, context }] = shown.slice(-1);
  const key = 'checkout-v2';
  const { steps, value, reason } = ruleset.explain(key, ruleset.context(context, { now: NOW }));
  console.log(`why \`${key}\` is ${JSON.stringify(value)} (${reason}) for ${name}:`);
  for (const { flag, segment, rule, ruleIndex, condition, negated, answer, found, split, point } of steps) {
    const part = rule ?? (ruleIndex === undefined ? '' : `rule ${ruleIndex}`);
    const where = segment === undefined ? [flag, part].filter(Boolean).join(', ') : `segment ${segment}`;
    if (split === undefined) {
      const why = (found && WHY[found]) ?? '';
      console.log(`  ${where}: ${JSON.stringify(condition)} is ${answer}${why}${negated ? ', and stands under a `not`' : ''}`);
    } else {
      const place = point === undefined ? 'there is no key' : `the key's point is at ${((point / 2 ** 32) * 100).toFixed(3)} percent`;
      console.log(`  ${where}: ${JSON.stringify(split)}, and ${place}`);
    }
  }
  console.log('\nnext: npm test runs every test; cargo run -- check examples/shop/ruleset.json checks a ruleset');
} finally {
  host.close();
  host.closeAllConnections();
}

// A pipe or a CI job wants to go on.
if (process.stdout.isTTY && !process.argv.includes('--once')) await play();

/** Serves the playground with the example. */
async function play() {
  console.log('\nand now the playground, for your browser; building it takes some minutes the first time, Ctrl-C ends it:');
  // The page has the release tools, which take a while the first time.
  for (const name of ['cli.mjs', 'tools.mjs']) run(process.execPath, [join(root, 'pkg', 'build', name)]);
  const { buildPlayground } = await import('./playground.mjs');
  await buildPlayground();
  const { nothing, serve } = await import('../bin/serve.js');
  const greeting = [
    '', '  {origin}/playground/', '',
    'To edit the shop as you look at it: {origin}/playground/#from=/ruleset.json',
    'follows examples/shop/ruleset.json as you save it. Ctrl-C ends it.', '', '',
  ].join('\n');
  const failed = await serve(
    { root: example, playground: join(root, 'www', 'dist'), host: '127.0.0.1', ports: [4180, 4199], events: '/.serin/events', greeting, notes: '' },
    (target) => (target === '/' ? { status: 308, type: 'text/plain', location: '/playground/', body: '' } : nothing()),
  );
  console.error(`npm start: nobody can listen at 127.0.0.1 from port 4180 on: ${failed}`);
  process.exitCode = 1;
}
