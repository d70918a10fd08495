import type { Diagnostic, EvaluationContext } from './index.js';
import type { Evaluator, Explanation, FlagKey, Reason, Snapshot, VariantNames } from './types.js';
import type { Store } from './storage.js';

/** Why no ruleset came from a host. */
export type FetchCode =
  /** It took longer than `timeout`. */
  | 'timeout'
  /** No connection, a broken one, a redirect without end, or an answer that the page may not read. */
  | 'network'
  /** The host answered, but not with a document. */
  | 'status'
  /** More bytes than a ruleset may have. */
  | 'too-large'
  /** The caller gave it up. */
  | 'aborted';

/** How a host is asked. */
export interface RequestOptions {
  /** Used in place of the global `fetch`; called with the address and a `RequestInit`. */
  readonly fetch?: (url: string | URL, init: RequestInit) => Promise<Response>;
  /**
   * Headers of the request. In a page, every header that is not safelisted costs a preflight, which
   * most static hosts refuse. The name under which a ruleset is stored is its address alone: where a
   * header chooses what the host sends, give each choice a store of its own (`prefix`, `database`).
   */
  readonly headers?: HeadersInit;
  /** Milliseconds until a request, its body included, is given up; default 30,000. */
  readonly timeout?: number;
}

/**
 * A context got a variant of a flag. Reported once while nothing in it differs: not again on each call.
 * Of the last ten thousand different ones, at least the latter half is remembered, or the last two million
 * characters of them.
 */
export interface Exposure {
  readonly flag: string;
  /** The variant that was served; where the fallback is the answer there is no exposure. */
  readonly variant: string;
  /** `OVERRIDE` and `DISABLED` are reported too: leave out what your analysis does not want. */
  readonly reason: Reason;
  /** The name of the rule that decided, if it has one, or `require`. */
  readonly rule?: string;
  /** The index of the rule that decided, from 0. */
  readonly ruleIndex?: number;
  /** The revision of the ruleset that decided. */
  readonly revision?: number;
  /** The context's targeting key, if it is a string or a number. */
  readonly targetingKey?: string | number;
}

/** What a client is made from. At least one of `url`, `ruleset` and `snapshot` is needed. */
export interface ClientOptions extends RequestOptions {
  /** The ruleset's address. Asked at once, and again and again: see `interval`. */
  readonly url?: string | URL;
  /**
   * A ruleset that is there already, such as one that was bundled: its JSON text, its bytes, or the
   * parsed object. With `url` too it is what answers until the host has, where nothing is stored.
   */
  readonly ruleset?: string | ArrayBuffer | ArrayBufferView | object;
  /**
   * What `ruleset.snapshot(context)` made on the server: the object, or the text of it. Its flags are
   * answered at once and without WebAssembly, and hold until `setContext` gives another context,
   * `adopt()`, or the next load of the page. A kill or an override of such a flag, or of one that it depends
   * on, acts at once all the same; before there is a ruleset an override does not, and a killed flag answers its
   * fallback, and those that depend on it what they hold. Flags that it does not hold are answered by the
   * ruleset when that is there.
   *
   * It is dropped, with an `error` event, if it is none or was made for another context than `context`.
   */
  readonly snapshot?: Snapshot | string | null;
  /**
   * The evaluation context. Attributes that rules name are read now and for each new ruleset, in a
   * guard; absent, a snapshot is taken for whoever it was made for.
   */
  readonly context?: EvaluationContext;
  /**
   * `live` (default): a new ruleset answers at once. `next-load`: it is stored, and answers when the page is
   * loaded again, or after `adopt()`, so that nothing moves under the reader's eyes; but a flag that it
   * disables is off at once.
   */
  readonly updates?: 'live' | 'next-load';
  /** Where the ruleset's bytes are kept for a start without a network; default: nowhere. See `serin/storage`. */
  readonly store?: Store;
  /**
   * The age, in milliseconds, from which a stored ruleset is not used; default: it is used however old.
   * Counted from when the host last sent or confirmed it, to the hour (to half of `maxAge` if that is less).
   */
  readonly maxAge?: number;
  /**
   * Milliseconds between one answer of the host and the next question, give or take a tenth; default
   * 60,000, at least 5,000, and `Infinity` asks once. Nothing is asked while the page is hidden; when
   * it is seen again, what is overdue is asked at once. After a failure the waits are 1 s, 2 s, 4 s and so on up to
   * five minutes, each less up to a half by chance.
   */
  readonly interval?: number;
  /** Milliseconds after which `ready` resolves with whatever there is; default 2,000. */
  readonly readyTimeout?: number;
  /** Flags by key, and for each the name of the variant that it shall serve. */
  readonly overrides?: VariantNames;
  /**
   * Told of every variant that a getter has answered, once: see {@link Exposure}. Called after the
   * getter has returned; what it throws becomes an `error` event.
   */
  readonly onExposure?: (exposure: Exposure) => void;
}

/** Where a client's answers come from: `none` means fallbacks. */
export type ClientSource = 'network' | 'storage' | 'ruleset' | 'snapshot' | 'none';

