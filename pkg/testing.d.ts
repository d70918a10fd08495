import type { Client, Exposure } from './client.js';
import type { EvaluationContext } from './index.js';
import type { FlagKey, Flags, FlagValue } from './types.js';

/** Flag keys with the values that they shall have. */
export type TestFlags = [keyof Flags] extends [never] ? { readonly [key: string]: boolean | string | number | object } : { readonly [K in keyof Flags]?: Flags[K] };

/** What a test client is made from besides its flags. */
export interface TestOptions {
  /** The evaluation context. No flag depends on it; its targeting key stands in exposures. */
  readonly context?: EvaluationContext;
  /** As of a client. */
  readonly onExposure?: (exposure: Exposure) => void;
}

/** A {@link Client} whose flags a test sets. */
export interface TestClient extends Client {
  /**
   * Gives a flag a value from now on; undefined takes the flag away. Tells `change` listeners and those who
   * subscribed to it, before it returns, if that is another decision. Makes a client ready that was made without flags.
   * @throws {TypeError} no flag can have this value
   */
  set<K extends FlagKey>(key: K, value: FlagValue<K, boolean | string | number | object> | undefined): void;
}

/**
 * Makes a client for tests: of the same interface as the real one and with its answers, events and exposures,
 * but without WebAssembly, network, timers and clock.
 *
 * A flag has the type of its value and serves it with the reason `STATIC`. A boolean flag has the variants `on` and
 * `off`, any other flag one that is named `value`; `kill` serves `off` where there is one, and else the fallback;
 * `override` knows these names. Unknown flags and other types answer as those of a real client.
 *
 * ```js
 * const client = createTestClient({ 'new-checkout': true });
 * client.boolean('new-checkout', false); // true
 * client.set('new-checkout', false); // a `change` event
 * ```
 * @param flags absent: nothing answers yet, as in a page that waits; the first `set` makes the client ready
 * @throws {TypeError} no flag can have such a value
 */
export function createTestClient(flags?: TestFlags, options?: TestOptions): TestClient;
