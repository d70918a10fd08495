/** The WebAssembly module of the tools, or what it comes from. */
export type ModuleSource = WebAssembly.Module | BufferSource | Response;

/** A ruleset: its JSON text, or the bytes of that. */
export type RulesetSource = string | ArrayBuffer | ArrayBufferView;

/** Milliseconds since 1970, or a `Date`. */
export type Instant = number | Date;

/** One remark of {@link Tools.check}. */
export interface Remark {
  /** `error`: something of the ruleset does not work; `warning`: it is legal and probably not meant. */
  readonly severity: 'error' | 'warning';
  /** The stable name, see the pages of the format and of `check`. */
  readonly code: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** How to mend it. */
  readonly help: string;
  /** The name to write instead, where a name is not known and one is like it. */
  readonly suggestion?: string;
  /** The flag's key, if it is about a flag. */
  readonly flag?: string;
  /** The segment's name, if it is about a segment. */
  readonly segment?: string;
  /** Offset of its first character in the text, in UTF-16 units as `String.prototype.slice` counts. */
  readonly start: number;
  /** Offset behind its last character, in UTF-16 units. */
  readonly end: number;
  /** Line of `start`, from 1. */
  readonly line: number;
  /** Column of `start`, from 1, in characters. */
  readonly column: number;
  /** Line of `end`, from 1. */
  readonly endLine: number;
  /** Column of `end`, from 1, in characters. */
  readonly endColumn: number;
}

/** What a flag answers: a variant and its value, an error code, or neither, which is the caller's default. */
export interface Outcome {
  readonly variant?: string;
  readonly value?: unknown;
  readonly errorCode?: 'PARSE_ERROR' | 'TARGETING_KEY_MISSING';
}

/** A key attribute with a salt. */
export interface HashLine {
  readonly by: string;
  readonly salt: string;
}

/** Contexts among which only keys decide; `impact.md` describes each member. */
export interface Region {
  /** What holds of them, all at once; empty: everyone. */
  readonly when: readonly string[];
  /** And of these lists one, each all at once; empty: nothing more. */
  readonly either: readonly (readonly string[])[];
  /** Who moves and who stays, the greatest share first; `share` is from 0 to 1, `exact` such as `429496729/2^32`. */
  readonly moves: readonly { readonly from: Outcome; readonly to: Outcome; readonly share: number; readonly exact: string }[];
  /** Lines that part the keys. */
  readonly lines: readonly HashLine[];
  /** The line on which those who move lie apart from those who stay, if it is one. */
  readonly along: HashLine | null;
  /** Parts of other lines in which all who move lie: half-open intervals of points, 0 to 2^32. */
  readonly inside: readonly (HashLine & { readonly points: readonly (readonly [number, number])[] })[];
  /** Stretches of `along`, in order, from `start` to below `end`; `move` is the place in `moves`. */
  readonly slices: readonly { readonly start: number; readonly end: number; readonly move: number }[];
}

/** Whether somebody loses an answer that the old version gives. */
export interface Loss {
  readonly of: Outcome;
  readonly verdict: 'nobody' | 'somebody' | 'noWitness' | 'cannotTell';
  readonly to?: Outcome;
  /** One who loses it: both versions were really asked about this context. */
  readonly context?: Record<string, unknown>;
  /** Paths whose reading throws, which a context as JSON cannot say. */
  readonly unreadable?: readonly string[];
  /** The instant of the witness, as RFC 3339. */
  readonly at?: string;
  /** The place of its region in `regions`. */
  readonly region?: number;
  readonly when?: readonly string[];
  readonly either?: readonly (readonly string[])[];
}

/** What a change does to one flag. */
export interface FlagImpact {
  readonly flag: string;
  readonly change: 'added' | 'removed' | 'described' | 'noEffect' | 'effect';
  readonly oldBroken?: true;
  readonly newBroken?: true;
  /** With `effect`. */
  readonly regions?: readonly Region[];
  /** With `effect`. */
  readonly losses?: readonly Loss[];
  /** Only a part was seen; what is told is exact. */
  readonly limit?: 'walks' | 'depth';
  /** Attributes of which not all values are known. */
  readonly unproven?: readonly string[];
  /** The groups were too many to be gathered. */
  readonly scattered?: true;
}

/** What a change does, as `serin diff --format json` writes it; `impact.md` has the words. */
export interface Impact {
  readonly old: string;
  readonly new: string;
  readonly killed: readonly string[];
  /** One for an instant; for a span, one for each part of it in which nothing changes. */
  readonly impacts: readonly {
    /** RFC 3339. */
    readonly at: string;
    /** RFC 3339, with `over`. */
    readonly until?: string;
    /** Flags that stay as they are. */
    readonly untouched: number;
    readonly flags: readonly FlagImpact[];
  }[];
}

/** Contexts among which only keys decide what they get. */
export interface Group extends Omit<Region, 'moves' | 'slices'> {
  /**
   * What they get, the greatest share first. Shares are of the keys in this group and add up to everybody: `share`
   * from 0 to 1, `exact` such as `429496729/2^32`. With one entry, keys do not matter.
   */
  readonly shares: readonly { readonly outcome: Outcome; readonly share: number; readonly exact: string }[];
  /**
   * Stretches of the line `along`, in order and all of it, from `start` to below `end` of 2^32; `of` is the place in
   * `shares`. Empty if `along` is null. They hold for keys in the parts that `inside` names; all others get the first
   * of `shares`.
   */
  readonly slices: readonly { readonly start: number; readonly end: number; readonly of: number }[];
}