/** What answers, and whether the host has confirmed it. */
export interface ClientReady {
  /** `ruleset` is the one given in the options. */
  readonly source: ClientSource;
  /** There is an address, and its host has not confirmed what answers. */
  readonly stale: boolean;
}

/** Something went wrong, and answers go on. */
export interface ClientError extends Error {
  readonly code:
    /** No ruleset came from the host: `cause` is an error whose `code` is a {@link FetchCode}. */
    | 'fetch'
    /** A ruleset came and was refused: `diagnostics` says why. The last good one stays. */
    | 'refused'
    /** A ruleset was taken, and flags in it are broken: `diagnostics` lists the faults. */
    | 'faults'
    /** The store failed, or what it held was of no use and has been removed. */
    | 'storage'
    /** The snapshot was none, or made for another context, and was dropped. */
    | 'snapshot'
    /** There is no WebAssembly, or it may not be used: the snapshot and fallbacks are all there is. */
    | 'module'
    /** A listener threw. */
    | 'listener'
    /** `onExposure` threw. */
    | 'exposure';
  /** What was thrown. */
  readonly cause?: unknown;
  /** What is wrong with the ruleset. */
  readonly diagnostics?: readonly Diagnostic[];
}

/** The events of a client, and what their listeners are told. */
export interface ClientEvents {
  /** Once: something answers. `ready` may have resolved with `none` before. */
  ready: ClientReady;
  /** Decisions (value or variant) of these flags have changed for this context. */
  change: { readonly keys: readonly string[] };
  /** The host no longer confirms what answers: a request failed, the first one or one after a success. */
  stale: { readonly source: ClientSource };
  /** The host confirms again what answers, after `stale`. */
  fresh: { readonly source: ClientSource };
  /** See {@link ClientError}. */
  error: ClientError;
}

/**
 * Answers for one context, for as long as a page lives. Getters wait for nothing and never throw; before
 * there is an answer they give the fallback, and `details` says PROVIDER_NOT_READY.
 *
 * The methods may be taken off the object: `const { boolean, setContext } = client`.
 */
export interface Client extends Evaluator {
  /** Why a flag is as it is. Slow: for people. Of a flag held by a snapshot, and without a ruleset, there are no steps. */
  explain(key: FlagKey): Explanation;
  /** Resolves at the first answer, or after `readyTimeout`; never rejects. Getters may be called before. */
  readonly ready: Promise<ClientReady>;
  /** There is an address, and its host has not confirmed what answers, or not lately: a later request failed. */
  readonly stale: boolean;
  /** The revision of what answers: of the ruleset, or before it of the snapshot. */
  readonly revision: number | undefined;
  /**
   * Calls a function at each event from now on, one after the other, when the client is in its new state.
   * What it throws becomes an `error` event.
   * @returns takes it off again
   * @throws {TypeError} there is no such event, or this is no function
   */
  on<E extends keyof ClientEvents>(event: E, listener: (event: ClientEvents[E]) => void): () => void;
  /**
   * Calls a function whenever the decision of one flag has changed. Fits `useSyncExternalStore`:
   * `useSyncExternalStore((fn) => client.subscribe(key, fn), () => client.object(key, fallback))`, with a
   * fallback that is the same each time.
   * @returns takes it off again
   * @throws {TypeError} this is no function
   */
  subscribe(key: FlagKey, listener: () => void): () => void;
  /**
   * Answers for another context. Does nothing if no rule can tell it from the one before; an object that
   * was changed is told apart by its values. A snapshot that was made for other values is dropped.
   */
  setContext(context: EvaluationContext): void;
  /**
   * Replaces the killed set: these flags serve `off`, in this and in later rulesets. Keys of no flag are
   * remembered. An empty list revives all.
   * @throws {TypeError} it is no list of keys
   */
  kill(keys: Iterable<FlagKey>): void;
  /**
   * Replaces the overrides: these flags serve these variants, in this and in later rulesets. `{}` takes all back.
   * @throws {TypeError} it is no object of names
   */
  override(variants: VariantNames): void;
  /**
   * Lets the newest ruleset answer: for what a snapshot holds, as soon as there is one, and with
   * `updates: 'next-load'` for all flags. For moments at which a change does no harm, such as another view.
   */
  adopt(): void;
  /**
   * Asks the host now, such as when something tells that the ruleset has changed; one question at a time, so
   * after the one that is under way. Resolves when the host has answered or failed; never rejects.
   */
  refresh(): Promise<void>;
  /** Ends requests, timers, listeners and events. Getters go on answering what they answered last. */
  close(): void;
}

/**
 * Makes a client. Returns at once; whatever a ruleset, a context, a host or a store does, it does not throw.
 * @throws {TypeError} an option is not of its type
 */
export function createClient(options: ClientOptions): Client;

/**
 * What entries make `createClient` from.
 * @internal
 * @param compiled gives the module, again if it failed before
 * @param page the entry runs in pages, see `How` in `fetch.js`
 */
export function clientOf(compiled: () => WebAssembly.Module | Promise<WebAssembly.Module>, page?: boolean): typeof createClient;
