/**
 * Where rulesets come from: the host, the store, and the options; which of them counts, and what is kept of
 * it. Knows nothing of contexts and answers.
 */
import { RulesetError } from '../diagnose.js';
import { FetchError, request } from '../fetch.js';
import { loader } from '../load.js';
import { join } from '../source.js';
import { readStored, removeStored, writeStored, young } from '../store.js';
import { HOUR } from './clock.js';
import { bytesOf, follow, stream } from './documents.js';
import { poll } from './poll.js';
import { problem } from './problem.js';

/** @typedef {import('../ruleset.js').Ruleset} Ruleset */
/** @typedef {'ruleset' | 'storage' | 'network'} Source */

/** A document that was taken. @typedef {{ source: Source, chunks: Uint8Array[], etag?: string }} Document */

/** What a document of a lesser place does not replace. */
const RANK = { ruleset: 1, storage: 2, network: 3 };
/** Milliseconds that a store may take before the ruleset of the options answers. */
const STORE_WAIT = 500;

/** Whether an engine that failed so will never compile a module: no WebAssembly, or forbidden. @param {any} error */
export const isFinal = (error) => typeof WebAssembly !== 'object' || error instanceof WebAssembly.CompileError || error instanceof EvalError;

/**
 * @param {import('../client.js').ClientOptions} options
 * @param {() => WebAssembly.Module | Promise<WebAssembly.Module>} compiled
 * @param {boolean} page
 * @param {{
 *   take(source: Source, ruleset: Ruleset): void,
 *   doubt(): void,
 *   trust(): void,
 *   end(): void,
 *   fail(code: import('../client.js').ClientError['code'], cause: unknown, said?: string, diagnostics?: any): void,
 * }} client take: this ruleset is the newest; doubt: the host does not confirm it any more; trust: it does; end: nothing will come
 */
