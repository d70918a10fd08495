import type { EvaluationContext, JsonValue, OpenFeatureEventEmitter, Provider, ResolutionDetails } from '@openfeature/server-sdk';
import type { Client, ClientError, ClientOptions, Edge, Ruleset } from '../index.js';

/** Where a server's ruleset comes from: the options of `createClient` that have nothing to do with one context. */
export interface SerinServerOptions extends Omit<ClientOptions, 'context' | 'snapshot' | 'updates'> {
  /** Told what went wrong while answers went on: see {@link ClientError}. What it throws is lost. */
  readonly onError?: (error: ClientError) => void;
}

/**
 * OpenFeature's provider for servers and edge workers, for `@openfeature/server-sdk`.
 *
 * Each evaluation is answered for the context that the SDK has merged, by one ruleset and at one instant. There is no
 * `track`: serin collects nothing.
 */
export class SerinServerProvider implements Provider {
  /**
   * For a server that lives long: the address is asked in the background, once a minute unless `interval` says otherwise,
   * and the last good ruleset answers. `initialize` waits for the first one.
   * @throws {TypeError} an option is not of its type, or a `context`, which each evaluation brings
   */
  constructor(options: SerinServerOptions);
  /** For a server that polls with a client of its own. `onClose` does not close it, and its own context plays no part. */
  constructor(client: Client);
  /**
   * For an edge worker: nothing is asked before an evaluation, which waits for the edge's `timeout` at most. It is
   * ready at once, and where there is no ruleset in time the answer is the fallback, with PROVIDER_NOT_READY.
   * @param options.waitUntil keeps work alive after an answer, such as `waitUntil` of `cloudflare:workers` or of
   *   `@vercel/functions`. Without it an evaluation has to wait for what the next ones need.
   */
  constructor(edge: Edge, options?: { readonly waitUntil?: (promise: Promise<unknown>) => void });
  /** For one ruleset that the caller has loaded, and perhaps replaces with `setProvider`. It is ready at once. */
  constructor(ruleset: Ruleset);

  readonly metadata: { readonly name: 'serin' };
  readonly runsOn: 'server';
  /**
   * Of a ruleset that is asked for in the background: `PROVIDER_CONFIGURATION_CHANGED`, without `flagsChanged`, when a new one came
   * or the hour of a ramp, and after a kill or an override; `PROVIDER_STALE` when the host no longer confirms what
   * answers, `PROVIDER_READY` when it does again, or when a ruleset came after `initialize` had rejected.
   */
  readonly events: OpenFeatureEventEmitter;

  /**
   * Waits for the first ruleset, where one is asked for in the background.
   * @throws {ProviderNotReadyError} nothing has come within `readyTimeout`, by default two seconds; it may still come
   * @throws {ParseError} what came was refused
   * @throws {ProviderFatalError} WebAssembly does not run here
   */
  initialize(context?: EvaluationContext): Promise<void>;
  /** Ends what it has begun; to be called any number of times. What it answered last it goes on answering. */
  onClose(): Promise<void>;

  resolveBooleanEvaluation(key: string, fallback: boolean, context: EvaluationContext): Promise<ResolutionDetails<boolean>>;
  resolveStringEvaluation(key: string, fallback: string, context: EvaluationContext): Promise<ResolutionDetails<string>>;
  resolveNumberEvaluation(key: string, fallback: number, context: EvaluationContext): Promise<ResolutionDetails<number>>;
  resolveObjectEvaluation<T extends JsonValue>(key: string, fallback: T, context: EvaluationContext): Promise<ResolutionDetails<T>>;
}
