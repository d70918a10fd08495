/** What the page begins with: what its address says, and where that says nothing, the example. */
import { batch } from '@preact/signals';
import { laidOut } from './layout.js';
import { read, write } from './link.js';
import { follow } from './live.js';
import { parsed } from './outline.js';
import { context, flag, from, instant, killed, offered, pane, proposed, ruleset, said, span } from './state.js';

/** The example's ramps and sales are written around this instant. */
const EXAMPLE_INSTANT = Date.parse('2026-12-02T12:00:00Z');

/** What of the example is shown first: a flag with everything, and somebody whom it takes the longest way. */
const EXAMPLE_FLAG = 'checkout-v2';
const EXAMPLE_CONTEXT = 'a canary in Wellington';

/** @typedef {{ name: string, context: object }} Example */

/** Contexts of the example, for whoever wants to choose one. @type {Example[]} */
export const examples = [];

/** @param {string} path of a file of this site, or an address */
async function ask(path) {
  const url = new URL(path, document.baseURI);
  const response = await fetch(url, { cache: 'no-cache', credentials: 'omit' });
  const text = await response.text();
  if (response.ok) return { text, events: response.headers.get('serin-events') };
  // `serin serve` says what is wrong with the sources of a ruleset.
  const words = response.status === 422 ? why(text) : undefined;
  throw new Error(words ?? `${url} answered ${response.status}`);
}

/** The first remark of a refusal. @param {string} refusal @returns {string | undefined} */
function why(refusal) {
  try {
    const { text, remarks: [first] } = JSON.parse(refusal);
    return first ? `${first.file}, line ${first.line}: ${first.message} (${first.help})` : text;
  } catch {
    return undefined;
  }
}

/** @param {string} path of a file of this site */
const text = async (path) => (await ask(path)).text;

let exampleText = '';

/** Whether a text is the example's, of which nothing is to be remarked. @param {string} text */
export const isExample = (text) => text === exampleText;

async function example() {
  if (examples.length > 0) return;
  const [document, contexts] = await Promise.all([text('examples/shop.json'), text('examples/contexts.json')]);
  exampleText = document;
  examples.push(...JSON.parse(contexts));
}

/** What was last fetched from the address that is followed. */
let fetched = '';

/** Fetches the ruleset at an address and shows it. @param {string} address */
export async function open(address) {
  const { text, events } = await ask(address);
  batch(() => {
    fetched = text;
    offered.value = null;
    from.value = address;
    ruleset.value = text;
    proposed.value = null;
  });
  follow(address, events, () => void anew(address));
}

/** Whether two texts are the same ruleset, in whatever layout. @param {string} one @param {string} other */
function alike(one, other) {
  const [a, b] = [one, other].map(parsed);
  return one === other || (a !== undefined && JSON.stringify(a) === JSON.stringify(b));
}

/** What is at an address has changed. @param {string} address */
async function anew(address) {
  try {
    const { text } = await ask(address);
    // The visitor may have gone on to another.
    if (from.value !== address || text === fetched) return;
    // What was written here is nowhere else.
    const edited = !alike(ruleset.value, fetched);
    fetched = text;
    if (ruleset.value === text) return;
    if (edited) {
      said.value = 'The ruleset has changed at its address. Your edits stay; reload the page to have what is there.';
      return;
    }
    ruleset.value = text;
    said.value = 'The ruleset has changed at its address: it is loaded anew.';
  } catch (error) {
    said.value = `The ruleset has changed, and what was there before stays: ${error instanceof Error ? error.message : error}`;
  }
}

/** The fragment that this page wrote itself, and need not read. */
let written = '';

/** How often the address was read: a long one that was overtaken is not shown. */
let reading = 0;

/** Reads the address. */
export async function begin() {
  const fragment = location.hash.slice(1);
  if (fragment !== '' && fragment === written) return;
  const own = ++reading;
  await example();
  /** @type {import('./link.js').Linked} */
  let linked = {};
  let trouble = '';
  try {
    linked = await read(fragment);
  } catch (error) {
    trouble = error instanceof Error ? error.message : String(error);
  }
  if (own !== reading) return;
  batch(() => {
    said.value = trouble;
    if (linked.pane) pane.value = linked.pane;
    ruleset.value = linked.ruleset ?? exampleText;
    proposed.value = linked.proposed ?? null;
    context.value = linked.context ?? laidOut((examples.find(({ name }) => name === EXAMPLE_CONTEXT) ?? examples[0])?.context ?? {});
    // A link without a ruleset is about the example, whose dates are around that day.
    instant.value = linked.instant !== undefined ? linked.instant : linked.ruleset === undefined && linked.from === undefined ? EXAMPLE_INSTANT : null;
    span.value = linked.span ?? null;
    flag.value = linked.flag ?? (linked.ruleset === undefined && linked.from === undefined ? EXAMPLE_FLAG : null);
    killed.value = linked.killed ?? [];
    from.value = null;
    offered.value = null;
  });
  if (linked.ruleset === undefined && linked.from === undefined && said.value === '') {
    said.value = 'The flags of an example shop. Edit its ruleset or the context, and every decision follows; nothing leaves this page.';
  }
  if (linked.from === undefined) return;
  try {
    const url = new URL(linked.from, document.baseURI);
    // An address elsewhere learns that somebody opened a link: the visitor decides.
    if (url.origin === location.origin) await open(url.href);
    else if (url.protocol === 'https:' || url.protocol === 'http:') offered.value = url.href;
    else said.value = `${url.protocol} is no address of a host: write one that begins with https:`;
  } catch (error) {
    said.value = error instanceof Error ? error.message : String(error);
  }
}

/** A link to what the page shows now, which also becomes its address. @returns {Promise<string>} */
export async function share() {
  const own = !isExample(ruleset.value);
  written = await write({
    pane: pane.value,
    ...(own ? { ruleset: ruleset.value } : {}),
    ...(proposed.value === null ? {} : { proposed: proposed.value }),
    context: context.value,
    instant: instant.value,
    ...(span.value === null ? {} : { span: span.value }),
    ...(flag.value === null ? {} : { flag: flag.value }),
    ...(killed.value.length === 0 ? {} : { killed: [...killed.value] }),
  });
  history.replaceState(null, '', `#${written}`);
  return location.href;
}