export function supply(options, compiled, page, { take, doubt, trust, end, fail }) {
  const { url, store, maxAge, interval = 60_000 } = options;
  const name = String(url);
  /** Ends what is under way. */
  const ending = new AbortController();
  const { signal } = ending;
  /** @type {Document | undefined} */
  let newest;
  let confirmed = url === undefined;
  /** The host has been asked, with or without success. */
  let asked = false;
  /** When the store last heard that what is newest is good. */
  let storedAt = -Infinity;
  let storeFailed = false;
  /** @type {Promise<WebAssembly.Module | undefined> | undefined} */
  let compiling;
  let moduleFailed = false;

  /** There is a ruleset in the options that no module has seen. */
  let unseen = options.ruleset !== undefined;

  const asking = url === undefined ? poll(async () => (await begin(), !unseen), Infinity) : poll(ask, interval);

  /** There is no module, or it does not run: said once, and where that is final nothing more is asked. @param {unknown} error */
  function noModule(error) {
    const never = isFinal(error);
    if (!moduleFailed) {
      fail('module', error, `WebAssembly does not run here, so there are only the snapshot and fallbacks: ${problem('module', error).message}; a content security policy needs 'wasm-unsafe-eval'`);
    }
    moduleFailed = true;
    compiling = never ? Promise.resolve(undefined) : undefined;
    if (never) {
      asking.close();
      end();
    }
    return undefined;
  }

  /** The module; undefined: there is none, or none now. */
  function compile() {
    return (compiling ??= Promise.resolve().then(compiled).catch(noModule));
  }

  /**
   * Loads a document. False: it was refused; undefined: it did not come, or there is no module; that is said.
   * @param {any} document @param {'refused' | 'storage'} code
   * @returns {Promise<Ruleset | false | undefined>}
   */
  async function load(document, code) {
    const module = await compile();
    if (module === undefined) return undefined;
    try {
      return /** @type {any} */ (await loader(() => module)(document));
    } catch (error) {
      if (error instanceof RulesetError) {
        fail(code, error);
        if (code === 'storage' && store) await removeStored(store, name);
        return false;
      } else if (error instanceof FetchError) {
        // What a host does while the document comes is no fault of the document.
        fail('fetch', error);
      } else {
        // Some engines compile a module that they then refuse to run.
        noModule(/** @type {any} */ (error)?.cause ?? error);
      }
      return undefined;
    }
  }

  /** Takes a ruleset, unless a better one is there. @param {Document} document @param {Ruleset} ruleset */
  function accept(document, ruleset) {
    const { source } = document;
    if (signal.aborted || RANK[source] < (newest ? RANK[newest.source] : 0)) return false;
    newest = document;
    // Before anyone is told.
    if (source === 'network') confirmed = true;
    take(source, ruleset);
    const faults = ruleset.diagnostics.filter(({ severity }) => severity === 'error');
    if (faults.length > 0) {
      const broken = [...new Set(faults.map(({ flag, segment }) => flag ?? segment))];
      fail('faults', undefined, `broken flags answer their fallbacks; there are faults in ${broken.slice(0, 10).join(', ')}${broken.length > 10 ? ' and others' : ''}`, faults);
    }
    return true;
  }

  /** Once, until it works again: it is tried with each new document, and each hour. @param {unknown} error */
  function storeFails(error) {
    if (!storeFailed) fail('storage', error);
    storeFailed = true;
  }

  /** Stores what the host has sent or confirmed. */
  async function keep() {
    const now = Date.now();
    // To write each time would be too much, never would make a good one look old.
    if (store === undefined || newest === undefined || Math.abs(now - storedAt) < Math.min(HOUR, (maxAge ?? Infinity) / 2)) return;
    storedAt = now;
    const { chunks, etag } = newest;
    const entry = { bytes: join(chunks), at: now, ...(etag === undefined ? {} : { etag }) };
    if (await writeStored(store, name, entry, storeFails)) storeFailed = false;
  }

  /** Asks the host; never rejects. @returns {Promise<boolean>} whether it has sent or confirmed a ruleset */
  async function ask() {
    let answered = false;
    try {
      answered = await fetched();
    } catch (error) {
      fail('fetch', error);
    }
    if (signal.aborted) return false;
    if (answered) {
      confirmed = true;
      keep().catch(storeFails);
      trust();
    } else if (confirmed || !asked) {
      confirmed = false;
      doubt();
    }
    asked = true;
    // Another tab may have stored one meanwhile, or the module may be there now.
    if (newest === undefined) begin();
    return answered;
  }

  async function fetched() {
    const coming = request(/** @type {string | URL} */ (url), { ...options, page, etag: newest?.etag, signal });
    // It may fail while the module is still awaited.
    coming.catch(() => {});
    if ((await compile()) === undefined) {
      coming.then((body) => body?.cancel()).catch(() => {});
      return false;
    }
    const body = await coming;
    const known = newest;
    if (body === undefined) {
      if (known !== undefined) newest = { ...known, source: 'network' };
      return known !== undefined;
    }
    // Most answers are what is known already: nothing is loaded before the first byte that is not.
    const following = known && follow(known.chunks);
    /** @type {Uint8Array[]} */
    const chunks = [];
    /** @type {Uint8Array | undefined} */
    let bytes;
    do {
      bytes = await body.read();
      if (bytes !== undefined) chunks.push(bytes);
    } while (bytes !== undefined && following?.same(bytes));
    if (known !== undefined && known === newest && bytes === undefined && following?.whole()) {
      newest = { ...known, source: 'network', etag: body.etag ?? known.etag };
      return true;
    }
    const ruleset = await load(stream(chunks, bytes === undefined ? undefined : body), 'refused');
    if (!ruleset) return false;
    storedAt = -Infinity;
    return accept({ source: 'network', chunks, etag: body.etag }, ruleset);
  }

  /** Starts from the store; never rejects. @returns {Promise<boolean>} whether that answers */
  async function restore() {
    if (store === undefined || url === undefined) return false;
    try {
      const entry = await readStored(store, name, storeFails);
      // What was no entry has been removed, and with it what the host may have sent meanwhile.
      if (storeFailed && newest?.source === 'network') {
        storedAt = -Infinity;
        keep().catch(storeFails);
      }
      if (signal.aborted || entry === undefined || !young(entry, maxAge, Date.now()) || newest?.source === 'network') return false;
      const ruleset = await load(stream([entry.bytes]), 'storage');
      if (!ruleset || !accept({ source: 'storage', chunks: [entry.bytes], etag: entry.etag }, ruleset)) return false;
      storedAt = entry.at;
      return true;
    } catch (error) {
      storeFails(error);
      return false;
    }
  }

  /** Starts from the ruleset of the options; never rejects. */
  async function bundled() {
    unseen = false;
    try {
      const bytes = bytesOf(options.ruleset);
      const ruleset = await load(stream([bytes]), 'refused');
      if (ruleset) accept({ source: 'ruleset', chunks: [bytes] }, ruleset);
      unseen = ruleset === undefined;
    } catch (error) {
      fail('refused', error);
    }
    if (url === undefined) end();
  }

  /** Starts from what is here; never rejects. */
  async function begin() {
    const restored = restore();
    if (!unseen) return;
    const late = store && url && new Promise((resolve) => setTimeout(resolve, STORE_WAIT, false));
    if (!(await Promise.race([restored, late])) && unseen && newest === undefined && !signal.aborted) await bundled();
  }

  return {
    start() {
      asking.now();
      if (url !== undefined) begin();
      else if (!unseen) end();
    },
    get stale() {
      return !confirmed;
    },
    refresh: () => asking.anew(),
    /** The page came back. @param {boolean} online from being offline */
    wake: (online) => asking.check(online),
    close() {
      ending.abort();
      asking.close();
    },
  };
}
