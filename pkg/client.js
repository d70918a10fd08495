/**
 * The client: one context for long, answered from the first moment. This file says where rulesets come
 * from and which of them counts; `client/answers.js` answers.
 */
import { answers } from './client/answers.js';
import { HOUR, onWake } from './client/clock.js';
import { bytesOf, follow, stream } from './client/documents.js';
import { events } from './client/events.js';
import { checkOptions } from './client/options.js';
import { poll } from './client/poll.js';
import { RulesetError } from './diagnose.js';
import { exposures } from './exposures.js';
import { join, request } from './fetch.js';
import { loader } from './load.js';
import { readSnapshot } from './snapshot.js';
import { readStored, removeStored, writeStored, young } from './store.js';

/** @typedef {import('./client.js').ClientSource} ClientSource */
/** @typedef {import('./client.js').ClientError} ClientError */
/** @typedef {import('./client.js').ClientReady} ClientReady */
/** @typedef {import('./client.js').ClientEvents} ClientEvents */

/** What a later answer of another place does not replace. @type {Record<ClientSource, number>} */
const RANK = { none: 0, snapshot: 0, ruleset: 1, storage: 2, network: 3 };
/** Milliseconds that a store may take before the ruleset of the options answers. */
const STORE_WAIT = 500;

/** @param {ClientError['code']} code @param {any} cause @param {string} [said] @param {any} [diagnostics] @returns {ClientError} */
function problem(code, cause, said, diagnostics) {
  try {
    said ??= String(cause?.message ?? cause);
    if (cause instanceof RulesetError) ({ diagnostics } = cause);
  } catch {
    said = 'what was thrown cannot be read';
  }
  return Object.assign(new Error(said), { name: 'ClientError', code, cause, ...(diagnostics ? { diagnostics } : {}) });
}

/** Whether an engine that failed so will never compile a module: no WebAssembly, or forbidden. @param {any} error */
const isFinal = (error) => typeof WebAssembly !== 'object' || ['CompileError', 'EvalError'].includes(error?.name);

/**
 * @param {() => WebAssembly.Module | Promise<WebAssembly.Module>} compiled
 * @returns {typeof import('./client.js').createClient}
 */
