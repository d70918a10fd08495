import type { Answer, Details, Explanation, Fallback, FlagKey, FlagValue, FlagValues, Snapshot, VariantNames } from './types.js';

export * from './types.js';
export { createClient } from './client.js';
export type { Client, ClientError, ClientEvents, ClientOptions, ClientReady, ClientSource, Exposure, FetchCode, RequestOptions } from './client.js';
export { createEdge } from './edge.js';
export type { BoundEvaluator, Edge, EdgeError, EdgeErrorCode, EdgeOptions, WaitUntil } from './edge.js';

/** A located remark about a document. */
export interface Diagnostic {
  /** The stable name, see the format page. */
  readonly code: string;
  /** `fatal`: the document is refused; `error`: the flag answers PARSE_ERROR; `warning`: probably not meant. */
  readonly severity: 'fatal' | 'error' | 'warning';
  /** The flag's key, if it is about a flag. */
  readonly flag?: string;
  /** The segment's name, if it is about a segment. */
  readonly segment?: string;
  /** Offset of the first byte in the document. */
  readonly start: number;
  /** Offset after the last byte. */
  readonly end: number;
  /** Line of the first byte, from 1. */
  readonly line: number;
  /** Column of the first byte in UTF-16 units, from 1; more than 10,000 bytes into a line, in bytes. */
  readonly column: number;
  /** Number of what was expected; `serin/messages` has the words. */
  readonly expected: number;
}

/**
 * A context bound by {@link Ruleset.context}; give it in place of the object. It keeps what was read, and belongs to
 * its ruleset: for another one it is INVALID_CONTEXT.
 */
export interface BoundContext {
  /** Its instant, in milliseconds since 1970. */
  readonly now: number;
}

/**
 * An evaluation context: `targetingKey` and the attributes that rules name. Any value is taken; where a rule
 * finds nothing that it can compare, its condition is unknown.
 */
export type EvaluationContext =
  | { readonly targetingKey?: string | number; readonly [attribute: string]: unknown }
  | BoundContext
  | object
  | null
  | undefined;

/**
 * A loaded ruleset. No method throws for what a context or the document holds. Should the module itself fail, a
 * new instance answers; should that fail too, the fallback does, with GENERAL, and the next call tries again.
 */
export interface Ruleset {
  /** The value of a boolean flag, or the fallback if the flag is unknown, broken, of another type, or has none. */
  boolean<K extends FlagKey<boolean>>(key: K, context: EvaluationContext, fallback: FlagValue<K, boolean>): FlagValue<K, boolean>;
  /** The value of a string flag, or the fallback. */
  string<K extends FlagKey<string>>(key: K, context: EvaluationContext, fallback: FlagValue<K, string>): FlagValue<K, string>;
  /** The value of a number flag, or the fallback. */
  number<K extends FlagKey<number>>(key: K, context: EvaluationContext, fallback: FlagValue<K, number>): FlagValue<K, number>;
  /** The value of an object flag, deeply frozen and the same object every time, or the fallback. */
  object<K extends FlagKey<object>, T extends FlagValue<K, object>>(key: K, context: EvaluationContext, fallback: T): FlagValue<K, T>;
  /** The value with its reason. The fallback's type is the one asked for; null and undefined ask for none. */
  details<K extends FlagKey, T extends Fallback<K>>(key: K, context: EvaluationContext, fallback: T): Details<Answer<K, T>>;
  /** Key to value of every flag that has a value for this context. */
  all(context: EvaluationContext): FlagValues;
  /** Why a flag is as it is. Slow, as it goes through the whole document: for people. */
  explain(key: FlagKey, context: EvaluationContext): Explanation;
  /**
   * Reads a context once, for many evaluations at one instant: every attribute that some rule names, each in a
   * guard. One that was bound to this ruleset is bound anew, with the values that were read.
   * @param options.now milliseconds since 1970 or a Date; absent: the clock is read once
   * @throws {TypeError} `now` is no instant
   */
  context(context: EvaluationContext, options?: { now?: number | Date }): BoundContext;
  /**
   * Decides flags for a page to answer with before it has a ruleset of its own: `createClient({ snapshot })`.
   * The page takes the decisions only for a context that has the same values at the attributes that these flags
   * read. They do not expire: what time alone changes, the page learns from its own ruleset.
   * @param options.flags the flags to decide; absent: all of the document. A page shows them to whoever reads
   * its source, so name those that it needs. Flags without a value are in it too, with the reason.
   * @param options.now milliseconds since 1970 or a Date; absent: the instant of a bound context, or the clock
   * @throws {TypeError} `flags` is no list of keys, or `now` no instant
   */
  snapshot(context: EvaluationContext, options?: { flags?: Iterable<FlagKey>; now?: number | Date }): Snapshot;
  /**
   * Replaces the killed set: these flags serve `off`, or without one the fallback, with the reason `DISABLED`, and
   * flags that have one as a prerequisite see that. An empty list revives all. Keys of no flag do nothing.
   * @throws {TypeError} it is no list of keys
   */
  kill(keys: Iterable<FlagKey>): void;
  /**
   * Replaces the overrides: each of these flags serves the variant named, whatever its rules say and even if it
   * is killed, with the reason `OVERRIDE`; flags that have it as a prerequisite see that variant too. `{}` takes
   * all overrides back. For trying things out, and for people who test.
   * @param variants names of variants by flag key, also from outside, such as the parameters of an address
   * @returns the keys that override nothing, because the flag is unknown or broken or has no such variant;
   * the others are overridden all the same
   * @throws {TypeError} something is no name of a variant, such as a value
   */
  override(variants: VariantNames): string[];
  /** The first instant after `now` (default: the clock) at which time alone can change a decision; Infinity: none. */
  nextChange(now?: number | Date): number;
  /** Every remark about the document, at most 10,000 and then one that says so; frozen. */
  readonly diagnostics: readonly Diagnostic[];
  /** Keys of all flags, in the order of the document. */
  readonly keys: readonly string[];
  /** The publisher's number of this version. */
  readonly revision?: number;
}

/** The document was refused; the message names the first reason and its place. */
export class RulesetError extends Error {
  constructor(diagnostics: Diagnostic[]);
  /** Every reason; with `strict`, the faults for which it was refused. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Loads a ruleset.
 *
 * Faults inside flags are no error: such a flag answers PARSE_ERROR, its neighbours work, and
 * `diagnostics` lists the faults.
 * @param source JSON text, its bytes, a Response, or a stream of bytes, which is read as it comes; at most 16 MiB
 * @param options.strict refuse a document in which any flag is broken or names an unknown operator
 * @throws {RulesetError} the document as a whole is refused
 * @throws {TypeError} the source is none of these, or a Response that is not ok
 * @throws {Error} the module cannot be compiled here or fails, twice; `cause` says how. The document may be sound.
 * What a stream throws while it is read comes through as it is.
 */
export function load(
  source: string | ArrayBuffer | ArrayBufferView | Response | ReadableStream<Uint8Array>,
  options?: { strict?: boolean },
): Promise<Ruleset>;
