import type { Exposure, RequestOptions } from './client.js';
import type { Diagnostic, EvaluationContext, Evaluator, FlagKey, Ruleset, Snapshot } from './index.js';
import type { Store } from './storage.js';

/** What an edge is made from: a `url`, or a `store` with a `name`, or both. */
export interface EdgeOptions extends RequestOptions {
  /**
   * The ruleset's whole address. It is asked when a request finds no fresh ruleset, in memory or in the store,
   * and never otherwise.
   */
  readonly url?: string | URL;
  /**
   * What the isolates share, so that a new one starts without the host: see `serin/storage`. In a Worker
   * `import { env } from 'cloudflare:workers'` gives the namespace of a `kvStore` at module scope.
   */
  readonly store?: Store;
  /**
   * Under which name the ruleset lies in the store; default: the address. Without a `url` the store is where
   * rulesets come from, put there by you, and is asked again every `maxAge`.
   */
  readonly name?: string;
  /** Milliseconds for which a ruleset is fresh: the host is not asked, nor the store. Default 60,000. */
  readonly maxAge?: number;
  /**
   * Milliseconds beyond `maxAge` for which the ruleset still answers at once, while a newer one is fetched in the
   * background. An older one answers only when nothing newer came in time. Default 300,000.
   */
  readonly maxStale?: number;
  /**
   * Milliseconds that a request waits at most, for store and host together; default 1,000. What comes later is for
   * the next request: the host has ten seconds.
   */
  readonly timeout?: number;
  /** Told of every variant that a getter has answered, once an isolate: see {@link Exposure}. */
  readonly onExposure?: (exposure: Exposure) => void;
  /** Told what went wrong: see {@link EdgeError}. What it throws is lost. */
  readonly onError?: (error: EdgeError) => void;
}

export type EdgeErrorCode =
  /** No ruleset came from the host: `cause` has a `code`, see `FetchCode`. Or none came from a store without a host. */
  | 'fetch'
  /** A ruleset came and was refused: `diagnostics` says why. The last good one stays, in memory and in the store. */
  | 'refused'
  /** A ruleset was taken, and flags in it are broken: `diagnostics` lists the faults. */
  | 'faults'
  /** The store failed, or what it held was of no use and, where there is a `url`, has been removed. */
  | 'storage'
  /** WebAssembly may not be compiled here: the host wants another entry, or `serin/slim`. */
  | 'module'
  /** `onExposure` threw. */
  | 'exposure';

/** Something went wrong, and answers went on. */
export interface EdgeError extends Error {
  readonly code: EdgeErrorCode;
  /** What was thrown. */
  readonly cause?: unknown;
  /** What is wrong with the ruleset. */
  readonly diagnostics?: readonly Diagnostic[];
}

/** As much of an execution context as is used. */
export interface WaitUntil {
  /** Keeps the work of a promise alive after the answer. */
  waitUntil(promise: Promise<unknown>): void;
}

/**
 * One ruleset, one context, one instant. Where there is no ruleset yet, getters give the fallback, and `details`
 * says PROVIDER_NOT_READY.
 */
export interface BoundEvaluator extends Evaluator {
  /** The ruleset that answers; undefined: there is none yet. Shared by all requests: what kills or overrides, does so for all. */
  readonly ruleset: Ruleset | undefined;
  /**
   * Decisions for the page to start with, see {@link Ruleset.snapshot}; undefined: there is no ruleset yet.
   * @param options.flags the flags to decide; absent: all
   */
  snapshot(options?: { flags?: Iterable<FlagKey> }): Snapshot | undefined;
}

/** Rulesets at the edge, see {@link createEdge}. */
export interface Edge {
  /**
   * Reads a context, for one request. All calls with the same request answer from one ruleset and at one instant.
   *
   * Never rejects for what a host, a store, a ruleset or a context does, and waits at most `timeout`.
   * @param request any object that lives as long as the request, such as the `Request`; null: there is none
   * @param context its evaluation context
   * @param ctx what keeps work alive after the answer: the third argument of a Worker's `fetch`, a Vercel function's
   *   context. Give it where there is one: without it a Worker's request has to wait for what the next ones need.
   * @throws {TypeError} `request` is no object, or `ctx` has no `waitUntil`
   */
  at(request: object | null | undefined, context: EvaluationContext, ctx?: WaitUntil): Promise<BoundEvaluator>;
}

/**
 * Makes an edge, mostly at module scope: it does nothing until a request comes.
 *
 * A request is answered from memory while the ruleset there is fresh, else from the store, else from the host. Only
 * one request an isolate asks at a time. After failures the host is left alone for 1, 2, 4 and so on up to 30 seconds,
 * in which the last good ruleset answers at once, however old it is.
 * @throws {TypeError} an option is not of its type
 */
export function createEdge(options: EdgeOptions): Edge;

/**
 * What entries make `createEdge` from.
 * @internal
 */
export function edgeOf(compiled: () => WebAssembly.Module | Promise<WebAssembly.Module>): typeof createEdge;
