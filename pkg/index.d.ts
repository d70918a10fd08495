/** A JSON value, deeply frozen. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** OpenFeature's resolution reason. */
export type Reason = 'STATIC' | 'DEFAULT' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED' | 'ERROR';

/** OpenFeature's error code. */
export type ErrorCode =
  | 'FLAG_NOT_FOUND'
  | 'PARSE_ERROR'
  | 'TYPE_MISMATCH'
  | 'TARGETING_KEY_MISSING'
  | 'INVALID_CONTEXT'
  | 'PROVIDER_NOT_READY'
  | 'GENERAL';

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
  /** Column of the first byte in UTF-16 units, from 1. */
  readonly column: number;
  /** Number of what was expected; `serin/messages` has the words. */
  readonly expected: number;
}

/** A value and how it came about. Members that do not apply are absent. */
export interface Details<T> {
  /** The variant's value, or the fallback. */
  readonly value: T;
  /** The variant's name; absent when the fallback is the value. */
  readonly variant?: string;
  readonly reason: Reason;
  readonly errorCode?: ErrorCode;
  /** The name of the rule that decided, if it has one, or `require`. */
  readonly rule?: string;
  /** The index of the rule that decided, from 0. */
  readonly ruleIndex?: number;
  /** The flag's `metadata`. */
  readonly flagMetadata?: { readonly [name: string]: Json };
}

/** A condition that was asked, or a rollout or ramp that was reached. */
export interface Step {
  /** The flag it stands in, the asked one or a prerequisite. */
  readonly flag?: string;
  /** The segment it stands in. */
  readonly segment?: string;
  /** `require`, if it stands there. */
  readonly rule?: string;
  /** The rule it stands in, from 0. */
  readonly ruleIndex?: number;
  /** The condition, as written. */
  readonly condition?: Json;
  /** What the condition said by itself, before any `not` around it. */
  readonly answer?: 'true' | 'false' | 'unknown';
  /** Whether an odd number of `not` stands around it. */
  readonly negated?: boolean;
  /**
   * Why it is unknown: what the attribute was. `fit` where there is no attribute to blame: the segment or
   * flag that the condition names is unknown itself.
   */
  readonly found?: 'absent' | 'unreadable' | 'unfit' | 'fit';
  /** The rollout or ramp, as written. */
  readonly split?: Json;
  /** The key's point on the line of 2^32; absent without a key. */
  readonly point?: number;
}

/** A decision and every step that led to it. */
export interface Explanation extends Details<Json | undefined> {
  readonly flag: string;
  readonly steps: readonly Step[];
}

/** A context bound by {@link Ruleset.context}; give it in place of the object. */
export interface BoundContext {
  /** Its instant, in milliseconds since 1970. */
  readonly now: number;
}

/** An evaluation context: `targetingKey` and the attributes that rules name. Any value is taken. */
export type EvaluationContext = BoundContext | { readonly targetingKey?: string | number; readonly [attribute: string]: unknown } | null | undefined;

/** A loaded ruleset. No method throws for what a context or the document holds. */
export interface Ruleset {
  /** The value of a boolean flag, or the fallback if the flag is unknown, broken, of another type, or has none. */
  boolean(key: string, context: EvaluationContext, fallback: boolean): boolean;
  /** The value of a string flag, or the fallback. */
  string(key: string, context: EvaluationContext, fallback: string): string;
  /** The value of a number flag, or the fallback. */
  number(key: string, context: EvaluationContext, fallback: number): number;
  /** The value of an object flag, deeply frozen and the same object every time, or the fallback. */
  object<T extends object>(key: string, context: EvaluationContext, fallback: T): T;
  /** The value with its reason. The fallback's type is the one asked for; null and undefined ask for none. */
  details<T>(key: string, context: EvaluationContext, fallback: T): Details<T>;
  /** Key to value of every flag that has a value for this context. */
  all(context: EvaluationContext): Record<string, Json>;
  /** Why a flag is as it is. Slow: for people. */
  explain(key: string, context: EvaluationContext): Explanation;
  /**
   * Reads a context once, for many evaluations at one instant.
   * @param options.now milliseconds since 1970 or a Date; absent: the clock is read once
   */
  context(context: object | null | undefined, options?: { now?: number | Date }): BoundContext;
  /** Replaces the killed set: these flags serve `off`. Keys of no flag are remembered. An empty list revives all. */
  kill(keys: Iterable<string>): void;
  /** The first instant after `now` (default: the clock) at which time alone can change a decision; Infinity: none. */
  nextChange(now?: number | Date): number;
  /** Every remark about the document. */
  readonly diagnostics: readonly Diagnostic[];
  /** Keys of all flags, in the order of the document. */
  readonly keys: readonly string[];
  /** The publisher's number of this version. */
  readonly revision?: number;
}

/** The document was refused. */
export class RulesetError extends Error {
  constructor(diagnostics: Diagnostic[]);
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Loads a ruleset.
 *
 * Faults inside flags are no error: such a flag answers PARSE_ERROR, its neighbours work, and
 * `diagnostics` lists the faults.
 * @param source JSON text, its bytes, a Response, or a stream of bytes
 * @param options.strict refuse a document in which any flag is broken or names an unknown operator
 * @throws {RulesetError} the document as a whole is refused
 * @throws {TypeError} the source is none of these, or a Response that is not ok
 */
export function load(
  source: string | ArrayBuffer | ArrayBufferView | Response | ReadableStream<Uint8Array>,
  options?: { strict?: boolean },
): Promise<Ruleset>;