/** Who gets what from a flag. */
export interface Who {
  readonly flag: string;
  /** The instant, as RFC 3339. */
  readonly at: string;
  /** Groups of contexts that exclude each other; together they are everyone. Those with the fewest conditions first. */
  readonly regions: readonly Group[];
  /** Only a part was seen; what is told is exact. */
  readonly limit?: 'walks' | 'depth';
  /** Attributes of which not all values are known. */
  readonly unproven?: readonly string[];
  /** The groups were too many to be gathered. */
  readonly scattered?: true;
}

/** A change of a context, and what it gets by that. */
export interface Flip {
  /**
   * Attributes that change, all at once. `path` has a name for each object on the way. Without `from` it was absent,
   * without `to` it is left out. An object that is missing on the way comes with what is set in it.
   */
  readonly changes: readonly { readonly path: readonly string[]; readonly from?: unknown; readonly to?: unknown }[];
  /** What the evaluator answered for the changed context. */
  readonly outcome: Outcome;
  /** It is proven that no change of fewer attributes gives this outcome. */
  readonly least: boolean;
}

/** What a context gets, and how it would get something else. */
export interface Flips {
  /** What it gets. */
  readonly outcome: Outcome;
  /**
   * One for each other outcome that was reached, the smallest first. Empty, without `missed`, `limit` and `unproven`:
   * no context gets anything else from this flag at this instant.
   */
  readonly flips: readonly Flip[];
  /** Outcomes for which a key would have to change, and none of the 1,000,000 keys that were tried gets them. */
  readonly missed?: readonly Outcome[];
  /** A limit was met: there may be smaller changes, and other outcomes. */
  readonly limit?: 'walks' | 'depth';
  /** Attributes of which not all values are known, with the same effect. */
  readonly unproven?: readonly string[];
}

/** Under which circumstances two versions are compared. */
export interface Comparison {
  /** The instant; the clock's by default. */
  readonly at?: Instant;
  /** In place of `at`: every instant from `from` to below `to` at which something changes. */
  readonly over?: { readonly from: Instant; readonly to: Instant };
  /** Flags that are killed in both versions. */
  readonly killed?: readonly string[];
  /** What the versions are called in the report; `old` and `new` by default. */
  readonly names?: { readonly old?: string; readonly new?: string };
}

/**
 * The release tools. Every function is pure and answers at once; on large rulesets that may take seconds, so call
 * them in a worker.
 *
 * A ruleset's content cannot break them. Each throws a `TypeError` or `RangeError` for arguments that are none, and
 * else only {@link ToolsError}.
 */
export interface Tools {
  /** The version of serin that this is. */
  readonly version: string;
  /** All that `serin check` says of one file, in its order. `now` is when flags have expired; the clock's by default. */
  check(ruleset: RulesetSource, options?: { readonly now?: Instant }): { remarks: Remark[] };
  /** What a change does to decisions, exactly. Throws `REFUSED` where one of the two is refused as a whole. */
  impact(old: RulesetSource, next: RulesetSource, options?: Comparison): Impact;
  /** The same as Markdown, for a pull request. */
  markdown(old: RulesetSource, next: RulesetSource, options?: Comparison): string;
  /** Who gets what from one version of a flag, exactly, in the words of the impact. `at` is the clock's by default. */
  who(ruleset: RulesetSource, flag: string, options?: { readonly at?: Instant; readonly killed?: readonly string[] }): Who;
  /**
   * The smallest changes of a context that would flip a flag's answer: for each other outcome the one with the fewest
   * attributes, of these one that changes no key, of these the nearest values; a key stays a text or a number where
   * one of its type does. The context is taken as `JSON.stringify` writes it, and throws what that throws. `now` is the
   * clock's by default.
   */
  flip(ruleset: RulesetSource, flag: string, context: unknown, options?: { readonly now?: Instant; readonly killed?: readonly string[] }): Flips;
  /** The text as `serin fmt` lays it out: only white space changes. Throws `REFUSED` for what is no JSON. */
  format(ruleset: RulesetSource): string;
}

/**
 * `REFUSED`: the input is no ruleset; `remarks` says why.
 * `FLAG_NOT_FOUND`: the ruleset has no flag of this key.
 * `GAVE_UP`: the call ended inside of the module, for want of stack or memory; the next one starts anew.
 */
export type ToolsErrorCode = 'REFUSED' | 'FLAG_NOT_FOUND' | 'GAVE_UP';

/** The tools cannot answer. */
export class ToolsError extends Error {
  readonly code: ToolsErrorCode;
  /** Which input is refused. */
  readonly input?: 'old' | 'new' | 'ruleset';
  /** Why it is refused; empty for `GAVE_UP`. */
  readonly remarks: readonly Remark[];
}

/**
 * Opens the tools. All calls in one realm share one instance, from the source of the first that succeeds.
 * @param source the module; by default the file of the package, beside the script
 */
export function openTools(source?: ModuleSource | Promise<ModuleSource>): Promise<Tools>;