export function clientOf(compiled, page = true) {
  return (options) => {
    checkOptions(options);
    const { url, store, maxAge, updates, interval = 60_000, readyTimeout = 2000, onExposure } = options;
    const name = String(url);
    let closed = false;
    /** Ends what is under way. */
    const ending = new AbortController();

    const listeners = events(/** @type {(keyof ClientEvents & string)[]} */ (['ready', 'change', 'stale', 'error']), (error) => fail('listener', error));
    /** @type {(code: ClientError['code'], cause: unknown, said?: string, diagnostics?: any) => void} */
    const fail = (code, ...rest) => {
      if (!closed) listeners.emit('error', problem(code, ...rest));
    };
    const expose = onExposure && exposures(onExposure, (error) => fail('exposure', error));
    const answering = answers(options.context, listeners, expose);

    /** The newest document that is known, answering or waiting. @type {{ source: ClientSource, chunks: Uint8Array[], etag?: string } | undefined} */
    let newest;
    /** What answers. @type {ClientSource} */
    let source = 'none';
    let confirmed = url === undefined;
    /** When the store was last given what is newest; Infinity: no need. */
    let storedAt = -Infinity;
    let storeFailed = false;

    /** @type {(value: ClientReady) => void} */
    let settle = () => {};
    /** @type {Promise<ClientReady>} */
    const ready = new Promise((resolve) => {
      settle = resolve;
    });
    const impatience = setTimeout(() => settle({ source, stale: !confirmed }), Math.min(readyTimeout, 2 ** 31 - 1));
    /** Something answers now. @param {ClientSource} from */
    const arrived = (from) => {
      const first = source === 'none';
      source = from;
      if (!first || closed) return;
      clearTimeout(impatience);
      settle({ source, stale: !confirmed });
      listeners.emit('ready', { source, stale: !confirmed });
    };
    /** Nothing more can come. */
    const giveUp = () => {
      clearTimeout(impatience);
      settle({ source, stale: !confirmed });
    };

    /** @type {Promise<WebAssembly.Module | undefined> | undefined} */
    let compiling;
    let moduleFailed = false;
    /** The module; undefined: there is none now. */
    const compile = () => (compiling ??= (async () => {
      // So that `compiling` is set before it is taken back.
      await undefined;
      try {
        return await compiled();
      } catch (error) {
        compiling = undefined;
        if (!moduleFailed) fail('module', error, `without WebAssembly there is no ruleset, only the snapshot and fallbacks: ${problem('module', error).message}; a content security policy must have 'wasm-unsafe-eval'`);
        moduleFailed = true;
        if (isFinal(error)) {
          asking?.close();
          giveUp();
        }
        return undefined;
      }
    })());

    /**
     * Loads a document. Undefined: it was refused, or there is no module; that is said.
     * @param {any} document @param {'refused' | 'storage'} code
     */
    const load = async (document, code) => {
      const module = await compile();
      if (module === undefined) return undefined;
      try {
        return /** @type {any} */ (await loader(() => module)(document));
      } catch (error) {
        // What a host does while the document comes is no fault of the document.
        fail(/** @type {any} */ (error)?.name === 'FetchError' ? 'fetch' : code, error);
        if (code === 'storage' && error instanceof RulesetError && store) await removeStored(store, name);
        return undefined;
      }
    };

    /** Takes a ruleset, unless a better one is there. @param {ClientSource} from @param {any} ruleset @param {Uint8Array[]} chunks @param {string} [etag] */
    const accept = (from, ruleset, chunks, etag) => {
      if (closed || RANK[from] < RANK[newest?.source ?? 'none']) return;
      newest = { source: from, chunks, etag };
      // Before anyone is told.
      if (from === 'network') confirmed = true;
      if (updates === 'next-load' && answering.loaded()) {
        answering.wait(ruleset);
      } else {
        answering.take(ruleset);
        arrived(from);
      }
      const faults = ruleset.diagnostics.filter((/** @type {any} */ { severity }) => severity === 'error');
      if (faults.length > 0) {
        const flags = new Set(faults.map((/** @type {any} */ { flag, segment }) => flag ?? segment));
        fail('faults', undefined, `flags or segments of the ruleset are broken, and flags that are answer their fallbacks: ${[...flags].slice(0, 10).join(', ')}`, faults);
      }
    };

    /** @param {unknown} error */
    const storeFails = (error) => {
      // Once, until it works again: it is tried with every confirmation.
      if (!storeFailed) fail('storage', error);
      storeFailed = true;
    };

    /** Stores what the host has sent or confirmed. */
    const keep = () => {
      const now = Date.now();
      if (store === undefined || newest === undefined || Math.abs(now - storedAt) < Math.min(HOUR, (maxAge ?? Infinity) / 2)) return;
      storedAt = now;
      const { chunks, etag } = newest;
      writeStored(store, name, { bytes: join(chunks), at: now, ...(etag === undefined ? {} : { etag }) }, storeFails).then((done) => {
        if (done) storeFailed = false;
      });
    };

    /** Asks the host. @returns {Promise<boolean>} whether it has sent or confirmed a ruleset; never rejects */
    const ask = async () => {
      const answered = await fetched().catch((error) => {
        fail('fetch', error);
        return false;
      });
      if (closed) return false;
      if (answered) {
        confirmed = true;
        keep();
      } else if (confirmed || !asked) {
        confirmed = false;
        listeners.emit('stale', { source });
      }
      asked = true;
      // Another tab may have stored it meanwhile, or the module may be there now.
      if (newest === undefined) restore();
      return answered;
    };
    /** A question has been answered, or has failed. */
    let asked = false;

    const fetched = async () => {
      const { signal } = ending;
      const giving = new AbortController();
      const coming = request(/** @type {string | URL} */ (url), { ...options, page, etag: newest?.etag, signal });
      coming.catch(() => {});
      const compilable = await compile();
      const body = await coming;
      if (body === undefined) return newest !== undefined;
      if (compilable === undefined) {
        await body.cancel();
        return false;
      }
      // Most answers are what is known already: nothing is compiled before the first byte that is not.
      const known = newest;
      const following = known && follow(known.chunks);
      /** @type {Uint8Array[]} */
      const chunks = [];
      /** @type {Uint8Array | undefined} */
      let bytes;
      do {
        bytes = await body.read();
        if (bytes !== undefined) chunks.push(bytes);
      } while (bytes !== undefined && following?.same(bytes));
      if (bytes === undefined && following?.whole() && known === newest && known !== undefined) {
        newest = { ...known, source: 'network', etag: body.etag ?? known.etag };
        return true;
      }
      const ruleset = await load(stream(chunks, bytes === undefined ? undefined : body), 'refused');
      if (ruleset === undefined) return false;
      storedAt = -Infinity;
      accept('network', ruleset, chunks, body.etag);
      return true;
    };

    /** Starts from the store. @returns {Promise<boolean>} whether that answers */
    const restore = async () => {
      if (store === undefined || url === undefined) return false;
      const entry = await readStored(store, name, storeFails);
      if (closed || entry === undefined || !young(entry, maxAge, Date.now()) || newest?.source === 'network') return false;
      const ruleset = await load(stream([entry.bytes]), 'storage');
      if (ruleset === undefined || newest?.source === 'network') return false;
      storedAt = entry.at;
      accept('storage', ruleset, [entry.bytes], entry.etag);
      return true;
    };

    /** Starts from the ruleset of the options. @param {any} given */
    const bundled = async (given) => {
      /** @type {Uint8Array} */
      let bytes;
      try {
        bytes = bytesOf(given);
      } catch (error) {
        return fail('refused', error);
      }
      const ruleset = await load(stream([bytes]), 'refused');
      if (ruleset !== undefined) accept('ruleset', ruleset, [bytes]);
      else if (url === undefined) giveUp();
    };

    const asking = url === undefined ? undefined : poll(ask, interval);

    if (options.overrides !== undefined) answering.override(options.overrides);
    if (options.snapshot !== undefined && options.snapshot !== null) {
      const snapshot = readSnapshot(options.snapshot);
      const fits = snapshot !== undefined && answering.hold(snapshot, options.context === undefined);
      // After the caller could listen.
      if (fits) Promise.resolve().then(() => arrived('snapshot'));
      else Promise.resolve().then(() => fail('snapshot', undefined, snapshot === undefined ? 'the snapshot is none' : 'the snapshot was made for another context'));
    }
    const forget = onWake(({ type }) => {
      answering.wake();
      if (type === 'online') asking?.online();
      else asking?.check();
    });
    Promise.resolve().then(async () => {
      if (closed) return;
      asking?.now();
      const restored = restore();
      if (options.ruleset === undefined) return;
      const late = store && new Promise((resolve) => setTimeout(resolve, STORE_WAIT, false));
      if (!(await Promise.race([restored, late]))) await bundled(options.ruleset);
    });

    const { boolean, string, number, object, details, all, explain, setContext, kill, override, adopt } = answering;
    return {
      boolean, string, number, object, details, all, explain, setContext, kill, override, adopt, ready,
      get stale() {
        return !confirmed;
      },
      get revision() {
        return answering.revision;
      },
      on: listeners.on,
      subscribe: listeners.subscribe,
      refresh: () => (closed || !asking ? Promise.resolve() : asking.anew()),
      close() {
        if (closed) return;
        closed = true;
        giveUp();
        ending.abort();
        asking?.close();
        answering.stop();
        forget();
        listeners.clear();
      },
    };
  };
}
