/** Feeds garbage to the published package, here and nowhere else, and asks a good ruleset after each whether it still answers. */
import { load } from 'serin';
import { describe } from 'serin/messages';
import { contexts } from '../app/garbage/contexts.js';
import { killers, nots, random, truncated } from '../app/garbage/documents.js';
import { traps, watch } from '../app/garbage/traps.js';
import { answer } from '../app/rpc.js';

watch();

/** @typedef {import('../app/garbage/state.js').Entry} Entry */
/** @typedef {{ text: string, context: string, instant: number }} Good */

/** Entries that one answer brings back; there may have been many more. */
const SHOWN = 12;
/** Milliseconds in which a garbage ruleset that loads is asked for its flags; it may have a hundred thousand. */
const PATIENCE = 500;
/** Milliseconds of work, after which somebody else may ask. */
const SLICE = 100;

/** What has been tried. */
const counts = { documents: 0, bytes: 0, refused: 0, loaded: 0, contexts: 0, asked: 0, traps: 0, slowest: 0, slowestName: '' };

/** @type {Good & { ruleset: import('serin').Ruleset, attributes: any, answers: string, names: string[], bytes: Uint8Array } | undefined} */
let good;

/** What the good ruleset answers to everything that can be asked of it. @param {import('serin').Ruleset} ruleset @param {any} attributes @param {number} now */
function answers(ruleset, attributes, now) {
  const context = ruleset.context(attributes, { now });
  return JSON.stringify(ruleset.keys.map((key) => [key, ruleset.details(key, context, null)]));
}

/** Whether the good ruleset still answers as it did, and does so also when it is loaded anew. @param {boolean} anew */
async function same(anew) {
  if (good === undefined) throw new Error('begin comes first');
  const { ruleset, text, attributes, instant } = good;
  counts.asked++;
  if (answers(ruleset, attributes, instant) !== good.answers) return false;
  return !anew || answers(await load(text), attributes, instant) === good.answers;
}

/** Feeds one document. @param {string} name @param {Uint8Array<ArrayBuffer> | Blob} source @param {boolean} anew @returns {Promise<Entry>} */
async function feed(name, source, anew) {
  const size = source instanceof Blob ? source.size : source.length;
  const before = traps.count;
  const started = performance.now();
  let outcome;
  try {
    const ruleset = await load(source instanceof Blob ? source.stream() : source);
    const context = ruleset.context(good?.attributes);
    let broken = 0;
    let asked = 0;
    for (const until = performance.now() + PATIENCE; asked < ruleset.keys.length && performance.now() < until; asked++) {
      if (ruleset.details(ruleset.keys[asked], context, null).errorCode === 'PARSE_ERROR') broken++;
    }
    const all = asked === ruleset.keys.length ? '' : `; ${count(asked, 'flag')} were asked`;
    outcome = `loaded: ${count(ruleset.keys.length, 'flag')}${broken === 0 ? '' : ruleset.keys.length === 1 ? ', which is broken' : `, ${broken.toLocaleString('en')} of them broken`}${all}`;
    counts.loaded++;
  } catch (error) {
    const [first] = /** @type {any} */ (error).diagnostics ?? [];
    if (first === undefined) outcome = `failed: ${error instanceof Error ? error.message : error}`;
    else {
      const { message } = describe(first, source instanceof Blob ? undefined : source);
      outcome = `refused at line ${first.line}, column ${first.column}: ${message}`;
      counts.refused++;
    }
  }
  const took = performance.now() - started;
  counts.documents++;
  counts.bytes += size;
  if (took > counts.slowest) [counts.slowest, counts.slowestName] = [took, `${name}, ${count(size, 'byte')}`];
  counts.traps = traps.count;
  return { name, size, outcome, took, same: await same(anew), trapped: traps.count > before };
}

/** @param {number} number @param {string} noun */
const count = (number, noun) => `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

/** Asks the good ruleset for all flags with one context. @param {string} name @param {any} context @returns {Promise<Entry>} */
async function ask(name, context) {
  if (good === undefined) throw new Error('begin comes first');
  const { ruleset } = good;
  const before = traps.count;
  const started = performance.now();
  let outcome;
  try {
    const values = ruleset.keys.map((key) => ruleset.details(key, context, null));
    ruleset.all(context);
    const failed = values.filter(({ errorCode }) => errorCode !== undefined).length;
    outcome = `answered: ${count(values.length - failed, 'flag')}${failed > 0 ? `, and ${failed} the fallback` : ''}`;
  } catch (error) {
    outcome = `failed: ${error instanceof Error ? error.message : error}`;
  }
  const took = performance.now() - started;
  counts.contexts++;
  if (took > counts.slowest) [counts.slowest, counts.slowestName] = [took, name];
  counts.traps = traps.count;
  return { name, size: undefined, outcome, took, same: await same(false), trapped: traps.count > before };
}

/** @param {string} kind @param {number} seed @returns {Generator<() => Promise<Entry>>} */
function* work(kind, seed) {
  const { bytes, names, ruleset } = /** @type {NonNullable<typeof good>} */ (good);
  if (kind === 'contexts') {
    const again = () => void ruleset.details(ruleset.keys[0] ?? '', { targetingKey: 'again' }, null);
    for (const { name, context } of contexts(names, again)) yield () => ask(name, context);
    return;
  }
  const documents = { random: () => random(seed, bytes), killers, nots, truncated: () => truncated(bytes) }[kind];
  if (documents === undefined) throw new Error(`there is no '${kind}'`);
  for (const { name, bytes: document } of documents()) yield () => feed(name, document, kind === 'killers' || kind === 'nots');
}

/** @type {Generator<() => Promise<Entry>> | undefined} */
let running;

answer({
  /** Loads the good ruleset; rejects if it is none. @param {Good} args */
  async begin({ text, context, instant }) {
    const ruleset = await load(text);
    const attributes = JSON.parse(context);
    // Every name in it: more than rules can ask for.
    const names = [...new Set([...text.matchAll(/"(?:attribute|by)"\s*:\s*"([^".]+)/g)].map(([, name]) => name)), 'targetingKey'];
    good = { text, context, instant, ruleset, attributes, names, answers: answers(ruleset, attributes, instant), bytes: new TextEncoder().encode(text) };
    running = undefined;
    return { flags: ruleset.keys.length };
  },
  /** @param {{ name: string, source: string | Blob }} args */
  async feed({ name, source }) {
    // As bytes: a text that looks like an address would be taken for a mistake.
    const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source;
    return { entries: [await feed(name, bytes, true)], counts, failure: traps.last, done: true };
  },
  /** @param {{ kind: string, seed: number }} args */
  start({ kind, seed }) {
    running = work(kind, seed);
  },
  /** Goes on for a moment. */
  async go() {
    /** @type {Entry[]} */
    const entries = [];
    const until = performance.now() + SLICE;
    let done = false;
    while (performance.now() < until) {
      const next = running?.next();
      if (next === undefined || next.done) {
        done = true;
        break;
      }
      entries.push(await next.value());
    }
    const well = await same(true);
    if (!well) entries.push({ name: 'the good ruleset, loaded anew', size: undefined, outcome: 'answers otherwise', took: 0, same: false, trapped: false });
    // What is remarkable is never left out.
    const odd = entries.filter((entry) => entry.trapped || !entry.same);
    return { entries: [...odd, ...entries.filter((entry) => !odd.includes(entry)).slice(-SHOWN)], counts, failure: traps.last, done };
  },
});
