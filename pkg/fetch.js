/**
 * Getting a ruleset from a host: one request, which ends whatever the host does. Knows nothing of
 * what the bytes mean.
 */
import { join } from './source.js';

/** Bytes of the longest document that the format allows; a longer body is not read to its end. */
const DOCUMENT_BYTES = 16 * 1024 * 1024;

/** @typedef {import('./client.js').FetchCode} FetchCode */
/** @typedef {import('./client.js').RequestOptions} RequestOptions */

/**
 * How a request is made.
 * @typedef {RequestOptions & {
 *   page: boolean, etag?: string, signal?: AbortSignal,
 * }} How
 * page: the host is asked without a header of ours, and what holds the page revalidates. A header
 * would cost a preflight, which static hosts refuse. Elsewhere, where these members of a request may
 * not even exist, `etag` says what the caller has.
 */

/** A body that comes. @typedef {{ etag?: string, read(): Promise<Uint8Array | undefined>, cancel(): Promise<void> }} Body */

/** No ruleset came from the host. */
export class FetchError extends Error {
  /** @param {FetchCode} code @param {string} message @param {unknown} [cause] */
  constructor(code, message, cause) {
    super(message);
    this.name = 'FetchError';
    this.code = code;
    this.cause = cause;
  }
}

/**
 * Asks for a document. `read` gives its bytes as they come and then undefined.
 * @param {string | URL} url @param {How} how
 * @returns {Promise<Body | undefined>} undefined: the host still has the document of that `etag`
 * @throws {FetchError} so does `read`; nothing else is ever thrown
 */
export async function request(url, { fetch = globalThis.fetch, headers, timeout = 30_000, page, etag, signal }) {
  const controller = new AbortController();
  /** @type {(error: FetchError) => void} */
  let fail = () => {};
  /** @type {Promise<never>} */
  const failure = new Promise((_, reject) => {
    fail = reject;
  });
  failure.catch(() => {});
  const closed = () => fail(new FetchError('aborted', `the request for ${url} was given up`));
  const timer = setTimeout(
    () => fail(new FetchError('timeout', `${url} was not there after ${timeout} ms; the option \`timeout\` says how long to wait`)),
    // A longer one would fire at once.
    Math.min(timeout, 2 ** 31 - 1),
  );
  timer.unref?.();
  if (signal?.aborted) closed();
  signal?.addEventListener('abort', closed);

  /** @type {any} */
  let reader;
  const end = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', closed);
  };
  /** Ends it all, for this reason. @param {unknown} error */
  const stop = (error) => {
    end();
    controller.abort();
    // A fetch of the caller's may not heed the signal; one that does has nothing more to cancel.
    (async () => reader?.cancel())().catch(() => {});
    if (error instanceof FetchError) return error;
    const why = /** @type {any} */ (error)?.message ?? error;
    const hint = page ? '; is the host up, and does it answer with Access-Control-Allow-Origin?' : '';
    return new FetchError('network', `${url} could not be read: ${why}${hint}`, error);
  };

  try {
    /** @type {RequestInit} */
    const init = { headers, signal: controller.signal };
    if (page) {
      init.cache = 'no-cache';
      init.credentials = 'omit';
    } else if (etag !== undefined && /^[ -~]+$/.test(etag)) {
      // Another one, which a store may hold, is none that a header can have.
      init.headers = new Headers(headers);
      init.headers.set('if-none-match', etag);
    }
    // What loses the race may still throw, and is heard by nobody.
    const response = await Promise.race([fetch(url, init), failure]);
    if (response.status === 304 && !page && etag !== undefined) {
      end();
      return undefined;
    }
    if (!response.ok) {
      const spare = response.status === 304 ? ', although nothing was said of a copy' : '';
      throw new FetchError('status', `the host answered ${response.status} for ${url}${spare}`);
    }
    // Not every fetch that can be had gives a stream.
    reader = response.body?.getReader?.() ?? whole(response);
    let length = 0;
    return {
      etag: response.headers?.get('etag') ?? undefined,
      async read() {
        try {
          const { done, value } = await Promise.race([reader.read(), failure]);
          if (done) {
            end();
            return undefined;
          }
          length += value.byteLength;
          if (!(length <= DOCUMENT_BYTES)) {
            throw new FetchError('too-large', `${url} has more than ${DOCUMENT_BYTES} bytes, the most that a ruleset may have`);
          }
          return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
        } catch (error) {
          throw stop(error);
        }
      },
      async cancel() {
        stop(undefined);
      },
    };
  } catch (error) {
    throw stop(error);
  }
}

/** Reads at once what is no stream. @param {Response} response */
function whole(response) {
  let read = false;
  return {
    async read() {
      if (read) return { done: true };
      read = true;
      return { done: false, value: new Uint8Array(await response.arrayBuffer()) };
    },
    async cancel() {},
  };
}

/**
 * Asks for a document and waits for all of it.
 * @param {string | URL} url @param {How} how
 * @returns {Promise<{ bytes: Uint8Array, etag?: string } | undefined>} undefined: the host still has
 * the document of that `etag`
 * @throws {FetchError}
 */
export async function fetchRuleset(url, how) {
  const body = await request(url, how);
  if (body === undefined) return undefined;
  /** @type {Uint8Array[]} */
  const chunks = [];
  for (let bytes = await body.read(); bytes !== undefined; bytes = await body.read()) chunks.push(bytes);
  return { bytes: join(chunks), etag: body.etag };
}
