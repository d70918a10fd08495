/**
 * What the declarations of the package share: JSON, flags and their keys, details, evaluators, snapshots.
 * `serin` exports all of it.
 */

/** A JSON value, deeply frozen. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * The flags of your ruleset: key to type of value. Empty, any string is taken for a key; fill it, and keys
 * complete and are checked, with the types of their values:
 *
 * ```ts
 * declare module 'serin' {
 *   interface Flags {
 *     'new-checkout': boolean;
 *     theme: 'light' | 'dark';
 *   }
 * }
 * ```
 *
 * The file must be a module (an `import` or `export {}` makes it one) and part of the compilation. Augment
 * `serin` also where you import from `serin/slim` or another entry.
 */
export interface Flags {}

/**
 * The keys of flags whose values are a `T`; any string while {@link Flags} is empty. For a key that is only
 * known at run time, write `key as FlagKey<boolean>`.
 */
export type FlagKey<T = unknown> = [keyof Flags] extends [never] ? string : { [K in keyof Flags]: Flags[K] extends T ? K : never }[keyof Flags] & string;

/** The type of a flag's value; `T` while {@link Flags} is empty. */
export type FlagValue<K extends string, T = Json> = K extends keyof Flags ? Flags[K] : T;

/** What may stand in for a flag's value; null and undefined ask for no type. */
export type Fallback<K extends string> = K extends keyof Flags ? Flags[K] | null | undefined : unknown;

/** The type of what `details` answers: the flag's, if {@link Flags} has it, or else told by the fallback. */
export type Answer<K extends string, T> =
  K extends keyof Flags ? Flags[K] | T
  : T extends null | undefined ? Json | T
  : T extends boolean ? boolean : T extends string ? string : T extends number ? number : T;

/** Key to value of flags that have a value. */
export type FlagValues = [keyof Flags] extends [never] ? { [key: string]: Json } : { [K in keyof Flags]?: Flags[K] };

/** Flags by key, and for each the name of a variant. */
export type VariantNames = { readonly [K in FlagKey]?: string };

/** OpenFeature's resolution reason, and one of our own: `OVERRIDE`. */
export type Reason =
  /** The same for every context: there is neither `require` nor a rule. */
  | 'STATIC'
  /** No rule matched. */
  | 'DEFAULT'
  /** A rule matched, or `require` did not. */
  | 'TARGETING_MATCH'
  /** A rollout or ramp was reached, even at 0 or 100 percent. */
  | 'SPLIT'
  /** The flag is killed or not enabled. */
  | 'DISABLED'
  /** There is an error code. */
  | 'ERROR'
  /** Code set the variant: `override`. */
  | 'OVERRIDE';

/** OpenFeature's error code. The fallback is the value. */
export type ErrorCode =
  /** No flag has this key. */
  | 'FLAG_NOT_FOUND'
  /** The flag is broken: the ruleset's `diagnostics` say where. */
  | 'PARSE_ERROR'
  /** The flag has values of another type than the one asked for. */
  | 'TYPE_MISMATCH'
  /** A rollout or ramp was reached, and the context has no key for it. */
  | 'TARGETING_KEY_MISSING'
  /** The context was bound to another ruleset. */
  | 'INVALID_CONTEXT'
  /** There is no ruleset yet. */
  | 'PROVIDER_NOT_READY'
  /** The module failed twice in a row; the next call tries again. */
  | 'GENERAL';

/** A value and how it came about. Members that do not apply are absent. */
export interface Details<T> {
  /** The variant's value, or the fallback. */
  readonly value: T;
  /** The variant's name; absent when the fallback is the value. */
  readonly variant?: string;
  /** Why it is this value. */
  readonly reason: Reason;
  /** What is the matter, where the reason is `ERROR`. */
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

/**
 * The getters of something that has its context: a client, a bound evaluator of an edge. None of them throws
 * and none waits; where there is no answer of the flag's own, the fallback is the answer.
 */
export interface Evaluator {
  /** The value of a boolean flag, or the fallback if the flag is unknown, broken, of another type, or has none. */
  boolean<K extends FlagKey<boolean>>(key: K, fallback: FlagValue<K, boolean>): FlagValue<K, boolean>;
  /** The value of a string flag, or the fallback. */
  string<K extends FlagKey<string>>(key: K, fallback: FlagValue<K, string>): FlagValue<K, string>;
  /** The value of a number flag, or the fallback. */
  number<K extends FlagKey<number>>(key: K, fallback: FlagValue<K, number>): FlagValue<K, number>;
  /** The value of an object flag, deeply frozen and the same object while it is equal, or the fallback. */
  object<K extends FlagKey<object>, T extends FlagValue<K, object>>(key: K, fallback: T): FlagValue<K, T>;
  /** The value with its reason. The fallback's type is the one asked for; null and undefined ask for none. */
  details<K extends FlagKey, T extends Fallback<K>>(key: K, fallback: T): Details<Answer<K, T>>;
  /** Key to value of every flag that has a value. */
  all(): FlagValues;
}

/** A decision in a snapshot: details whose `value` is absent where the fallback applies. */
export type SnapshotFlag = Omit<Details<Json>, 'value'> & { readonly value?: Json };

/**
 * Decisions for one context at one instant, as plain JSON data: made by {@link Ruleset.snapshot}, answered
 * from by a client before it has a ruleset.
 *
 * Into a page it goes as text, `<script type="application/json">${snapshot}</script>`: a template or
 * `String(snapshot)` writes JSON in which `<`, `>` and `&` are escaped, so that no value ends the element.
 * `JSON.stringify(snapshot)` writes plain JSON, for a host to answer with; it is *not* safe inside HTML.
 */
export interface Snapshot {
  /** 1. A page that knows only older numbers drops the snapshot. */
  readonly format: number;
  /** The ruleset's revision, if it has one. */
  readonly revision?: number;
  /** The instant of the decisions, in milliseconds since 1970. */
  readonly now: number;
  /** The attributes that the flags' rules read, as paths: the names from the context inwards. */
  readonly paths: readonly (readonly string[])[];
  /** 16 hexadecimal digits, computed from the context's values at `paths`. The values themselves are not in it. */
  readonly digest: string;
  /** Decisions by flag key. */
  readonly flags: { readonly [key: string]: SnapshotFlag };
}
